// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// When too many traces may be found to look each of them up, all traces are
// walked in the order of the search: the pages hold each that is found once, in
// order.
func TestManyCandidates(t *testing.T) {
	const traces, found = 3 * fewCandidates, 3 * fewCandidates / 2
	s := openTest(t, Config{})
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for i := range uint64(traces) {
		for n := range 1 + i%3 {
			span := spans.AppendEmpty()
			span.SetTraceID(traceID(i + 1))
			span.SetSpanID(pcommon.SpanID{7: byte(n + 1)})
			span.SetStartTimestamp(pcommon.Timestamp(i * 7919 % traces / 2 * 1e6)) // two at a time
			span.SetEndTimestamp(span.StartTimestamp() + pcommon.Timestamp(i%100))
			span.Attributes().PutBool("even", i%2 == 0)
		}
	}
	if err := s.Write(t.Context(), td); err != nil {
		t.Fatal(err)
	}
	for order := range trace.Order(3) {
		q, err := trace.Parse("even=true", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		q.Order, q.Limit = order, 700
		var last *store.Position
		n := 0
		for pages := 0; pages == 0 || q.Cursor != ""; pages++ {
			page, err := s.Search(t.Context(), q)
			if err != nil || page.Total != found || page.AtLeast {
				t.Fatalf("order %d: total %d of %d, %v", order, page.Total, found, err)
			}
			for i := range page.Traces {
				p := store.PositionOf(&page.Traces[i], order)
				if last != nil && last.Compare(p) >= 0 {
					t.Fatalf("order %d: %v comes behind %v", order, p, *last)
				}
				last = &p
			}
			n += len(page.Traces)
			q.Cursor = page.Cursor
		}
		if n != found {
			t.Errorf("order %d: %d traces of %d", order, n, found)
		}
	}
}
