// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// TestProbeCost: while writing waits, no more is searched for texts than maxProbed,
// however long spans and resources are, and however many texts there are.
func TestProbeCost(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	const spans = 1000
	for name, test := range map[string]struct{ query, span, resource string }{
		"short":    {query: "a=b.c"},
		"spans":    {query: "a=b.c", span: long[:20_000]},
		"resource": {query: "a=b.c", resource: long},
		"terms":    {query: strings.Repeat("a=b.c OR ", 9) + "a=b.d"},
	} {
		t.Run(name, func(t *testing.T) {
			td := ptrace.NewTraces()
			rs := td.ResourceSpans().AppendEmpty()
			rs.Resource().Attributes().PutStr("r", test.resource)
			list := rs.ScopeSpans().AppendEmpty().Spans()
			for i := range spans {
				span := list.AppendEmpty()
				span.SetTraceID(pcommon.TraceID{15: 1})
				span.SetSpanID(pcommon.SpanID{6: byte(i >> 8), 7: byte(i)})
				span.Attributes().PutStr("s", test.span)
			}
			s := Open(Config{})
			t.Cleanup(func() { _ = s.Close() })
			if err := s.Write(t.Context(), td); err != nil {
				t.Fatal(err)
			}
			q, err := trace.Parse(test.query, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			q.Limit = 1
			p := newProbe(t.Context(), &q)
			v := p.entry(s.data.traces[pcommon.TraceID{15: 1}])
			searched := p.read * (len(test.span) + len(test.resource))
			if searched > 2*maxProbed*tagBytes || p.read > maxProbed || (v == no) != (name == "short") {
				t.Errorf("%d spans of %d bytes were searched: %v", p.read, searched, v)
			}
			page, err := s.Search(t.Context(), q)
			if err != nil || len(page.Traces) != 0 || !page.CutAt.IsZero() {
				t.Errorf("%+v, %v", page, err)
			}
		})
	}
}
