// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// arrivals returns the next traces that q finds, and moves its cursor on.
func (t *T) arrivals(s store.Store, q *trace.Query) (ids []pcommon.TraceID) {
	t.Helper()
	page, err := s.Arrivals(t.Context(), *q)
	if err != nil || page.Cursor == "" || !page.CutAt.IsZero() {
		t.Fatalf("arrivals: cursor %q, cut at %v, %v", page.Cursor, page.CutAt, err)
	}
	q.Cursor = page.Cursor
	for _, sum := range page.Traces {
		ids = append(ids, sum.TraceID)
	}
	return ids
}

// testArrivals: a cursor sees each trace that is written to behind it, in order.
func testArrivals(t *T) {
	s := t.open()
	_, err := s.Arrivals(t.Context(), t.parse(""))
	t.needs(s.Caps().NoArrivals, err)
	put := func(n uint64, service string, start time.Duration) {
		b := newBatch()
		b.spans = n*100 + uint64(start)
		b.span(n, service, "op", 0, day.Add(start))
		t.write(s, b.Traces)
	}
	all, some := t.parse(""), t.parse("service:a")
	put(1, "a", 0)
	if got := t.arrivals(s, &all); len(got) != 0 {
		t.Errorf("without a cursor: %v", got)
	}
	t.arrivals(s, &some)
	start := all.Cursor
	want := func(q *trace.Query, numbers ...uint64) {
		t.Helper()
		var ids []pcommon.TraceID
		for _, n := range numbers {
			ids = append(ids, traceID(n))
		}
		if got := t.arrivals(s, q); !slices.Equal(got, ids) {
			t.Errorf("%q: got %v, want %v", q, got, ids)
		}
	}
	want(&all)
	put(3, "a", 3)
	put(2, "b", 2)
	put(3, "a", 3) // known already: no arrival
	want(&all, 3, 2)
	want(&all)
	want(&some, 3)
	put(3, "b", 4) // late, and old
	put(4, "a", 1)
	put(1, "a", 5)
	all.Limit = 2
	want(&all, 3, 4)
	want(&all, 1)
	want(&all)
	want(&some, 3, 4, 1)
	want(&some)
	put(9, "b", 9)
	want(&some)
	want(&all, 9)
	b := newBatch() // a span that is known, then a new one, of the trace written last
	b.spans = 9*100 + 9
	b.span(9, "b", "op", 0, day.Add(9))
	b.span(9, "b", "op", 0, day.Add(10))
	t.write(s, b.Traces)
	want(&all, 9)

	again := t.parse("")
	again.Cursor = start
	want(&again, 2, 3, 4, 1, 9)
	want(&again)

	again.Cursor, again.Limit = start, 1
	page, err := s.Arrivals(t.Context(), again)
	if err != nil || len(page.Traces) != 1 || page.Traces[0].Spans != 1 || page.Traces[0].RootService != "b" {
		t.Errorf("the first arrival: %+v, %v", page, err)
	}
}

// testArrivalsCut: a cursor from before the oldest write that is known, or of a
// store that is gone, says so once.
func testArrivalsCut(t *T) {
	old := t.open()
	cursor, err := old.Arrivals(t.Context(), t.parse(""))
	t.needs(old.Caps().NoArrivals, err)
	if err != nil {
		t.Fatal(err)
	}
	s := t.openConfig(Config{Dir: t.TempDir(), MaxBytes: retentionBytes})
	if s.Caps().Volatile { // one on disk may take up cursors of another
		q := t.parse("")
		q.Cursor = cursor.Cursor
		if page, err := s.Arrivals(t.Context(), q); err != nil || page.CutAt.IsZero() {
			t.Errorf("a cursor of another store: %+v, %v", page, err)
		}
	}
	q := t.parse("")
	t.arrivals(s, &q)
	n := t.fill(s, 1, func(store.Status) {})
	page, err := s.Arrivals(t.Context(), q)
	if err != nil || page.CutAt.IsZero() {
		t.Errorf("after %d spans: cut at %v, %v", n, page.CutAt, err)
	}
	for i := 0; len(page.Traces) > 0; i++ {
		q.Cursor = page.Cursor
		if page, err = s.Arrivals(t.Context(), q); err != nil || i > int(n) {
			t.Fatalf("after the gap: %v", err)
		}
	}
	q.Cursor = page.Cursor
	b := newBatch()
	b.span(1<<40, "new", "op", 0, day)
	t.write(s, b.Traces)
	if got := fmt.Sprint(t.arrivals(s, &q)); got != fmt.Sprint([]pcommon.TraceID{traceID(1 << 40)}) {
		t.Errorf("after the gap: %v", got)
	}
}
