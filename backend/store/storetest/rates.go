// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// windows are some that spans of a generator lie in, or partly, or not.
func windows() []trace.Window {
	at := func(seconds int) time.Time { return day.Add(time.Duration(seconds) * time.Second) }
	return []trace.Window{{}, {Start: at(20)}, {End: at(20)}, {Start: at(10), End: at(50)}, {Start: at(1000)}}
}

// computed ends the test of an engine whose links are only those that it was given.
func (t *T) computed(s store.Store) {
	if s.Caps().StoredLinks {
		t.Skip("links are what a job writes: testStoredLinks")
	}
}

// testStoredLinks: the links that a job writes are there, each day's once.
func testStoredLinks(t *T) {
	s := t.open()
	w, ok := s.(store.LinkWriter)
	if !ok && !s.Caps().StoredLinks {
		t.Skip("links are computed")
	}
	if !ok {
		t.Fatal("no LinkWriter")
	}
	monday := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	tuesday := monday.AddDate(0, 0, 1)
	ab, ac := trace.Link{Parent: "a", Child: "b", Calls: 3}, trace.Link{Parent: "a", Child: hostile[3], Calls: 1 << 40}
	for _, day := range []struct {
		time.Time
		links []trace.Link
	}{{monday, []trace.Link{ac}}, {monday, []trace.Link{ac, ab}}, {tuesday, []trace.Link{ab}}} {
		if err := w.WriteLinks(t.Context(), day.Time, day.links); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		w    trace.Window
		want []trace.Link
	}{
		{trace.Window{Start: monday, End: tuesday}, []trace.Link{ac, ab}},
		{trace.Window{Start: tuesday.Add(-time.Hour), End: tuesday.Add(time.Hour)}, []trace.Link{ab}},
		{trace.Window{Start: monday, End: tuesday.Add(1)}, []trace.Link{ac, {Parent: "a", Child: "b", Calls: 6}}},
		{trace.Window{End: monday}, nil},
	} {
		if got, err := s.Links(t.Context(), test.w); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%v: %v, %v; want %v", test.w, got, err, test.want)
		}
	}
}

// testLinks: a link is a span and its parent in another service.
func testLinks(t *T) {
	g := t.newGenerator(7)
	s, n := t.open(), naive{}
	t.computed(s)
	for range 4 { // parents and children in different batches, in either order
		b := newBatch()
		b.spans = uint64(g.starts)
		g.traces(b, 0, 20, 100)
		for span := range trace.Spans(b.Traces) { // over minutes
			if g.IntN(2) == 0 {
				setTimes(span.Span, span.StartTimestamp().AsTime().Add(time.Duration(g.IntN(5))*time.Minute), span.Duration())
			}
		}
		t.write(s, b.Traces)
		n.add(t.kept(b.Traces))
	}
	whole := day.Truncate(time.Minute)
	for _, w := range append(windows(),
		trace.Window{Start: whole.Add(time.Minute), End: whole.Add(3 * time.Minute)},
		trace.Window{Start: day.Add(40 * time.Second), End: day.Add(130 * time.Second)},
	) {
		got, err := s.Links(t.Context(), w)
		if want := n.links(w); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v:\n%v, %v; want\n%v", w, got, err, want)
		}
	}
	if len(n.links(trace.Window{})) < 5 {
		t.Error("the test has few links")
	}
}

// testSharedLinks: where Zipkin's client and server share an id, the server's is
// the child of the client's, and others are children of either.
func testSharedLinks(t *T) {
	s, b := t.open(), newBatch()
	t.computed(s)
	span := func(service string, kind ptrace.SpanKind, id, parent uint64) {
		s := b.span(1, service, "x", parent, day)
		s.SetKind(kind)
		s.SetSpanID(spanID(id))
	}
	span("client", ptrace.SpanKindClient, 101, 0)
	span("server", ptrace.SpanKindServer, 101, 0)
	span("client", ptrace.SpanKindInternal, 102, 101)
	span("server", ptrace.SpanKindInternal, 103, 101)
	span("other", ptrace.SpanKindInternal, 104, 101)
	t.write(s, b.Traces)
	got, err := s.Links(t.Context(), trace.Window{})
	want := []trace.Link{{Parent: "client", Child: "server", Calls: 1}, {Parent: "server", Child: "other", Calls: 1}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

func (n naive) links(w trace.Window) []trace.Link {
	counts := map[[2]string]trace.Link{}
	for _, spans := range n {
		for _, s := range spans {
			for _, parent := range spans {
				from, to := parent.Service(), s.Service()
				if s.ParentSpanID() != parent.SpanID() || from == to || !w.Contains(s.StartTimestamp()) {
					continue
				}
				l := counts[[2]string{from, to}]
				l.Parent, l.Child = from, to
				l.Calls++
				if s.Status().Code() == ptrace.StatusCodeError {
					l.Errors++
				}
				counts[[2]string{from, to}] = l
			}
		}
	}
	var links []trace.Link
	for _, l := range counts {
		links = append(links, l)
	}
	slices.SortFunc(links, func(a, b trace.Link) int {
		return cmp.Or(cmp.Compare(a.Parent, b.Parent), cmp.Compare(a.Child, b.Child))
	})
	return links
}

// testRED: rates, errors and durations are those of the spans that a query
// names.
func testRED(t *T) {
	g := t.newGenerator(8)
	s, n := t.open(), naive{}
	_, err := s.RED(t.Context(), trace.REDQuery{Step: time.Minute})
	t.needs(s.Caps().NoRates, err)
	for i := range 4 {
		b := newBatch()
		b.spans = uint64(g.starts)
		g.traces(b, 0, 20, 100)
		for span := range trace.Spans(b.Traces) { // over hours
			start := span.StartTimestamp().AsTime().Add(time.Duration(i) * 25 * time.Minute)
			setTimes(span.Span, start, span.Duration())
		}
		t.write(s, b.Traces)
		n.add(t.kept(b.Traces))
	}
	for _, w := range append(windows(), trace.Window{Start: day.Add(20 * time.Minute), End: day.Add(51 * time.Minute)}) {
		for _, q := range []trace.REDQuery{
			{Step: time.Minute},
			{Step: time.Hour, ByOperation: true},
			{Step: 5 * time.Minute, Service: "shop"},
			{Step: time.Minute, Service: "shop", Operation: "query", ByOperation: true},
			{Step: 24 * time.Hour, Operation: "query"},
			{Step: time.Hour, Kinds: []ptrace.SpanKind{ptrace.SpanKindServer, ptrace.SpanKindConsumer}},
			{Step: time.Hour, Service: "none"},
		} {
			q.Window = w
			got, err := s.RED(t.Context(), q)
			if want := n.red(q); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%+v:\n%v; want\n%v (%v)", q, counts(got), counts(want), err)
			}
		}
	}
}

// counts leaves histograms out, which are long.
func counts(series []trace.REDSeries) (out []any) {
	for _, s := range series {
		out = append(out, s.Service, s.Operation)
		for _, p := range s.Points {
			out = append(out, p.Time.Format(time.TimeOnly), p.Spans, p.Errors)
		}
	}
	return out
}

func (n naive) red(q trace.REDQuery) []trace.REDSeries {
	type key struct{ service, operation string }
	points := map[key]map[time.Time]*trace.REDPoint{}
	for _, spans := range n {
		for _, s := range spans {
			if !q.Window.Contains(s.StartTimestamp()) || q.Service != "" && s.Service() != q.Service ||
				q.Operation != "" && s.Name() != q.Operation || q.Kinds != nil && !slices.Contains(q.Kinds, s.Kind()) {
				continue
			}
			k := key{service: s.Service()}
			if q.ByOperation {
				k.operation = s.Name()
			}
			if points[k] == nil {
				points[k] = map[time.Time]*trace.REDPoint{}
			}
			at := s.StartTimestamp() / pcommon.Timestamp(q.Step) * pcommon.Timestamp(q.Step)
			p := points[k][at.AsTime()]
			if p == nil {
				p = &trace.REDPoint{Time: at.AsTime()}
				points[k][at.AsTime()] = p
			}
			p.Spans++
			if s.Status().Code() == ptrace.StatusCodeError {
				p.Errors++
			}
			p.Durations.Add(s.Duration())
		}
	}
	var series []trace.REDSeries
	for k, byTime := range points {
		s := trace.REDSeries{Service: k.service, Operation: k.operation}
		for _, p := range byTime {
			s.Points = append(s.Points, *p)
		}
		slices.SortFunc(s.Points, func(a, b trace.REDPoint) int { return a.Time.Compare(b.Time) })
		series = append(series, s)
	}
	slices.SortFunc(series, func(a, b trace.REDSeries) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation))
	})
	return series
}
