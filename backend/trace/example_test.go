// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

func Example() {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "checkout")
	span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID(pcommon.TraceID{15: 1})
	span.SetName("GET /cart")
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Unix(1, 0)))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(time.Unix(1, 250_000_000)))
	span.Attributes().PutInt("http.status_code", 503)
	spans := slices.Collect(trace.Spans(td))

	q, err := trace.Parse("service:checkout AND http.status_code>=500 dur>100ms", time.Now())
	if err != nil {
		panic(err)
	}
	matched, ok := q.Match(spans)
	fmt.Println(q.String(), matched, ok)

	sum := trace.Summarize(spans, matched, []string{"http.status_code"})
	fmt.Println(sum.RootService, sum.RootName, sum.Duration, sum.Columns)

	_, err = trace.Parse("service:checkout AND dur>fast", time.Now())
	fmt.Println(err)
	// Output:
	// service:checkout http.status_code>=500 dur>100ms [0] true
	// checkout GET /cart 250ms [503]
	// column 26: not a duration: "fast"; 10ms is one, and 1.5s, 2h30m, 1d
}
