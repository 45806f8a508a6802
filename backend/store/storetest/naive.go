// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"reflect"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// naive is what a store holds, searched by looking at everything.
type naive map[pcommon.TraceID][]trace.Span

// add adds the spans of td, which must not change any more.
func (n naive) add(td ptrace.Traces) {
	for s := range trace.Spans(td) {
		n[s.TraceID()] = append(n[s.TraceID()], s)
	}
}

// search returns all traces that q finds, in its order.
func (n naive) search(q trace.Query) []trace.Summary {
	var found []trace.Summary
	for _, spans := range n {
		if matched, ok := q.Match(spans); ok {
			found = append(found, trace.Summarize(spans, matched, q.Columns))
		}
	}
	slices.SortFunc(found, func(a, b trace.Summary) int {
		return store.PositionOf(&a, q.Order).Compare(store.PositionOf(&b, q.Order))
	})
	return found
}

// finds tests that a search of s returns, page by page, what n finds.
func (t *T) finds(s store.Store, n naive, q trace.Query) {
	t.Helper()
	want := n.search(q)
	name := fmt.Sprintf("%q order %d limit %d", q.String(), q.Order, q.Limit)
	var got []trace.Summary
	for pages := 0; ; pages++ {
		page, err := s.Search(t.Context(), q)
		switch {
		case err != nil:
			t.Fatalf("%s: %v", name, err)
		case !page.CutAt.IsZero():
			t.Fatalf("%s: cut at %v after %d spans", name, page.CutAt, page.Scanned)
		case len(page.Traces) > q.Limit || pages > len(want):
			t.Fatalf("%s: page %d of %d traces", name, pages, len(page.Traces))
		case page.Total > len(want) || page.Total < len(page.Traces) || !page.AtLeast && page.Total != len(want):
			t.Errorf("%s: total %d (at least: %v), want %d", name, page.Total, page.AtLeast, len(want))
		}
		got = append(got, page.Traces...)
		if page.Cursor == "" {
			break
		}
		q.Cursor = page.Cursor
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !n.sameSummary(q, got[i], want[i]) {
			t.Errorf("%s: %d traces, want %d; from %d on:\n%+v\n%+v", name, len(got), len(want), i,
				got[min(i, len(got)):min(i+1, len(got))], want[min(i, len(want)):min(i+1, len(want))])
			return
		}
	}
}

// sameSummary compares summaries. A column may hold any value of the key.
func (n naive) sameSummary(q trace.Query, got, want trace.Summary) bool {
	if len(got.Columns) != len(want.Columns) || !got.Start.Equal(want.Start) {
		return false
	}
	for i, key := range q.Columns {
		if got.Columns[i] != want.Columns[i] && !n.hasColumn(q, got.TraceID, key, got.Columns[i]) {
			return false
		}
	}
	got.Columns, got.Start = want.Columns, want.Start
	if q.Bare {
		got.RootService, got.RootName, got.Partial, got.Errors, got.Services = want.RootService, want.RootName, want.Partial, want.Errors, want.Services
	}
	return reflect.DeepEqual(got, want)
}

// hasColumn reports whether value is that of a key in a span that matches, or,
// when none of those has the key, in any span.
func (n naive) hasColumn(q trace.Query, id pcommon.TraceID, key, value string) bool {
	spans := n[id]
	matched, _ := q.Match(spans)
	first := make([]trace.Span, len(matched))
	for i, m := range matched {
		first[i] = spans[m]
	}
	for _, list := range [][]trace.Span{first, spans} {
		known := false
		for _, s := range list {
			for k, v := range s.Tags() {
				if k == key && v.AsString() == value {
					return true
				}
				known = known || k == key
			}
		}
		if known {
			return false
		}
	}
	return value == ""
}
