// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
)

// Close without a deadline has one budget for all batches: each used to have its
// own, and nil was returned for a loss of everything.
func TestCloseHasOneBudget(t *testing.T) {
	const n = 10 // batches
	for _, tc := range []struct {
		name string
		o    BatchingOptions
		e    transport.Error
		slow time.Duration // an exchange
		most time.Duration
		want string
	}{
		{"refused", BatchingOptions{}, transport.Error{}, 0, DefaultRetryBudget, "closed"},
		{"short budget", BatchingOptions{RetryBudget: time.Second}, transport.Error{}, 0, time.Second, "closed"},
		{"asked for an hour", BatchingOptions{}, transport.Error{RetryAfter: time.Hour}, 0, DefaultRetryBudget, "closed"},
		{"mute", BatchingOptions{}, transport.Error{Written: true}, 10 * time.Second, DefaultRetryBudget + 20*time.Second, "unconfirmed"},
		{"no retries", BatchingOptions{NoRetry: true}, transport.Error{}, 0, 0, "send_error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newHTTPFake()
				f.on = func(context.Context, []byte) error {
					time.Sleep(tc.slow)
					e := tc.e
					e.Kind = transport.Retryable
					return &e
				}
				tc.o.FlushInterval, tc.o.Shards = never, 1
				r := newBatching(t, f, tc.o)
				for i := range uint64(n) { // a process each: no batches are joined
					s := rpcSpan(i + 1)
					s.Process = &model.Process{Service: "s"}
					r.Report(s)
				}
				start := time.Now()
				mustLose(t, r, tc.want)
				if took := time.Since(start); took > tc.most {
					t.Errorf("Close took %v, want %v at most", took, tc.most)
				}
				d := stats(r)
				if c := columnsOf(&d); c.total() != n || c.Sent+c.Buffered != 0 {
					t.Errorf("books: %+v", c)
				}
			})
		})
	}
}

// A receiver that is slow, and takes everything, may take longer than the budget.
func TestCloseOfASlowReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newHTTPFake()
		f.on = func(context.Context, []byte) error { time.Sleep(time.Second); return nil }
		r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, RetryBudget: time.Second})
		for i := range uint64(5) {
			s := rpcSpan(i + 1)
			s.Process = &model.Process{Service: "s"}
			r.Report(s)
		}
		mustClose(t, r)
		expectColumns(t, r, columns{Sent: 5})
	})
}

// One retryable answer after RetryBudget does not end a Close that gets on: everything
// behind it used to be abandoned.
func TestCloseThatGetsOn(t *testing.T) {
	const n = 500
	for name, patience := range map[string]time.Duration{"deadline": 10 * time.Second, "none": time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, sends := newHTTPFake(), 0
				f.on = func(context.Context, []byte) error {
					time.Sleep(10 * time.Millisecond)
					if sends++; sends%120 == 0 {
						return busy()
					}
					return nil
				}
				r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, RetryBudget: time.Second})
				for i := range uint64(n) {
					s := rpcSpan(i + 1)
					s.Process = &model.Process{Service: "s"}
					r.Report(s)
				}
				ctx := context.Background()
				if patience < time.Hour {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, patience)
					defer cancel()
				}
				if err := r.Close(ctx); err != nil {
					t.Errorf("Close: %v", err)
				}
				expectColumns(t, r, columns{Sent: n})
			})
		})
	}
}

// With a deadline a receiver that is down costs each batch its budget, and the last
// of them the rest of the time: one that comes back gets what is left.
func TestCloseWaitsUntilTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, up := newHTTPFake(), time.Now().Add(4*time.Second)
		f.on = func(context.Context, []byte) error {
			if time.Now().Before(up) {
				return busy()
			}
			return nil
		}
		r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, RetryBudget: time.Second})
		for i := range uint64(100) {
			s := rpcSpan(i + 1)
			s.Process = &model.Process{Service: "s"}
			r.Report(s)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = r.Close(ctx)
		if d := stats(r); d.Sent < 90 || d.Sent+d.Dropped[RetryExhausted] != 100 {
			t.Errorf("books: %+v", columnsOf(&d))
		}
	})
}

// The attempts at all batches end with one budget when Close has no deadline, also
// when each attempt alone takes longer than that.
func TestCloseBudgetOfSlowAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(1000)
		r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, RetryBudget: 400 * time.Millisecond})
		sends := 0
		f.on = func(context.Context, []byte) error {
			sends++
			<-time.After(450 * time.Millisecond)
			return &transport.Error{Kind: transport.Retryable, Err: errors.New("down")}
		}
		for i := range uint64(200) {
			r.Report(rootSpan(i + 1))
		}
		if err := r.Close(context.Background()); !errors.Is(err, ErrLost) {
			t.Errorf("Close: %v", err)
		}
		if sends > 2 {
			t.Errorf("%d attempts", sends)
		}
		if d := stats(r); d.BufferedSpans != 0 || d.DroppedTotal() != 200 {
			t.Errorf("%+v", d)
		}
	})
}

// A receiver that has taken nothing for DownAfter gets one more attempt at Close, which
// takes over if it succeeds.
func TestCloseOfADownReceiver(t *testing.T) {
	for _, tc := range []struct {
		name     string
		o        BatchingOptions
		down     time.Duration // before Close
		e        transport.Error
		back     bool // by the time of Close
		attempts int64
		took     time.Duration
		want     columns
	}{
		{"down for long", BatchingOptions{}, time.Minute, transport.Error{}, false, 1, 0, columns{Dropped: [NumReasons]uint64{Closed: 3}}},
		{"unanswered", BatchingOptions{}, time.Minute, transport.Error{Written: true}, false, 1, 0, columns{Unconfirmed: 1, Dropped: [NumReasons]uint64{Closed: 2}}},
		{"asked to wait", BatchingOptions{}, time.Minute, transport.Error{RetryAfter: 15 * time.Second}, false, 1, 15 * time.Second, columns{Dropped: [NumReasons]uint64{Closed: 3}}},
		{"back again", BatchingOptions{}, time.Minute, transport.Error{}, true, 3, 0, columns{Sent: 3}},
		{"down for a moment", BatchingOptions{}, 5 * time.Second, transport.Error{}, false, 0, 20 * time.Second, columns{Dropped: [NumReasons]uint64{Closed: 3}}},
		{"patient", BatchingOptions{DownAfter: time.Hour}, time.Minute, transport.Error{}, false, 0, 20 * time.Second, columns{Dropped: [NumReasons]uint64{Closed: 3}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var back atomic.Bool
				var attempts atomic.Int64
				f := newHTTPFake()
				f.on = func(context.Context, []byte) error {
					attempts.Add(1)
					if back.Load() {
						return nil
					}
					e := tc.e
					e.Kind = transport.Retryable
					return &e
				}
				tc.o.FlushInterval, tc.o.Shards = time.Second, 1
				r := newBatching(t, f, tc.o)
				for i := range uint64(3) {
					s := rpcSpan(i + 1)
					s.Process = &model.Process{Service: "s"}
					r.Report(s)
				}
				time.Sleep(tc.down + 1500*time.Millisecond) // between two attempts, which are 15 s apart if asked to wait
				back.Store(tc.back)
				before, begin := attempts.Load(), time.Now()
				ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
				defer cancel()
				err := r.Close(ctx)
				if took := time.Since(begin); took > tc.took || tc.took == 20*time.Second && took < 10*time.Second {
					t.Errorf("Close took %v, want %v", took, tc.took)
				}
				if n := attempts.Load() - before; n != tc.attempts && tc.attempts > 0 {
					t.Errorf("%d attempts, want %d", n, tc.attempts)
				}
				if tc.back != (err == nil) || err != nil && (!errors.Is(err, ErrLost) || errors.Is(err, context.DeadlineExceeded) != (tc.attempts == 0)) {
					t.Errorf("Close: %v", err)
				}
				expectColumns(t, r, tc.want)
			})
		})
	}
}
