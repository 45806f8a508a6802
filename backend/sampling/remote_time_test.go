// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"
)

// collector answers with the number of the request as traces a second.
type collector struct {
	asked atomic.Int32
	err   error
	delay time.Duration
}

func (c *collector) ask(ctx context.Context, service string) (Strategy, error) {
	n := c.asked.Add(1)
	select {
	case <-time.After(c.delay):
	case <-ctx.Done():
		return Strategy{}, ctx.Err()
	}
	return Strategy{Type: RateLimiting, MaxTracesPerSecond: n}, c.err
}

func told(t *testing.T, r *Remote, service string) int32 {
	t.Helper()
	s, err := r.Strategy(t.Context(), service)
	if err != nil {
		t.Fatal(err)
	}
	return s.MaxTracesPerSecond
}

// TestRemote: an answer is used for a while, then asked for again, and used on when
// that fails.
func TestRemote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		c := &collector{}
		r := NewRemote([]Asking{c.ask}, nil, slog.New(slog.NewTextHandler(&log, nil)))
		defer r.Close()
		first := told(t, r, "a")
		time.Sleep(fresh - time.Microsecond)
		if n := told(t, r, "a"); n != first || told(t, r, "b") == first {
			t.Errorf("%d, then %d", first, n)
		}
		time.Sleep(time.Microsecond)
		if n := told(t, r, "a"); n == first {
			t.Error("it is not asked for again")
		}

		last := told(t, r, "a")
		c.err = errors.New("away")
		for range 100 {
			time.Sleep(fresh)
			if n := told(t, r, "a"); n != last {
				t.Errorf("%d, before %d", n, last)
			}
		}
		if _, err := r.Strategy(t.Context(), "new"); err == nil || err.Error() != "collector error: away" {
			t.Errorf("of a service that is new: %v", err)
		}
		asked := c.asked.Load()
		for range 100 {
			_, _ = r.Strategy(t.Context(), "new")
		}
		if c.asked.Load() != asked {
			t.Errorf("asked %d times right after a failure", c.asked.Load()-asked)
		}
		c.err = nil
		time.Sleep(pause)
		if n := told(t, r, "a"); n == last || told(t, r, "new") == 0 {
			t.Errorf("back again: %d, before %d", n, last)
		}
		if n := strings.Count(log.String(), "\n"); n != 2 {
			t.Errorf("the log:\n%s", &log)
		}
	})
}

// TestRemoteOnce: many who ask for one service are one request, which does not end
// when one of them goes away.
func TestRemoteOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &collector{delay: 3 * time.Second / 2}
		r := NewRemote([]Asking{c.ask}, nil, quiet)
		defer r.Close()
		gone, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := r.Strategy(gone, "a"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who goes away: %v", err)
			}
		})
		for range 100 {
			all.Go(func() { told(t, r, "a") })
		}
		all.Wait()
		if c.asked.Load() != 1 {
			t.Errorf("asked %d times", c.asked.Load())
		}
		time.Sleep(fresh)
		begin := time.Now()
		if n := told(t, r, "a"); n != 1 || time.Since(begin) != patience {
			t.Errorf("%d after %v", n, time.Since(begin))
		}
		synctest.Wait()
		time.Sleep(patience)
		if n := told(t, r, "a"); n != 2 {
			t.Errorf("%d when it has come", n)
		}
	})
}

// TestRemoteOther: one that does not answer costs time once.
func TestRemoteOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs, good := &collector{delay: time.Hour}, &collector{}
		r := NewRemote([]Asking{hangs.ask, good.ask}, nil, quiet)
		defer r.Close()
		for i := range 10 {
			told(t, r, fmt.Sprint(i))
		}
		if hangs.asked.Load() != 1 || good.asked.Load() != 10 {
			t.Errorf("asked %d and %d times", hangs.asked.Load(), good.asked.Load())
		}
	})
}

// TestRemoteBounds: very many services take no more than their memory, and no more
// than so many requests at a time.
func TestRemoteBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &collector{}
		r := NewRemote([]Asking{c.ask}, nil, quiet)
		const each = 64 << 10
		for i := range mostKept/each + 10 {
			told(t, r, fmt.Sprint(i)+strings.Repeat("x", each))
		}
		if r.kept > mostKept || len(r.known) != r.recent.Len() || len(r.known) > mostKept/each {
			t.Errorf("%d bytes, %d and %d services", r.kept, len(r.known), r.recent.Len())
		}
		c.delay = time.Second
		var all sync.WaitGroup
		var mu sync.Mutex
		busy := 0
		for i := range 3 * mostAsked {
			all.Go(func() {
				_, err := r.Strategy(t.Context(), fmt.Sprint("new", i))
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, errAsking) {
					busy++
				}
			})
		}
		all.Wait()
		if busy != 2*mostAsked {
			t.Errorf("%d were told that too many ask", busy)
		}
		r.Close()
		if _, err := r.Strategy(t.Context(), "late"); !errors.Is(err, errClosed) {
			t.Errorf("when it is closed: %v", err)
		}
	})
}

// TestRemoteForgets: a service that is forgotten while a collector is asked about it,
// and asked for again, is counted once.
func TestRemoteForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var names int // in the next answer
		r := NewRemote([]Asking{func(context.Context, string) (Strategy, error) {
			names += 1000
			s := Strategy{Operations: &Operations{Each: make([]Operation, names)}}
			time.Sleep(time.Second)
			return s, nil
		}}, nil, slog.New(slog.DiscardHandler))
		defer r.Close()
		ask := func() { _, _ = r.Strategy(t.Context(), "a") }
		go ask()
		synctest.Wait()
		for i := range mostKept >> 20 {
			r.mu.Lock()
			r.find(strings.Repeat(string(rune('b'+i)), 1<<20))
			r.mu.Unlock()
		}
		ask()
		synctest.Wait()
		sum := 0
		for e := r.recent.Front(); e != nil; e = e.Next() {
			sum += e.Value.(*known).bytes
		}
		if r.kept != sum {
			t.Errorf("%d bytes are kept, and %d counted", sum, r.kept)
		}
	})
}

// TestRemoteCopies: a service's name does not keep the request in memory that it is a
// part of.
func TestRemoteCopies(t *testing.T) {
	r := NewRemote([]Asking{new(collector).ask}, nil, slog.New(slog.DiscardHandler))
	defer r.Close()
	request := strings.Repeat("x", 100)
	told(t, r, request[:1])
	for name, e := range r.known {
		for _, kept := range []string{name, e.Value.(*known).service} {
			if unsafe.StringData(kept) == unsafe.StringData(request) {
				t.Errorf("%q is not a copy", kept)
			}
		}
	}
}
