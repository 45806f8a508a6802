// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// chaos is a transport that does whatever its seed says, and keeps books of its
// own, from the other side.
type chaos struct {
	t      *testing.T
	format transport.Format
	max    atomic.Int64
	panics bool
	blocks bool
	retry  bool // the reporter does

	mu       sync.Mutex
	rand     *rand.Rand
	accepted map[model.SpanID]int // how often a span was let through
	last     *wire.Message        // accepted last, and may turn out lost
	lost     uint64               // spans of those that did
	taken    uint64               // how many did
	lastSeq  int64
	again    []byte // the batch that was Retryable last
	retries  uint64
	stats    wire.ClientStats
	books    columns // Sent, Unconfirmed, Rejected; SendError also counts what Close cut short
	inflight atomic.Bool
}

func (c *chaos) Format() transport.Format { return c.format }
func (c *chaos) MaxBatch() int            { return int(c.max.Load()) }
func (c *chaos) Close() error             { return nil }

// confirmingChaos is a chaos that may take back what it accepted last.
type confirmingChaos struct{ *chaos }

func (c confirmingChaos) Confirm() error {
	c.enter()
	defer c.inflight.Store(false)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lose(4) {
		return &transport.Error{PreviousLost: true, Err: errors.New("refused")}
	}
	c.last = nil
	return nil
}

func (c *chaos) enter() {
	if c.inflight.Swap(true) {
		c.t.Error("the transport was called from two goroutines at a time")
	}
}

// lose takes back the batch accepted last in one case of n.
func (c *chaos) lose(n int) bool {
	if c.last == nil || c.rand.IntN(n) > 0 {
		return false
	}
	spans := uint64(len(c.last.Batch.Spans))
	c.books.Sent -= spans
	for i := range c.last.Batch.Spans {
		c.accepted[c.last.Batch.Spans[i].SpanID]--
	}
	if c.retry { // they come again, unless Close has begun
		c.lost, c.taken = c.lost+spans, c.taken+1
	} else {
		c.books.Dropped[SendError] += spans
	}
	c.last = nil
	return true
}

func (c *chaos) Send(ctx context.Context, b []byte) error { return c.send(ctx, b, false) }

func (c confirmingChaos) Send(ctx context.Context, b []byte) error { return c.send(ctx, b, true) }

func (c *chaos) send(ctx context.Context, b []byte, confirms bool) error {
	c.enter()
	defer c.inflight.Store(false)
	c.mu.Lock()
	defer c.mu.Unlock()
	limit := c.MaxBatch()
	if len(b) > limit {
		c.t.Errorf("batch of %d bytes, limit %d", len(b), limit)
	}
	m := decode(c.t, c.format, b)
	n := len(m.Batch.Spans)
	c.envelope(m, b)
	c.again = nil
	e := &transport.Error{Err: errors.New("chaos")}
	e.PreviousLost = confirms && c.lose(4)
	switch x := c.rand.IntN(20); {
	case x < 11:
		if !e.PreviousLost {
			e = nil
		}
		c.let(m)
		c.books.Sent += uint64(n)
		if confirms {
			c.last = m
		}
	case x < 13:
		e.Kind = transport.Permanent
		c.books.Dropped[SendError] += uint64(n)
	case x < 14:
		e.Kind, e.Written = transport.Retryable, c.rand.IntN(3) == 0
		e.RetryAfter = time.Duration(c.rand.IntN(2)) * time.Microsecond
		c.again = bytes.Clone(b)
		if e.Written && c.rand.IntN(2) == 0 {
			c.let(m)
		}
		if !c.retry && e.Written {
			c.books.Unconfirmed += uint64(n)
		} else if !c.retry {
			c.books.Dropped[SendError] += uint64(n)
		}
	case x < 15:
		e.Kind, e.Rejected = transport.Partial, int64(c.rand.IntN(n+1))
		c.let(m)
		c.books.Sent += uint64(n) - uint64(e.Rejected)
		c.books.Dropped[Rejected] += uint64(e.Rejected)
	case x < 16:
		e.Kind = transport.Unconfirmed
		c.let(m)
		c.books.Unconfirmed += uint64(n)
	case x < 17 && limit > 600:
		e.Kind = transport.TooLarge
		if c.rand.IntN(4) > 0 {
			c.max.Store(int64(max(600, limit*(7+c.rand.IntN(3))/10)))
		}
	case x < 19 && c.panics && !e.PreviousLost:
		c.books.Dropped[SendError] += uint64(n)
		panic("chaos")
	case c.blocks:
		c.mu.Unlock()
		<-ctx.Done()
		c.mu.Lock()
		e.Kind, e.Err = transport.Retryable, ctx.Err()
		if !c.retry {
			c.books.Dropped[SendError] += uint64(n)
		}
	default:
		e.Kind = transport.Permanent
		c.books.Dropped[SendError] += uint64(n)
	}
	if e == nil {
		return nil
	}
	return e
}

// let notes the spans that this batch brought to the receiver.
func (c *chaos) let(m *wire.Message) {
	for i := range m.Batch.Spans {
		c.accepted[m.Batch.Spans[i].SpanID]++
	}
}

// envelope checks the number of a batch: the next one, or that of the batch that
// was Retryable, to the last byte.
func (c *chaos) envelope(m *wire.Message, b []byte) {
	if c.again != nil && bytes.Equal(c.again, b) {
		c.retries++
		return
	}
	if m.Batch.SeqNo != c.lastSeq+1 || m.SeqID != int32(m.Batch.SeqNo) {
		c.t.Errorf("batch %d (seqID %d) after batch %d", m.Batch.SeqNo, m.SeqID, c.lastSeq)
	}
	c.lastSeq = m.Batch.SeqNo
	s := *m.Batch.Stats
	if s.FullQueueDroppedSpans < c.stats.FullQueueDroppedSpans || s.TooLargeDroppedSpans < c.stats.TooLargeDroppedSpans ||
		s.FailedToEmitSpans < c.stats.FailedToEmitSpans {
		c.t.Errorf("stats %+v after %+v", s, c.stats)
	}
	c.stats = s
}

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
