// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/guard"
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

// hanging is a Reporter whose Flush and Close wait for release, whatever ctx says.
type hanging struct{ release chan struct{} }

func (hanging) Report(*model.Span) {}

func (h hanging) Flush(context.Context) error { <-h.release; return nil }
func (h hanging) Close(context.Context) error { <-h.release; return nil }

// hangingStatser has books, too.
type hangingStatser struct{ hanging }

func (hangingStatser) Stats() []DestinationStats { return nil }

// A destination of the user's that hangs does not hold up the caller, nor hide what
// the others say.
func TestHangingReporters(t *testing.T) {
	for _, statser := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			h := hanging{make(chan struct{})}
			var bad Reporter = h
			if statser {
				bad = hangingStatser{h}
			}
			p := &plain{err: errors.New("disk full")}
			for _, r := range []Reporter{Counted(bad), NewMulti(p, bad, &Memory{}), NewMulti(NewMulti(p, bad))} {
				for _, do := range []func(context.Context) error{r.Flush, r.Flush, r.Close} {
					ctx, cancel := context.WithTimeout(context.Background(), time.Second)
					start := time.Now()
					err := do(ctx)
					cancel()
					_, multi := r.(*Multi)
					if took := time.Since(start); took > time.Second+guard.Grace || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, p.err) != multi {
						t.Errorf("%v after %v", err, took)
					}
				}
			}
			close(h.release)
			synctest.Wait()
		})
	}
}

// A second Close returns when the first has.
func TestCountedClosesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hanging{make(chan struct{})}
		r := Counted(h)
		first, second := make(chan error), make(chan error, 1)
		go func() { first <- r.Close(context.Background()) }()
		synctest.Wait()
		go func() { second <- r.Close(context.Background()) }()
		synctest.Wait()
		select {
		case err := <-second:
			t.Errorf("the second Close returned %v while the first runs", err)
		default:
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := r.Close(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a Close without time returned %v", err)
		}
		close(h.release)
		if err := <-first; err != nil {
			t.Errorf("first Close: %v", err)
		}
		synctest.Wait()
		if err := r.Close(ctx); err != nil || len(second) != 1 {
			t.Errorf("after the end: %v, %d answers", err, len(second))
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
