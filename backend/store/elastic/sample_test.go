// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

var sample = time.Date(2026, 1, 2, 3, 4, 5, 678_901_000, time.UTC)

// spansOf are two spans of each of so many traces, by "shop" and "db".
func spansOf(traces int) ptrace.Traces {
	td := ptrace.NewTraces()
	for i, service := range []string{"shop", "db"} {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", service)
		rs.Resource().Attributes().PutStr("host", "a")
		list := rs.ScopeSpans().AppendEmpty().Spans()
		for n := range traces {
			s := list.AppendEmpty()
			s.SetTraceID(pcommon.TraceID{0: byte(n % 2), 15: byte(n + 1)}) // some of 64 bits
			s.SetSpanID(pcommon.SpanID{7: byte(i + 1)})
			if i > 0 {
				s.SetParentSpanID(pcommon.SpanID{7: 1})
			}
			s.SetName([]string{"GET /", "query"}[i])
			s.SetKind([]ptrace.SpanKind{ptrace.SpanKindServer, ptrace.SpanKindClient}[i])
			start := sample.Add(time.Duration(n)*time.Second + time.Duration(i)*time.Millisecond)
			s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
			s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(5 * time.Millisecond)))
			s.Attributes().PutInt("n", int64(n))
			if n == 0 {
				s.Status().SetCode(ptrace.StatusCodeError)
			}
		}
	}
	return td
}
