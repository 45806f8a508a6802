// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// TestFailingStore: what fails is written when the store works again.
func TestFailingStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("no such device")
		s := &fake{write: func(context.Context, ptrace.Traces) error { return broken }}
		c := collect.New(collect.Config{}, s, nil, quiet)
		take(t, c, traces(5))
		time.Sleep(30 * time.Second)
		if err := c.Ready(); !errors.Is(err, broken) {
			t.Errorf("ready: %v", err)
		}
		balance(t, c, trace.Books{Received: 5, Waiting: 5})
		s.set(nil)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if err := c.Ready(); err != nil {
			t.Errorf("not ready: %v", err)
		}
		balance(t, c, trace.Books{Received: 5, Stored: 5})
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if c.Ready() == nil {
			t.Error("ready when closed")
		}
	})
}

// TestGivingUp: a batch that is never written is refused after a while, and what
// stands behind it is tried.
func TestGivingUp(t *testing.T) {
	for name, test := range map[string]struct {
		write func(context.Context, ptrace.Traces) error
		after time.Duration
	}{
		"fails":  {func(context.Context, ptrace.Traces) error { return errors.New("no such device") }, 70 * time.Second},
		"full":   {func(context.Context, ptrace.Traces) error { return fmt.Errorf("sqlite: %w", store.ErrFull) }, 70 * time.Second},
		"closed": {func(context.Context, ptrace.Traces) error { return store.ErrClosed }, time.Second},
		"panics": {func(context.Context, ptrace.Traces) error { panic("index out of range") }, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &fake{write: test.write}
				c := collect.New(collect.Config{}, s, nil, quiet)
				take(t, c, traces(5))
				time.Sleep(test.after)
				synctest.Wait()
				balance(t, c, trace.Books{Received: 5, Refused: map[trace.Reason]int64{trace.ReasonStore: 5}})
				s.set(nil)
				take(t, c, traces(3))
				if err := c.Close(t.Context()); err != nil {
					t.Error(err)
				}
				balance(t, c, trace.Books{Received: 8, Stored: 3, Refused: map[trace.Reason]int64{trace.ReasonStore: 5}})
			})
		})
	}
}

// TestUnavailable: what a server that is away would take later waits for as long as
// that takes.
func TestUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := func(context.Context, ptrace.Traces) error { return fmt.Errorf("engine: %w", store.ErrUnavailable) }
		s := &fake{write: away}
		c := collect.New(collect.Config{}, s, nil, quiet)
		take(t, c, traces(5))
		time.Sleep(24 * time.Hour)
		if err := c.Ready(); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("ready: %v", err)
		}
		balance(t, c, trace.Books{Received: 5, Waiting: 5})
		s.set(nil)
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
		balance(t, c, trace.Books{Received: 5, Stored: 5})
	})
}

// TestRefusedByStore: spans that the store will never take are refused, the others of
// the batch are stored, and the next batch follows at once.
func TestRefusedByStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fake{write: func(context.Context, ptrace.Traces) error {
			return fmt.Errorf("engine: %w", &store.RefusedError{Spans: 2, Err: errors.New("too many fields")})
		}}
		c := collect.New(collect.Config{}, s, nil, quiet)
		take(t, c, traces(5))
		time.Sleep(time.Second)
		if err := c.Ready(); err != nil {
			t.Errorf("not ready: %v", err)
		}
		want := trace.Books{Received: 5, Stored: 3, Refused: map[trace.Reason]int64{trace.ReasonStore: 2}}
		balance(t, c, want)
		s.set(nil)
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
		balance(t, c, want)
	})
}

// batcher is a store that wants its spans so many at a time.
type batcher struct{ *fake }

func (batcher) Batch() (int, time.Duration) { return 7, 3 * time.Second }

// TestBatcher: a store is given as much at a time as it wants.
func TestBatcher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := batcher{&fake{}}
		c := collect.New(collect.Config{}, s, nil, quiet)
		take(t, c, traces(5))
		time.Sleep(2 * time.Second)
		if got := s.written(); len(got) != 0 {
			t.Errorf("written after 2 s: %v", got)
		}
		take(t, c, traces(2))
		synctest.Wait()
		take(t, c, traces(1))
		time.Sleep(4 * time.Second)
		if got := s.written(); fmt.Sprint(got) != "[7 1]" {
			t.Errorf("written: %v, want [7 1]", got)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestCloseWithDeadStore: Close does not wait for a store that does not return, and
// what it returns later changes nothing.
func TestCloseWithDeadStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead := make(chan struct{})
		s := &fake{write: func(context.Context, ptrace.Traces) error { <-dead; return nil }}
		c := collect.New(collect.Config{}, s, nil, quiet)
		take(t, c, traces(5))
		time.Sleep(time.Second)
		take(t, c, traces(6))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		if err := c.Close(ctx); err == nil || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		want := trace.Books{Received: 11, Refused: map[trace.Reason]int64{trace.ReasonShutdown: 11}}
		balance(t, c, want)
		close(dead)
		synctest.Wait()
		balance(t, c, want)
	})
}
