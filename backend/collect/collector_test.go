// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"

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
