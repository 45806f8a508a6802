// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// outlineSpan is a span of these tests; its name is its id when it has none.
type outlineSpan struct {
	service    string
	id, parent uint32
	start, dur int64
	kind       ptrace.SpanKind
	status     ptrace.StatusCode
	name       string
}

func outlineOf(list ...outlineSpan) *trace.Outline {
	td := ptrace.NewTraces()
	resources := map[string]ptrace.ResourceSpans{}
	for _, c := range list {
		rs, ok := resources[c.service]
		if !ok {
			rs = td.ResourceSpans().AppendEmpty()
			rs.Resource().Attributes().PutStr("service.name", c.service)
			rs.ScopeSpans().AppendEmpty()
			resources[c.service] = rs
		}
		s := rs.ScopeSpans().At(0).Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: 0xab})
		s.SetSpanID(pcommon.SpanID{0, 0, 0, 0, byte(c.id >> 24), byte(c.id >> 16), byte(c.id >> 8), byte(c.id)})
		s.SetParentSpanID(pcommon.SpanID{0, 0, 0, 0, byte(c.parent >> 24), byte(c.parent >> 16), byte(c.parent >> 8), byte(c.parent)})
		if s.SetName(c.name); c.name == "" {
			s.SetName(fmt.Sprintf("op%d", c.id))
		}
		s.SetKind(c.kind)
		s.Status().SetCode(c.status)
		s.SetStartTimestamp(pcommon.Timestamp(c.start))
		s.SetEndTimestamp(pcommon.Timestamp(c.start + c.dur))
	}
	return trace.NewOutline(slices.Collect(trace.Spans(td)))
}

func TestOutline(t *testing.T) {
	got := outlineOf(
		outlineSpan{service: "a", id: 0x11, start: 1_700_000_000_000_000_100, dur: 50},
		outlineSpan{service: "a", id: 0x13, parent: 0x12, start: 1_700_000_000_000_000_120, dur: 300, kind: 9, status: -1},
		outlineSpan{service: "b", id: 0x12, parent: 0x11, start: 1_700_000_000_000_000_110, dur: 20, kind: ptrace.SpanKindServer, status: ptrace.StatusCodeError},
	)
	want := &trace.Outline{
		TraceID: "00000000000000ab", Start: "1700000000000000100", Duration: "320", Spans: 3,
		Services: []string{"a", "b"}, Names: []string{"op17", "op18", "op19"},
		Service: []int{0, 1, 0}, Name: []int{0, 1, 2}, Starts: []int64{0, 10, 20}, Durations: []int64{50, 20, 300},
		Parent: []int{-1, 0, 1}, Kind: "020", Status: "020", IDs: "000000000000001100000000000000120000000000000013",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	empty, err := json.Marshal(trace.NewOutline(nil))
	if want := `{"traceID":"","start":"0","duration":"0","spans":0,"doubles":0,"services":[],"names":[],"service":null,"name":null,"starts":null,"durations":null,"parent":null,"kind":"","status":"","ids":""}`; err != nil || string(empty) != want {
		t.Errorf("of nothing: %s, %v", empty, err)
	}
}

// TestOutlineParents: what spans say of their parents is no tree, but the
// outline always is one.
func TestOutlineParents(t *testing.T) {
	for name, tt := range map[string]struct {
		spans   []outlineSpan
		parents []int
		doubles int
	}{
		"orphan":            {[]outlineSpan{{id: 1}, {id: 2, parent: 7}}, []int{-1, -2}, 0},
		"itself":            {[]outlineSpan{{id: 1, parent: 1}}, []int{-2}, 0},
		"two":               {[]outlineSpan{{id: 1, parent: 2}, {id: 2, parent: 1}}, []int{-2, 0}, 0},
		"cycle with tail":   {[]outlineSpan{{id: 1, parent: 2}, {id: 2, parent: 3}, {id: 3, parent: 4}, {id: 4, parent: 2}, {id: 5, parent: 4}}, []int{1, -2, 3, 1, 3}, 0},
		"two cycles":        {[]outlineSpan{{id: 1, parent: 2}, {id: 2, parent: 1}, {id: 3, parent: 4}, {id: 4, parent: 3}}, []int{-2, 0, -2, 2}, 0},
		"child comes first": {[]outlineSpan{{id: 2, parent: 1}, {id: 1, start: 5}}, []int{1, -1}, 0},
		"double":            {[]outlineSpan{{id: 1}, {id: 2, parent: 1}, {id: 1}, {id: 2, parent: 1}}, []int{-1, 0}, 2},
		"same id":           {[]outlineSpan{{id: 1}, {id: 2, parent: 1}, {id: 2, parent: 1, dur: 9}, {id: 3, parent: 2}}, []int{-1, 0, 0, 1}, 0},
		"two roots":         {[]outlineSpan{{id: 1}, {id: 2}}, []int{-1, -1}, 0},
	} {
		o := outlineOf(tt.spans...)
		if !slices.Equal(o.Parent, tt.parents) || o.Doubles != tt.doubles || len(o.Starts) != len(tt.parents) {
			t.Errorf("%s: parents %v, want %v; %d doubles, want %d", name, o.Parent, tt.parents, o.Doubles, tt.doubles)
		}
	}
}

// TestOutlineIsForest for thousands of random spans.
func TestOutlineIsForest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var list []outlineSpan
		for range r.IntN(60) {
			list = append(list, outlineSpan{id: 1 + r.Uint32N(30), parent: r.Uint32N(32), start: r.Int64N(9), kind: ptrace.SpanKind(r.IntN(6))})
		}
		o := outlineOf(list...)
		for i := range o.Parent {
			steps := 0
			for at := i; at >= 0; at = o.Parent[at] {
				if steps++; steps > len(list) {
					t.Fatalf("parents %v do not end", o.Parent)
				}
			}
		}
	}
}

// TestOutlineSize: at most 60 bytes a span, and at most MaxOutlineSpans.
func TestOutlineSize(t *testing.T) {
	sizes := []int{10_000}
	if !testing.Short() {
		sizes = append(sizes, trace.MaxOutlineSpans+1000)
	}
	for _, n := range sizes {
		r := rand.New(rand.NewPCG(1, 2))
		list := make([]outlineSpan, n)
		for i := range list {
			list[i] = outlineSpan{
				service: fmt.Sprint("service-", r.IntN(20)), name: fmt.Sprint("GET /api/v1/things/", r.IntN(200)), id: r.Uint32() | 1,
				start: 1_700_000_000_000_000_000 + r.Int64N(30_000_000_000), dur: r.Int64N(1_000_000_000), kind: ptrace.SpanKind(r.IntN(6)),
			}
			if i > 0 {
				list[i].parent = list[r.IntN(i)].id
			}
		}
		o := outlineOf(list...)
		b, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		shown := min(n, trace.MaxOutlineSpans)
		if perSpan := float64(len(b)) / float64(shown); perSpan > 60 {
			t.Errorf("%d spans: %.1f bytes a span", n, perSpan)
		}
		if o.Spans != n || len(o.Starts) != shown || len(o.Parent) != shown || len(o.IDs) != 16*shown {
			t.Errorf("%d spans: says %d, has %d", n, o.Spans, len(o.Starts))
		}
	}
}

// TestOutlineOfAges: starts 580 years apart are no overflow.
func TestOutlineOfAges(t *testing.T) {
	o := outlineOf(outlineSpan{id: 1}, outlineSpan{id: 2, start: -1, dur: 0})
	if o.Start != "0" || o.Starts[1] != math.MaxInt64 || o.Duration != fmt.Sprint(math.MaxInt64) {
		t.Errorf("%+v", o)
	}
}
