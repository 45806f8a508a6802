// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// TestTakeConcurrentSafe: ten senders, good and bad spans, a store that stalls,
// fails, fills up and panics, and an end in the middle. The books balance at every
// moment, and agree with what the senders and the store have counted.
func TestTakeConcurrentSafe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 3000
		var stored, taken, refused, busy atomic.Int64
		s := &fake{write: func(_ context.Context, td ptrace.Traces) error {
			switch rand.IntN(8) {
			case 0:
				time.Sleep(time.Second)
			case 1:
				return store.ErrFull
			case 2:
				panic("index out of range")
			case 3:
				return errors.New("no such device")
			}
			stored.Add(int64(td.SpanCount()))
			return nil
		}}
		c := collect.New(collect.Config{QueueSpans: most}, s, nil, quiet)
		var senders sync.WaitGroup
		for range 10 {
			senders.Go(func() {
				for range 200 {
					td := traces(20)
					td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(3).SetSpanID([8]byte{})
					bad, err := c.Take(t.Context(), td, udp)
					switch {
					case errors.Is(err, trace.ErrBusy):
						busy.Add(20)
						time.Sleep(100 * time.Millisecond)
					case err != nil || len(bad) != 1 || bad[0].Count != 1:
						t.Errorf("refused %v, error %v", bad, err)
					default:
						taken.Add(19)
						refused.Add(1)
					}
					if b := c.Books(); b.Balance() != 0 || b.Waiting > most {
						t.Errorf("on the way: %+v", b)
					}
				}
			})
		}
		senders.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = c.Close(ctx)            // the books say what was lost
		time.Sleep(2 * time.Second) // until the store is done, too
		b := c.Books()
		lost := b.Refused[trace.ReasonStore] + b.Refused[trace.ReasonShutdown]
		if b.Balance() != 0 || b.Waiting != 0 || b.Received != taken.Load()+refused.Load()+busy.Load() ||
			b.Refused[trace.ReasonSpanID] != refused.Load() || b.Refused[trace.ReasonQueueFull] != busy.Load() || b.Stored+lost != taken.Load() {
			t.Errorf("%d taken, %d refused, %d told to come back; books: %+v", taken.Load(), refused.Load(), busy.Load(), b)
		}
		// What the store finished after Close had given up is booked as lost.
		if late := stored.Load() - b.Stored; late < 0 || late > b.Refused[trace.ReasonShutdown] {
			t.Errorf("the store has %d spans, the books say %d", stored.Load(), b.Stored)
		}
		if busy.Load() == 0 || b.Refused[trace.ReasonStore] == 0 {
			t.Error("nothing was full, or nothing failed")
		}
	})
}
