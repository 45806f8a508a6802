// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// testSpan is a span in words; times are in milliseconds.
type testSpan struct {
	host       string
	id, parent uint64
	start, end int
	kind       ptrace.SpanKind
	name       string
}

func testView(t *testing.T, spans ...testSpan) *view {
	t.Helper()
	td := ptrace.NewTraces()
	for _, in := range spans {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", "s")
		rs.Resource().Attributes().PutStr("host.name", in.host)
		s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: 1})
		s.SetSpanID(spanID(in.id))
		s.SetParentSpanID(spanID(in.parent))
		s.SetStartTimestamp(pcommon.Timestamp(in.start) * 1e6)
		s.SetEndTimestamp(pcommon.Timestamp(in.end) * 1e6)
		s.SetKind(in.kind)
		s.SetName(in.name)
	}
	views, err := newViews(td)
	if err != nil {
		t.Fatal(err)
	}
	if len(views) != 1 {
		t.Fatalf("%d views", len(views))
	}
	return views[0]
}

func spanID(n uint64) (id pcommon.SpanID) {
	binary.BigEndian.PutUint64(id[:], n)
	return id
}

// lines says each span in a line: id<parent name +shift warnings.
func lines(v *view) (out []string) {
	for _, s := range v.spans {
		id, parent := s.SpanID(), s.ParentSpanID()
		line := fmt.Sprintf("%d<%d %s", binary.BigEndian.Uint64(id[:]), binary.BigEndian.Uint64(parent[:]), s.Name())
		if s.shift != 0 {
			line += fmt.Sprintf(" %+d ms", s.shift.Milliseconds())
		}
		for _, w := range s.warnings {
			line += "; " + w
		}
		out = append(out, line)
	}
	return append(out, v.warnings...)
}

func TestAdjust(t *testing.T) {
	for name, c := range map[string]struct {
		spans []testSpan
		want  []string
	}{
		"sorted by start": {
			[]testSpan{{id: 2, parent: 1, start: 20}, {id: 1, start: 10}, {id: 3, parent: 1, start: 15}},
			[]string{"1<0 ", "3<1 ", "2<1 "},
		},
		"doubles go": {
			[]testSpan{{id: 1, name: "a"}, {id: 1, name: "a"}, {id: 1, name: "a"}, {id: 2, parent: 1, start: 1}},
			[]string{"1<0 a", "2<1 "},
		},
		"another span with the same id stays": {
			[]testSpan{{id: 1, name: "a"}, {id: 1, name: "b"}, {id: 1, name: "a"}},
			[]string{"1<0 a; another span has the same id", "1<0 b; another span has the same id"},
		},
		"the parent is missing": {
			[]testSpan{{id: 1}, {id: 2, parent: 0xabc, start: 1}},
			[]string{"1<0 ", "2<2748 ; the parent span 0000000000000abc is not here"},
		},
		"the root is missing": {
			[]testSpan{{id: 2, parent: 0xabc}},
			[]string{"2<2748 ; the parent span 0000000000000abc is not here", "the root span is not here"},
		},
		"a cycle": {
			[]testSpan{{id: 1, parent: 2}, {id: 2, parent: 1}, {id: 3, parent: 3}},
			[]string{"1<2 ", "2<1 ", "3<3 ", "the root span is not here"},
		},
	} {
		v := testView(t, c.spans...)
		if err := v.adjust(); err != nil {
			t.Fatal(err)
		}
		if got := lines(v); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n%q\n%q", name, got, c.want)
		}
	}
}

func TestCorrectSkew(t *testing.T) {
	for name, c := range map[string]struct {
		spans []testSpan
		want  []string
	}{
		"in the middle of its parent": {
			[]testSpan{{host: "a", id: 1, start: 100, end: 200}, {host: "b", id: 2, parent: 1, start: 40, end: 60}},
			[]string{"1<0 ", "2<1  +100 ms; moved by 100ms for clock skew"},
		},
		"on the same host as a moved one": {
			[]testSpan{
				{host: "a", id: 1, start: 100, end: 200},
				{host: "b", id: 2, parent: 1, start: 40, end: 60},
				{host: "b", id: 3, parent: 2, start: 10, end: 20},
			},
			[]string{"1<0 ", "2<1  +100 ms; moved by 100ms for clock skew", "3<2  +100 ms; moved by 100ms for clock skew"},
		},
		"within its parent": {
			[]testSpan{{host: "a", id: 1, start: 100, end: 200}, {host: "b", id: 2, parent: 1, start: 100, end: 200}},
			[]string{"1<0 ", "2<1 "},
		},
		"of the same host": {
			[]testSpan{{host: "a", id: 1, start: 100, end: 200}, {host: "a", id: 2, parent: 1, start: 40, end: 60}},
			[]string{"1<0 ", "2<1 "},
		},
		"longer than its parent": {
			[]testSpan{{host: "a", id: 1, start: 100, end: 200}, {host: "b", id: 2, parent: 1, start: 40, end: 400}, {host: "b", id: 3, parent: 1, start: 150, end: 400}},
			[]string{"1<0 ", "2<1  +60 ms; moved by 60ms for clock skew", "3<1 "},
		},
		"in a cycle": {
			[]testSpan{{host: "a", id: 1, parent: 2, start: 100, end: 200}, {host: "b", id: 2, parent: 1, start: 40, end: 60}},
			[]string{"1<2 ", "2<1 "},
		},
	} {
		v := testView(t, c.spans...)
		v.correctSkew()
		if got := lines(v); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n%q\n%q", name, got, c.want)
		}
	}
}

// TestManyDoubles: spans of one id, or a long chain, take no square of time.
func TestManyDoubles(t *testing.T) {
	n := 50_000
	if testing.Short() {
		n = 10_000
	}
	same := make([]testSpan, n)
	chain := make([]testSpan, n)
	for i := range n {
		same[i] = testSpan{id: 1, name: fmt.Sprint(i % 1000)}
		chain[i] = testSpan{host: fmt.Sprint(i % 3), id: uint64(i + 1), parent: uint64(i), start: n - i, end: n}
	}
	begin := time.Now()
	v := testView(t, same...)
	if err := v.adjust(); err != nil || len(v.spans) != 1000 {
		t.Errorf("%d spans, %v", len(v.spans), err)
	}
	v = testView(t, chain...)
	v.correctSkew()
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}
