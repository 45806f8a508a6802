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
	"github.com/go-spur/spur/backend/trace"
)

// TestBatches: a batch is written when it is full or old enough.
func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(fake)
		c := collect.New(collect.Config{BatchSpans: 10, BatchDelay: time.Second}, s, nil, quiet)
		for range 5 {
			take(t, c, traces(4)) // 4, 8, 12: full
		}
		synctest.Wait()
		if got := fmt.Sprint(s.written()); got != "[12]" {
			t.Errorf("written at once: %v", got)
		}
		balance(t, c, trace.Books{Received: 20, Stored: 12, Waiting: 8})
		time.Sleep(999 * time.Millisecond)
		synctest.Wait()
		if got := s.written(); len(got) != 1 {
			t.Errorf("written early: %v", got)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		balance(t, c, trace.Books{Received: 20, Stored: 20})
		take(t, c, traces(1))
		take(t, c, ptrace.NewTraces())
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
		balance(t, c, trace.Books{Received: 21, Stored: 21})
	})
}

// TestStall: a store that stands still fills the queue, and then senders are told
// to come back.
func TestStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := make(chan struct{}, 1) // the store stands still while it is empty
		s := &fake{write: func(context.Context, ptrace.Traces) error { open <- <-open; return nil }}
		c := collect.New(collect.Config{QueueSpans: 100, BatchSpans: 10}, s, nil, quiet)
		taken, busy := 0, 0
		for range 30 {
			switch _, err := c.Take(t.Context(), traces(10), udp); {
			case err == nil:
				taken += 10
			case errors.Is(err, trace.ErrBusy):
				busy += 10
			default:
				t.Fatal(err)
			}
		}
		if taken != 100 || busy != 200 {
			t.Errorf("%d taken, %d refused", taken, busy)
		}
		balance(t, c, trace.Books{Received: 300, Waiting: 100, Refused: map[trace.Reason]int64{trace.ReasonQueueFull: 200}})
		open <- struct{}{}
		synctest.Wait()
		<-open
		take(t, c, traces(1000)) // more than the queue holds, by itself
		if _, err := c.Take(t.Context(), traces(1), udp); !errors.Is(err, trace.ErrBusy) {
			t.Error(err)
		}
		open <- struct{}{}
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
		balance(t, c, trace.Books{Received: 1301, Stored: 1100, Refused: map[trace.Reason]int64{trace.ReasonQueueFull: 201}})
	})
}

func TestQueueBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fake{write: func(ctx context.Context, _ ptrace.Traces) error { <-ctx.Done(); return ctx.Err() }}
		c := collect.New(collect.Config{QueueBytes: 1 << 20}, s, nil, quiet)
		n := 0
		for ; n < 100; n++ {
			td := traces(1)
			td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().PutEmptyBytes("b").FromRaw(make([]byte, 100_000))
			if _, err := c.Take(t.Context(), td, udp); err != nil {
				break
			}
		}
		if n != 10 {
			t.Errorf("%d spans of 100 kB fit into 1 MiB", n)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		balance(t, c, trace.Books{Received: 11, Refused: map[trace.Reason]int64{trace.ReasonQueueFull: 1, trace.ReasonShutdown: 10}})
		if _, err := c.Take(t.Context(), traces(1), udp); !errors.Is(err, trace.ErrBusy) {
			t.Error(err)
		}
		if err := c.Close(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err) // a second Close changes nothing
		}
		balance(t, c, trace.Books{Received: 12, Refused: map[trace.Reason]int64{trace.ReasonQueueFull: 1, trace.ReasonShutdown: 11}})
	})
}
