// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// text returns what was counted, sorted.
func (c *counter) text() string {
	ts, _, _ := c.take()
	slices.SortFunc(ts, func(a, b store.Throughput) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation))
	})
	return fmt.Sprintf("%+v", ts)
}

// root adds a span to td that begins a trace of a service of its own.
func root(td ptrace.Traces, service string, tags map[string]any) ptrace.Span {
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", service)
	s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetName("op")
	s.SetTraceID(pcommon.TraceID{1})
	s.SetSpanID(pcommon.SpanID{1})
	if err := s.Attributes().FromRaw(tags); err != nil {
		panic(err)
	}
	return s
}

// bothWays observes td, and td encoded, and returns what was counted.
func bothWays(t *testing.T, td ptrace.Traces) string {
	t.Helper()
	encoded, err := trace.Encode(td)
	if err != nil {
		t.Fatal(err)
	}
	var a, b Adaptive
	a.Observe(td)
	b.ObserveEncoded(encoded)
	got := a.counter.text()
	if other := b.counter.text(); got != other {
		t.Errorf("decoded %s\nencoded %s", got, other)
	}
	return got
}

// TestObserve: which spans are counted, and as what.
func TestObserve(t *testing.T) {
	td := ptrace.NewTraces()
	for i, tags := range []map[string]any{
		{"sampler.type": "probabilistic", "sampler.param": 0.5},
		{"sampler.type": "probabilistic", "sampler.param": 1},
		{"sampler.type": "probabilistic", "sampler.param": "0.25", "other": "x"},
		{"sampler.type": "lowerbound", "sampler.param": 0.0000014},
		{"jaeger.sampler.type": "probabilistic", "jaeger.sampler.param": 0.125},
		{"sampler.type": "const", "sampler.param": true},
		{"sampler.type": "ratelimiting", "sampler.param": 1.0},
		{"sampler.type": "probabilistic", "sampler.param": true},
		{"sampler.type": "probabilistic", "sampler.param": "NaN"},
		{"sampler.type": "probabilistic", "sampler.param": math.Inf(1)},
		{"sampler.type": "probabilistic", "sampler.param": -0.1},
		{"sampler.type": "probabilistic"},
		{"sampler.param": 1.0},
		{},
	} {
		root(td, fmt.Sprintf("%02d", i), tags)
	}
	probabilistic := map[string]any{"sampler.type": "probabilistic", "sampler.param": 0.5}
	root(td, "child", probabilistic).SetParentSpanID(pcommon.SpanID{2})
	root(td, "", probabilistic)
	root(td, "nameless", probabilistic).SetName("")
	root(td, "un\xff", probabilistic).SetName("op\xff")
	same := root(td, "twice", probabilistic)
	s := td.ResourceSpans().At(td.ResourceSpans().Len() - 1).ScopeSpans().At(0).Spans()
	same.CopyTo(s.AppendEmpty())
	s.At(1).Attributes().PutDouble("sampler.param", 0.75)
	same.CopyTo(s.AppendEmpty())
	const want = "[{Service:00 Operation:op Count:1 Probabilities:[0.5]} {Service:01 Operation:op Count:1 Probabilities:[1]}" +
		" {Service:02 Operation:op Count:1 Probabilities:[0.25]} {Service:03 Operation:op Count:0 Probabilities:[1e-06]}" +
		" {Service:04 Operation:op Count:1 Probabilities:[0.125]} {Service:twice Operation:op Count:3 Probabilities:[0.5 0.75]}" +
		" {Service:un\uFFFD Operation:op\uFFFD Count:1 Probabilities:[0.5]}]"
	if got := bothWays(t, td); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestObserveMany: names that strangers make up take no more memory than that.
func TestObserveMany(t *testing.T) {
	var a Adaptive
	for i := range 2 * maxServiceOperations {
		a.count("one", fmt.Sprint(i), false, 1)
	}
	for i := range 2 * maxOperations {
		a.count(fmt.Sprint(i), "op", false, 1)
	}
	a.count("0", strings.Repeat("x", maxNameBytes+1), false, 1)
	for i := range 100 {
		a.count("0", "op", false, float64(i)/100)
	}
	ts, services, ignored := a.counter.take()
	const others = maxOperations - maxServiceOperations
	if len(ts) != maxOperations || services != others+1 || ignored != maxServiceOperations+2*maxOperations-others+1 {
		t.Errorf("%d operations of %d services, %d ignored", len(ts), services, ignored)
	}
	for _, x := range ts {
		if x.Service == "0" && (x.Count != 101 || len(x.Probabilities) != maxProbabilities) {
			t.Errorf("%+v", x)
		}
	}
	c := calculator{config: DefaultAdaptive(), services: map[string]map[string]*operation{}}
	for i := range ts {
		ts[i].Service += "'"
	}
	c.next(ts, 1)
	for i := range ts {
		ts[i].Service += "'"
	}
	c.next(ts, 1)
	if n := len(c.probabilities()); n != maxOperations || c.operations != n {
		t.Errorf("%d probabilities", n)
	}
	for range c.config.AggregationBuckets {
		c.next(nil, 1)
	}
	if n := len(c.probabilities()); n != 0 || len(c.services) != 0 || c.operations != 0 {
		t.Errorf("%d probabilities of what is gone", n)
	}
}

// FuzzObserveEncoded: whatever the bytes, encoded spans count as decoded ones do.
func FuzzObserveEncoded(f *testing.F) {
	td := ptrace.NewTraces()
	root(td, "service", map[string]any{"sampler.type": "probabilistic", "sampler.param": 0.5})
	root(td, "service", map[string]any{"jaeger.sampler.type": "lowerbound", "jaeger.sampler.param": "0.5"})
	encoded, err := trace.Encode(td)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range encoded {
		f.Add(e.Resource, e.Span)
		f.Add(e.Resource[:len(e.Resource)/2], e.Span)
		f.Add(e.Resource, e.Span[:len(e.Span)/2])
		f.Add([]byte{}, e.Span)
	}
	f.Fuzz(func(t *testing.T, resource, span []byte) {
		e := []trace.Encoded{{Resource: resource, Span: span}, {Resource: resource, Span: span}}
		var a, b Adaptive
		a.ObserveEncoded(e)
		got := a.counter.text()
		td, err := trace.Decode(e)
		if err != nil {
			return // the receiver has refused it
		}
		if part := samplingPart(span); part == nil && strings.Count(string(span), "\x22\x08") > 1 {
			return // perhaps with two parents, which a receiver decodes
		}
		b.Observe(td)
		if want := b.counter.text(); got != want && td.SpanCount() == len(e) {
			t.Errorf("encoded %s\ndecoded %s", got, want)
		}
	})
}

func BenchmarkObserveEncoded(b *testing.B) {
	td := ptrace.NewTraces()
	s := root(td, "service", map[string]any{"sampler.type": "probabilistic", "sampler.param": 0.5})
	spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	for i := range 10 {
		s.Attributes().PutStr(fmt.Sprint("http.some.tag.", i), "a value of a usual length, or so")
	}
	for range 9 { // its children
		c := spans.AppendEmpty()
		s.CopyTo(c)
		c.SetParentSpanID(pcommon.SpanID{1})
		c.Attributes().Remove("sampler.type")
		c.Attributes().Remove("sampler.param")
	}
	encoded, err := trace.Encode(td)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encoded", func(b *testing.B) {
		var a Adaptive
		for b.Loop() {
			a.ObserveEncoded(encoded)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(encoded)), "ns/span")
	})
	b.Run("decoded", func(b *testing.B) {
		var a Adaptive
		for b.Loop() {
			a.Observe(td)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(encoded)), "ns/span")
	})
}
