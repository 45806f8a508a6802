// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
)

// TestConservationConcurrentSafe reports from many goroutines while others flush,
// look and close, over a transport that fails in every way there is. At every
// moment each reported span must be in exactly one column, and in the end the
// columns must be those of the other side.
//
// jaeger-client-go loses a third of the spans that race with Close, uncounted.
func TestConservationConcurrentSafe(t *testing.T) {
	seeds := 40
	if testing.Short() {
		seeds = 8
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { conserve(t, seed) })
	}
}

func conserve(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	c := &chaos{t: t, format: transport.JaegerCompact, rand: rand.New(rand.NewPCG(seed, 2)), accepted: make(map[model.SpanID]int)}
	c.max.Store(int64(600 + rnd.IntN(9000)))
	c.panics = rnd.IntN(2) == 0
	c.blocks = rnd.IntN(3) == 0
	if rnd.IntN(3) == 0 {
		c.format = transport.JaegerBinary
	}
	var tr transport.Transport = c
	if rnd.IntN(2) == 0 {
		tr = confirmingChaos{c}
	}
	c.retry = rnd.IntN(2) == 0
	r := newBatching(t, tr, BatchingOptions{
		NoRetry:       !c.retry,
		FlushInterval: time.Millisecond, QueueSpans: 1 + rnd.IntN(2000), QueueBytes: 20_000 + rnd.IntN(1_000_000),
		Shards: 1 + rnd.IntN(6), NoPacing: rnd.IntN(2) == 0,
	})

	r.backoff.first, r.backoff.most = 20*time.Microsecond, 100*time.Microsecond
	if rnd.IntN(2) == 0 {
		r.deadline.budget = 200 * time.Microsecond
	}

	const goroutines, each = 6, 500
	var begun, ended atomic.Uint64 // calls of Report
	var reporters, others sync.WaitGroup
	stop := make(chan struct{})
	for g := range uint64(goroutines) {
		reporters.Add(1)
		rnd := rand.New(rand.NewPCG(seed, 100+g))
		processes := []*model.Process{testProcess, {Service: "other"}}
		go func() {
			defer reporters.Done()
			for i := range uint64(each) {
				s := rpcSpan(g*each + i + 1)
				switch rnd.IntN(50) {
				case 0:
					s = textSpan(g*each+i+1, 1+rnd.IntN(20_000))
				case 1:
					s.Process = processes[1]
				}
				begun.Add(1)
				r.Report(s)
				ended.Add(1)
				if i%64 == 0 {
					runtime.Gosched()
				}
			}
		}()
	}
	check := func(before columns) columns {
		low := ended.Load()
		d := stats(r)
		high := begun.Load()
		now := columnsOf(&d)
		if n := now.total(); n < low || n > high {
			t.Errorf("%d spans in the books, reported were %d to %d: %+v", n, low, high, now)
		}
		shrunk := now.Sent < before.Sent || now.Unconfirmed < before.Unconfirmed
		for i := range now.Dropped {
			shrunk = shrunk || now.Dropped[i] < before.Dropped[i]
		}
		if shrunk {
			t.Errorf("a column shrank: %+v, then %+v", before, now)
		}
		return now
	}
	others.Add(2)
	go func() { // looks
		defer others.Done()
		var last columns
		for {
			select {
			case <-stop:
				return
			default:
				last = check(last)
				runtime.Gosched()
			}
		}
	}()
	go func() { // flushes
		defer others.Done()
		for {
			select {
			case <-stop:
				return
			default:
			}
			low := ended.Load()
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
			if err := r.Flush(ctx); err == nil {
				if now := stats(r); now.BufferedSpans > begun.Load()-low {
					t.Errorf("%d spans wait after Flush, %d were reported since", now.BufferedSpans, begun.Load()-low)
				}
			}
			cancel()
		}
	}()

	// Close somewhere in the middle, from two goroutines, with little time.
	for early := rnd.Uint64N(goroutines*each + 1); ended.Load() < early; {
		runtime.Gosched()
	}
	var closers sync.WaitGroup
	for range 2 {
		closers.Add(1)
		patience := time.Duration(rnd.IntN(2)*20) * time.Millisecond
		go func() {
			defer closers.Done()
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			_ = r.Close(ctx) // its error depends on the seed; its effect is checked below
		}()
	}
	closers.Wait()
	reporters.Wait()
	<-r.done
	close(stop)
	others.Wait()

	d := stats(r)
	got := columnsOf(&d)
	if got.total() != goroutines*each || got.Buffered != 0 || d.BufferedBytes != 0 {
		t.Errorf("after Close: %d of %d spans in the books, %d bytes buffered: %+v", got.total(), goroutines*each, d.BufferedBytes, got)
	}
	want := c.books
	if got.Sent != want.Sent || got.Dropped[Rejected] != want.Dropped[Rejected] || d.Retries < c.retries || d.Retries > c.retries+c.taken {
		t.Errorf("the reporter's books: %+v, %d retries\nthe receiver's: %+v, %d", got, d.Retries, want, c.retries)
	}
	// What goes unanswered may have its end at any attempt.
	if got.Unconfirmed < want.Unconfirmed || !c.retry && got.Unconfirmed > want.Unconfirmed {
		t.Errorf("%d spans unconfirmed, the receiver knows of %d", got.Unconfirmed, want.Unconfirmed)
	}
	// A retryable failure while Close runs out of time counts as closed, and one
	// after an attempt that went unanswered as unconfirmed.
	if n := got.Dropped[SendError]; n > want.Dropped[SendError]+c.lost || n+got.Dropped[Closed]+got.Unconfirmed-want.Unconfirmed < want.Dropped[SendError] {
		t.Errorf("%d spans dropped for send_error and %d for closed, the transport failed %d", got.Dropped[SendError], got.Dropped[Closed], want.Dropped[SendError])
	}
	if n := got.Dropped[RetryExhausted]; n > 0 && !c.retry {
		t.Errorf("%d spans dropped for retry_exhausted without retries", n)
	}
	for id, n := range c.accepted {
		if n > 1 && c.retries == 0 || id < 1 || id > goroutines*each {
			t.Errorf("span %d arrived %d times", id, n)
		}
	}
	if t.Failed() || testing.Verbose() {
		t.Logf("%+v", got)
		t.Logf("seed %d: confirms %v, panics %v, blocks %v, retries %d", seed, tr != transport.Transport(c), c.panics, c.blocks, c.retries)
	}
}
