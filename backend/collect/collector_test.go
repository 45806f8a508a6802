// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

var (
	udp   = trace.Origin{Protocol: "thrift-compact", Transport: "udp"}
	quiet = slog.New(slog.NewTextHandler(io.Discard, nil))
)

// fake is a store that hands its writes to a function.
type fake struct {
	store.Store
	mu      sync.Mutex
	write   func(context.Context, ptrace.Traces) error
	batches []int // spans of those that were written
}

func (f *fake) Write(ctx context.Context, td ptrace.Traces) error {
	f.mu.Lock()
	write := f.write
	f.mu.Unlock()
	if write != nil {
		if err := write(ctx, td); err != nil {
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.batches = append(f.batches, td.SpanCount())
	return nil
}

func (f *fake) written() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.batches)
}

func (f *fake) set(write func(context.Context, ptrace.Traces) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.write = write
}

// traces returns n good spans.
func traces(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "checkout")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	for i := range n {
		s := spans.AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: 1})
		s.SetSpanID(pcommon.SpanID{0: 1, 6: byte(i >> 8), 7: byte(i)})
		s.SetName("GET /")
		s.SetStartTimestamp(1000)
		s.SetEndTimestamp(2000)
	}
	return td
}

func balance(t *testing.T, c *collect.Collector, want trace.Books) {
	t.Helper()
	got := c.Books()
	if n := got.Balance(); n != 0 {
		t.Errorf("%d spans are not accounted for: %+v", n, got)
	}
	if got.Received != want.Received || got.Stored != want.Stored || got.Waiting != want.Waiting || got.Mended != want.Mended ||
		!maps.Equal(got.Refused, want.Refused) || !maps.Equal(got.Unread, want.Unread) {
		t.Errorf("books:\n%+v, want\n%+v", got, want)
	}
}

func take(t *testing.T, c *collect.Collector, td ptrace.Traces) {
	t.Helper()
	if refused, err := c.Take(t.Context(), td, udp); err != nil || refused != nil {
		t.Fatal(refused, err)
	}
}

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
		goOn := make(chan struct{})
		s := &fake{write: func(context.Context, ptrace.Traces) error { <-goOn; return nil }}
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
		close(goOn)
		synctest.Wait()
		take(t, c, traces(1000)) // more than the queue holds, by itself
		if _, err := c.Take(t.Context(), traces(1), udp); !errors.Is(err, trace.ErrBusy) {
			t.Error(err)
		}
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

func TestReserve(t *testing.T) {
	c := collect.New(collect.Config{Budget: 3200}, new(fake), nil, quiet)
	defer func() { _ = c.Close(context.Background()) }()
	give, ok := c.Reserve(60)
	if !ok {
		t.Fatal("60 bytes do not fit")
	}
	if _, ok := c.Reserve(41); ok {
		t.Error("101 bytes fit")
	}
	if _, ok := c.Reserve(1 << 62); ok {
		t.Error("2^62 bytes fit")
	}
	give()
	give() // has no effect
	if give, ok = c.Reserve(100); !ok {
		t.Error("nothing was given back")
	}
	if _, ok := c.Reserve(1); ok {
		t.Error("given back twice")
	}
	give()
	if _, ok := c.Reserve(0); !ok {
		t.Error("nothing does not fit")
	}
}

// TestRefuse: what receivers refuse is in the books, too, and in the metrics.
func TestRefuse(t *testing.T) {
	reg := prometheus.NewRegistry()
	c := collect.New(collect.Config{}, new(fake), reg, quiet)
	defer func() { _ = c.Close(context.Background()) }()
	c.Refuse(udp, trace.ReasonMalformed, 3)
	c.Unread(udp, trace.ReasonKernel, 7)
	balance(t, c, trace.Books{
		Received: 3,
		Refused:  map[trace.Reason]int64{trace.ReasonMalformed: 3},
		Unread:   map[trace.Reason]int64{trace.ReasonKernel: 7},
	})
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		m := f.Metric[0]
		got[f.GetName()] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
	}
	for name, want := range map[string]float64{
		"jaeger_collector_spans_received_total": 3,
		"spur_collector_spans_refused_total":    3,
		"spur_collector_unread_total":           7,
		"jaeger_collector_queue_capacity":       collect.DefaultQueueSpans,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}
