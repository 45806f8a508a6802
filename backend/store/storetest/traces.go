// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// testWindow: Trace returns the spans that start within the window.
func testWindow(t *T) {
	b := newBatch()
	for i := range 4 {
		b.span(1, "window", "op", 0, day.Add(time.Duration(i)*time.Second))
	}
	s := t.open()
	t.write(s, b.Traces)
	at := func(i int) time.Time { return day.Add(time.Duration(i) * time.Second) }
	for _, test := range []struct {
		w    trace.Window
		want int
	}{
		{trace.Window{}, 4},
		{trace.Window{Start: at(1)}, 3},
		{trace.Window{End: at(1)}, 1},
		{trace.Window{Start: at(1), End: at(3)}, 2},
		{trace.Window{Start: at(1).Add(1)}, 2},
		{trace.Window{Start: at(3), End: at(3)}, 0},
		{trace.Window{Start: at(4)}, 0},
		{trace.Window{End: at(0)}, 0},
		{trace.Window{Start: at(3), End: at(1)}, 0},
	} {
		td, err := s.Trace(t.Context(), traceID(1), test.w)
		if test.want == 0 {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%v: error %v, want ErrNotFound", test.w, err)
			}
			continue
		}
		if err != nil || td.SpanCount() != test.want {
			t.Errorf("%v: %d spans, %v; want %d", test.w, td.SpanCount(), err, test.want)
		}
	}
	if _, err := s.Trace(t.Context(), pcommon.TraceID{15: 1}, trace.Window{}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a trace that is not there: %v", err)
	}
}

// testOwnership: neither what was written nor what was returned is the store's
// any more.
func testOwnership(t *T) {
	b := newBatch()
	b.span(1, "mine", "op", 0, day).Attributes().PutStr("k", "v")
	b.span(1, "mine", "op2", 1, day)
	want := newBatch()
	b.CopyTo(want.Traces)
	s := t.open()
	t.write(s, b.Traces)
	if !equal(encode(b.Traces), encode(want.Traces)) {
		t.Error("Write changed what it was given")
	}
	spoil := func(b *batch) {
		rs := b.ResourceSpans().At(0)
		rs.Resource().Attributes().PutStr("service.name", "spoilt")
		span := rs.ScopeSpans().At(0).Spans().At(0)
		span.SetName("spoilt")
		span.Attributes().PutStr("k", "spoilt")
		rs.ScopeSpans().At(0).Spans().AppendEmpty().SetTraceID(traceID(1))
	}
	spoil(b)
	t.holds(s, want.Traces)
	spoil(&batch{Traces: t.trace(s, traceID(1))})
	t.holds(s, want.Traces)
	t.write(s, want.Traces) // still known for a double
	t.holds(s, want.Traces)
}

// testLarge: traces of very many spans, in many batches, each written twice.
func testLarge(t *T) {
	s := t.open()
	sizes := []int{10_000, 200_000}
	if testing.Short() {
		sizes = sizes[:1]
	}
	for n, size := range sizes {
		id := uint64(n + 1)
		b := newBatch()
		flush := func() {
			t.write(s, b.Traces)
			t.write(s, b.Traces)
			spans := b.spans
			b = newBatch()
			b.spans = spans
		}
		for i := range size {
			span := b.span(id, "large", "op", uint64(i), day.Add(time.Duration(i)*time.Microsecond))
			if i == size-1 {
				span.Attributes().PutBool("last", true)
			}
			if i%500 == 499 {
				flush()
			}
		}
		flush()
		if got := t.trace(s, traceID(id)).SpanCount(); got != size {
			t.Errorf("%d spans, got %d", size, got)
		}
		w := trace.Window{Start: day.Add(100 * time.Microsecond), End: day.Add(103 * time.Microsecond)}
		if td, err := s.Trace(t.Context(), traceID(id), w); err != nil || td.SpanCount() != 3 {
			t.Errorf("3 spans of %d: %d, %v", size, td.SpanCount(), err)
		}
		q := t.parse("service:large last=true")
		q.IDs = []pcommon.TraceID{traceID(id)}
		page, err := s.Search(t.Context(), q)
		if err != nil || len(page.Traces) != 1 || page.Traces[0].Spans != size || page.Traces[0].Partial {
			t.Errorf("a search for the last of %d spans: %+v, %v", size, page, err)
		}
	}
}

// calls calls each method of s that reads or writes, and returns their errors.
func calls(ctx context.Context, s store.Store) map[string]error {
	b := newBatch()
	b.span(9, "late", "op", 0, day)
	errs := map[string]error{"Write": s.Write(ctx, b.Traces)}
	_, errs["Trace"] = s.Trace(ctx, traceID(1), trace.Window{})
	_, errs["Search"] = s.Search(ctx, trace.Query{Limit: 10})
	_, errs["Arrivals"] = s.Arrivals(ctx, trace.Query{Limit: 10})
	_, errs["Services"] = s.Services(ctx)
	_, errs["Operations"] = s.Operations(ctx, "a")
	_, errs["Keys"] = s.Keys(ctx, "", 10)
	_, errs["Values"] = s.Values(ctx, "k", "", 10)
	_, errs["Links"] = s.Links(ctx, trace.Window{})
	_, errs["RED"] = s.RED(ctx, trace.REDQuery{Step: time.Minute})
	_, errs["Status"] = s.Status(ctx)
	if a, ok := s.(store.Archiver); ok {
		errs["Archive"] = a.Archive(ctx, b.Traces)
	}
	if p, ok := s.(store.Purger); ok {
		errs["Purge"] = p.Purge(ctx)
	}
	if x, ok := s.(store.Sampler); ok {
		errs["InsertThroughput"] = x.InsertThroughput(ctx, day, nil, day)
		_, errs["Throughput"] = x.Throughput(ctx, day, day)
		errs["InsertProbabilities"] = x.InsertProbabilities(ctx, nil)
		_, errs["LatestProbabilities"] = x.LatestProbabilities(ctx)
	}
	return errs
}

// testClosed: a closed store says so, and can be closed again.
func testClosed(t *T) {
	s := t.open()
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	for name, err := range calls(t.Context(), s) {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s after Close: %v", name, err)
		}
	}
	if err := s.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
		t.Errorf("second Close: %v", err)
	}
}

// testCancelled: a context that is done ends each call, and nothing was
// written.
func testCancelled(t *T) {
	s := t.open()
	b := newBatch()
	b.span(1, "a", "op", 0, day).Attributes().PutStr("k", "v")
	t.write(s, b.Traces)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range calls(ctx, s) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a context that is done: %v", name, err)
		}
	}
	t.holds(s, b.Traces)
	t.counts(s, 1, 1)
}
