// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// rowOf returns a row of the table traces as read selects it, with a tag of so many bytes.
func rowOf(id byte, span int64, bytes int) []any {
	tags := raw(appendTags(nil, []model.Tag{{Key: "k", Value: model.String(strings.Repeat("x", bytes))}}, nil))
	return []any{raw{15: id}, span, int64(0), "op", int32(1), now.UnixMicro(), int64(5), tags, raw(nil), raw(nil), raw(appendProcess(nil, &model.Process{Service: "s"}))}
}

// unreadableRow has tags that are shorter than they say.
func unreadableRow(id byte, span int64) []any {
	row := rowOf(id, span, 1)
	row[7] = raw{0, 0, 0, 9}
	return row
}

// isTraces reports whether a query is for the spans of the trace whose last byte it
// returns.
func isTraces(query string, args []any) (id byte, ok bool) {
	if !strings.Contains(query, ".traces WHERE") {
		return 0, false
	}
	return args[0].(raw)[15], true
}

func parse(t *testing.T, text string, limit int) trace.Query {
	t.Helper()
	q, err := trace.Parse(text, now)
	if err != nil {
		t.Fatal(err)
	}
	q.Limit = limit
	return q
}

// TestUnreadable: what cannot be read is left out and counted, and nothing else.
func TestUnreadable(t *testing.T) {
	f := &fake{answer: func(query string, args []any) ([][]any, error) {
		if id, ok := isTraces(query, args); ok {
			return [][]any{rowOf(id, 1, 1), unreadableRow(id, 2), rowOf(id, 3, 1)}, nil
		}
		switch {
		case strings.Contains(query, "service_name_index"):
			return [][]any{{now.UnixMicro(), raw("short")}, {now.UnixMicro(), raw{15: 1}}, {now.UnixMicro(), raw{15: 2}}}, nil
		case strings.Contains(query, "dependencies_v2"):
			b, at := open([]byte{0, 0, 0, 1})
			good := shut(appendText(appendLong(appendText(appendText(b, "a"), "b"), 7), ""), at)
			return [][]any{{raw(good)}, {raw{0, 0, 0, 9}}, {raw(good)}}, nil
		}
		return nil, fmt.Errorf("asked %s", query)
	}}
	s := fakeStore(t, f)
	page, err := s.Search(t.Context(), parse(t, "service:s", 20))
	if err != nil || len(page.Traces) != 2 || page.Traces[0].Spans != 2 || page.Traces[1].Spans != 2 {
		t.Errorf("search: %+v, %v; want 2 traces of 2 spans", page.Traces, err)
	}
	td, err := s.Trace(t.Context(), pcommon.TraceID{15: 1}, trace.Window{})
	if err != nil || td.SpanCount() != 2 {
		t.Errorf("trace: %d spans, %v; want 2", td.SpanCount(), err)
	}
	links, err := s.Links(t.Context(), trace.Window{})
	if err != nil || len(links) != 1 || links[0].Calls != 14 {
		t.Errorf("links: %+v, %v; want 14 calls", links, err)
	}
	if n := count(t, s.metrics.leftOut.WithLabelValues(unreadable)); n != 1+2+1+1 {
		t.Errorf("%d counted, want one of the index, two of the search, one of the trace, one of the links", n)
	}
}

// TestTooLarge: a search holds so many bytes at once. Traces that are too large together
// are read one by one; one that is too large alone is left out.
func TestTooLarge(t *testing.T) {
	const huge = 3 // this one
	f := &fake{answer: func(query string, args []any) ([][]any, error) {
		id, ok := isTraces(query, args)
		if !ok {
			var all [][]any
			for i := range 5 {
				all = append(all, []any{now.UnixMicro() - int64(i), raw{15: byte(i + 1)}})
			}
			return all, nil
		}
		n := 10
		if id == huge {
			n = 100
		}
		var rows [][]any
		for i := range n {
			rows = append(rows, rowOf(id, int64(i), 1000))
		}
		return rows, nil
	}}
	s := fakeStore(t, f)
	s.round = 25 * 1600
	page, err := s.Search(t.Context(), parse(t, "service:s", 20))
	if err != nil || len(page.Traces) != 4 {
		t.Fatalf("%d traces, %v, want the 4 that are not too large", len(page.Traces), err)
	}
	for _, sum := range page.Traces {
		if sum.Spans != 10 {
			t.Errorf("trace %v has %d spans, want 10", sum.TraceID, sum.Spans)
		}
	}
	if want := time.UnixMicro(now.UnixMicro() - huge + 1); !page.CutAt.Equal(want) || !page.AtLeast || page.TooLarge != 1 || page.Cursor != "" {
		t.Errorf("cut at %v, at least: %v; want %v, where the trace was that is too large", page.CutAt, page.AtLeast, want)
	}
	if n := count(t, s.metrics.leftOut.WithLabelValues(tooLarge)); n != 1 {
		t.Errorf("%d counted, want 1", n)
	}
	if _, _, err := s.read(t.Context(), f, pcommon.TraceID{15: huge}, trace.Window{}, newRoom(s.round)); !errors.Is(err, store.ErrTooMuch) {
		t.Errorf("read: %v", err)
	}
}

// TestRoom: what does not fit takes no room.
func TestRoom(t *testing.T) {
	r := newRoom(10)
	for _, test := range []struct {
		n    int64
		want error
	}{{7, nil}, {4, errRoom}, {3, nil}, {1, errRoom}} {
		if err := r.take(test.n); !errors.Is(err, test.want) {
			t.Errorf("take %d: %v, want %v", test.n, err, test.want)
		}
	}
}

// TestLookups: a search without a service asks each of them, not too often and not too
// many at once, and what it asks counts for its budget.
func TestLookups(t *testing.T) {
	const services = 900
	var mu sync.Mutex
	current, most := 0, 0
	tables := map[string]int{}
	f := &fake{answer: func(query string, _ []any) ([][]any, error) {
		_, table, _ := strings.Cut(query, `"k".`)
		table, _, _ = strings.Cut(table, " ")
		mu.Lock()
		tables[table]++
		current++
		most = max(most, current)
		mu.Unlock()
		defer func() { mu.Lock(); current--; mu.Unlock() }()
		var all [][]any
		if table == "service_names" {
			for i := range services {
				all = append(all, []any{fmt.Sprint("s", i)})
			}
		}
		return all, nil
	}}
	s := fakeStore(t, f)
	for _, test := range []struct{ query, want string }{
		{"k=v", "map[service_names:1 tag_index:901]"},
		{"k=5.0", "map[service_names:1 tag_index:1802]"}, // two spellings
		{"k=5.0 l=v", "map[service_name_index:901 service_names:1]"},
		{"(k=1 OR k=2 OR k=3 OR k=4) op:x", "map[service_name_index:901 service_names:1]"},
		{"service:a k=1 l=2 (m=1 OR m=2)", "map[tag_index:6]"},
		{"dur>1s", "map[service_name_index:901 service_names:1]"},
		{"service:a dur>1s", "map[duration_index:3]"}, // at three, four and five
	} {
		clear(tables)
		q := parse(t, test.query, 20)
		q.Window = trace.Window{Start: now.Truncate(time.Hour), End: now.Truncate(time.Hour).Add(2 * time.Hour)}
		if _, err := s.Search(t.Context(), q); err != nil {
			t.Errorf("%s: %v", test.query, err)
		}
		if got := fmt.Sprint(tables); got != test.want {
			t.Errorf("%s: requests %s, want %s", test.query, got, test.want)
		}
	}
	if most > requests {
		t.Errorf("%d requests at once, want up to %d", most, requests)
	}
}

// TestBudgetOfIndexes: a search gives up when entries of indexes have nothing in common,
// and the next page goes on where it did.
func TestBudgetOfIndexes(t *testing.T) {
	f := &fake{}
	f.answer = func(query string, args []any) ([][]any, error) {
		if _, ok := isTraces(query, args); ok {
			return nil, nil
		}
		odd := int64(0) // of all times, each tag has half
		if args[1] == "l" {
			odd = 1
		}
		before, limit := args[4].(int64), args[5].(int)
		var all [][]any
		for at := min(before, now.UnixMicro()); len(all) < limit; at-- {
			if at&1 == odd {
				all = append(all, []any{at, raw{15: 1}})
			}
		}
		return all, nil
	}
	s := fakeStore(t, f)
	s.config.MaxScan = 1_000
	q := parse(t, "service:s k=v l=v", 20)
	var last time.Time
	for range 3 {
		f.requests = 0
		page, err := s.Search(t.Context(), q)
		if err != nil || page.CutAt.IsZero() || page.Cursor == "" || !last.IsZero() && !page.CutAt.Before(last) {
			t.Fatalf("cut at %v, cursor %q, %v; want a time before %v", page.CutAt, page.Cursor, err, last)
		}
		if f.requests > 100 {
			t.Errorf("%d requests, want few", f.requests)
		}
		last, q.Cursor = page.CutAt, page.Cursor
	}
}

// TestBudgetOfLarge: a search that has read enough reads no more of the traces that are too
// large to be read together. They come on the next pages, each once and in order.
func TestBudgetOfLarge(t *testing.T) {
	const all, spans = 20, 50
	for _, test := range []struct {
		name  string
		start func(n int) int64 // microseconds before now, of the first span
		limit int
	}{
		{"one after another", func(n int) int64 { return int64(n) * spans }, 20},
		{"a trace on each page", func(n int) int64 { return int64(n) * spans }, 1},
		{"side by side", func(n int) int64 { return int64(n) }, 20},
		{"at once", func(int) int64 { return 0 }, 20},
		{"the last to end began first", func(n int) int64 { return int64(all - n) }, 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			var read atomic.Int64 // traces, alone
			begin := func(n int) int64 { return now.UnixMicro() - 10*test.start(n) - 1000 }
			f := &fake{answer: func(query string, args []any) ([][]any, error) {
				var rows [][]any
				if id, ok := isTraces(query, args); ok {
					read.Add(1)
					for i := range int64(spans) {
						row := rowOf(id, i, 1000)
						row[5] = begin(int(id)) + 2*i
						rows = append(rows, row)
					}
					return rows, nil
				}
				before, limit := args[2].(int64), args[3].(int)
				for n := range all {
					for i := range int64(spans) {
						if at := begin(n+1) + 2*i; at <= before {
							rows = append(rows, []any{at, raw{15: byte(n + 1)}})
						}
					}
				}
				slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(b[0].(int64), a[0].(int64)) })
				return rows[:min(limit, len(rows))], nil
			}}
			s := fakeStore(t, f)
			s.round, s.config.MaxScan = 2*spans*1600-1, spans // room for one
			q := parse(t, "service:s", test.limit)
			var found []trace.Summary
			most := int64(readsAtOnce + 2) // of a page: all at once, and again until the budget is spent
			if test.name == "at once" {
				most = 3 * all
			}
			for pages := 0; ; pages++ {
				read.Store(0)
				page, err := s.Search(t.Context(), q)
				if err != nil || pages > 5*all {
					t.Fatalf("page %d: %d traces so far, %v", pages, len(found), err)
				}
				if n := read.Load(); n > most {
					t.Errorf("page %d: %d traces read, want at most %d", pages, n, most)
				}
				found = append(found, page.Traces...)
				if q.Cursor = page.Cursor; q.Cursor == "" {
					break
				}
			}
			seen := map[pcommon.TraceID]bool{}
			for i, one := range found {
				seen[one.TraceID] = true
				if one.Spans != spans {
					t.Errorf("trace %v has %d spans, want %d", one.TraceID, one.Spans, spans)
				}
				if i > 0 && one.Start.After(found[i-1].Start) {
					t.Errorf("trace %v comes behind one that starts before it", one.TraceID)
				}
			}
			if len(found) != all || len(seen) != all {
				t.Errorf("%d traces, %d different, want %d", len(found), len(seen), all)
			}
		})
	}
}
