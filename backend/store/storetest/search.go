// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// parse reads the text of a search.
func (t *T) parse(text string) trace.Query {
	t.Helper()
	q, err := trace.Parse(text, day)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	q.Limit = 100
	return q
}

// testSearchRandom: random searches of random traces find what looking at
// everything finds.
func testSearchRandom(t *T) {
	seeds, queries := 5, 400
	if testing.Short() {
		seeds, queries = 1, 80
	}
	for seed := range seeds {
		g := t.newGenerator(uint64(seed))
		s, n := t.open(), naive{}
		var spans uint64
		found := 0
		for round := range 2 { // the second adds late spans, and other traces
			for range 5 {
				b := newBatch()
				b.spans = spans
				g.traces(b, 10*round, 40+10*round, 40)
				spans = b.spans
				t.write(s, b.Traces)
				n.add(t.kept(b.Traces))
			}
			for range queries {
				q := t.parse(g.query(60))
				q.Order = trace.Order(g.IntN(3))
				q.Limit = 1 + g.IntN(40)
				q.Uncounted, q.Bare = g.IntN(4) == 0, g.IntN(4) == 0
				for range g.IntN(3) {
					q.Columns = append(q.Columns, pick(g, g.key(), "service.name", "none"))
				}
				t.finds(s, n, q)
				if len(n.search(q)) > 0 {
					found++
				}
			}
		}
		if found < queries/4 {
			t.Errorf("seed %d: only %d of %d searches found anything", seed, found, 2*queries)
		}
	}
}

// testSearchHostile: text that is hostile is found as it is, and nothing else.
func testSearchHostile(t *T) {
	b := newBatch()
	for i, text := range hostile {
		s := b.span(uint64(i+1), text, text, 0, day.Add(time.Duration(i)))
		s.Attributes().PutStr(text, text)
	}
	s, n := t.open(), naive{}
	t.write(s, b.Traces)
	n.add(t.kept(b.Traces))
	for _, text := range hostile {
		for _, term := range []trace.Term{
			{Field: trace.FieldTag, Key: text, Cmp: trace.CmpExists},
			{Field: trace.FieldTag, Key: text, Cmp: trace.CmpEqual, Text: text, Number: trace.ParseNumber(text)},
			{Field: trace.FieldTag, Key: "key", Cmp: trace.CmpEqual, Text: text, Number: trace.ParseNumber(text)},
			{Field: trace.FieldService, Cmp: trace.CmpEqual, Text: text},
			{Field: trace.FieldName, Cmp: trace.CmpEqual, Text: text},
			{Field: trace.FieldText, Cmp: trace.CmpContains, Text: text},
		} {
			where := &trace.Expr{Op: trace.OpTerm, Term: term}
			t.finds(s, n, trace.Query{Where: &trace.Expr{Op: trace.OpSpan, Args: []*trace.Expr{where}}, Limit: 100})
		}
	}
}

// testSearchCursor: while others write, the pages of a search hold each trace
// that was there before, and does not change, exactly once.
func testSearchCursor(t *T) {
	s := t.open()
	b := newBatch()
	const traces = 100
	for i := range traces {
		b.span(uint64(i), "before", "op", 0, day.Add(time.Duration(i)*time.Second))
	}
	t.write(s, b.Traces)
	pages := make(chan struct{}, 1)
	var writer sync.WaitGroup
	writer.Go(func() {
		i := uint64(traces)
		for range pages { // while a page is looked for
			for range 5 {
				if i == 4*traces { // a search could chase writes without end
					break
				}
				b := newBatch()
				b.span(i, "meanwhile", "op", 0, day.Add(time.Duration(i%200)*time.Second))
				i++
				if err := s.Write(t.Context(), b.Traces); err != nil {
					t.Errorf("write: %v", err)
				}
			}
		}
	})
	defer writer.Wait()
	defer close(pages)
	for _, text := range []string{"service:before", "op:op", ""} {
		for order := range trace.Order(3) {
			q := t.parse(text)
			q.Limit, q.Order = 7, order
			if text == "" {
				q.Limit = 1000
			}
			seen := map[pcommon.TraceID]int{}
			for n := 0; n == 0 || q.Cursor != "" && n < 1000; n++ {
				select {
				case pages <- struct{}{}:
				default:
				}
				page, err := s.Search(t.Context(), q)
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				for _, sum := range page.Traces {
					seen[sum.TraceID]++
				}
				q.Cursor = page.Cursor
			}
			for i := range traces {
				if n := seen[traceID(uint64(i))]; n != 1 {
					t.Errorf("%q, order %d: trace %d was found %d times", text, order, i, n)
				}
			}
		}
	}
}

// testSearchCut: a search gives up after so many spans, says where, and can be
// continued from there.
func testSearchCut(t *T) {
	s := t.openConfig(Config{Dir: t.TempDir(), MaxScan: 50})
	b := newBatch()
	const traces = 300
	for i := range traces {
		span := b.span(uint64(i), "cut", "op", 0, day.Add(time.Duration(i)*time.Second))
		span.Attributes().PutStr("n", fmt.Sprint(i%100))
	}
	t.write(s, b.Traces)
	q := t.parse(`"99"`) // text cannot be looked up
	q.Limit = 2
	var found []int
	cuts := 0
	last := day.Add(traces * time.Second)
	for pages := 0; pages == 0 || q.Cursor != ""; pages++ {
		page, err := s.Search(t.Context(), q)
		if err != nil || pages > traces {
			t.Fatalf("page %d: %v", pages, err)
		}
		for _, sum := range page.Traces {
			found = append(found, int(sum.Start.Sub(day)/time.Second))
		}
		if page.Scanned > 60 {
			t.Errorf("scanned %d spans of at most 50", page.Scanned)
		}
		if !page.CutAt.IsZero() {
			cuts++
			if !page.AtLeast || page.Cursor == "" || !page.CutAt.Before(last) {
				t.Errorf("cut at %v, not before %v: %+v", page.CutAt, last, page)
			}
			last = page.CutAt
		}
		q.Cursor = page.Cursor
	}
	if fmt.Sprint(found) != "[299 199 99]" || cuts < 3 {
		t.Errorf("found %v with %d cuts", found, cuts)
	}
}

// testSearchErrors: what no page ended with is no cursor.
func testSearchErrors(t *T) {
	s := t.open()
	for _, cursor := range []string{"x", "1", "-", "0.0", "\x00", "0.1.zz"} {
		if _, err := s.Search(t.Context(), trace.Query{Limit: 1, Cursor: cursor}); !errors.Is(err, store.ErrCursor) {
			t.Errorf("Search with cursor %q: %v", cursor, err)
		}
		if s.Caps().NoArrivals {
			continue
		}
		if _, err := s.Arrivals(t.Context(), trace.Query{Limit: 1, Cursor: cursor}); !errors.Is(err, store.ErrCursor) {
			t.Errorf("Arrivals with cursor %q: %v", cursor, err)
		}
	}
}
