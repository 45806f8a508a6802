// SPDX-License-Identifier: Apache-2.0

package memory_test

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

func Example() {
	ctx := context.Background()
	s := memory.Open(memory.Config{MaxBytes: 64 << 20})

	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID(pcommon.TraceID{15: 1})
	span.SetSpanID(pcommon.SpanID{7: 1})
	span.SetName("GET /cart")
	span.Attributes().PutInt("http.status_code", 503)
	if err := s.Write(ctx, td); err != nil {
		fmt.Println(err)
	}

	q, err := trace.Parse("service:shop http.status_code>=500", time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}
	q.Limit = 20
	page, err := s.Search(ctx, q)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, sum := range page.Traces {
		fmt.Println(trace.FormatTraceID(sum.TraceID), sum.RootService, sum.RootName)
	}
	fmt.Println("of", page.Total)
	fmt.Println(s.Close())
	// Output:
	// 0000000000000001 shop GET /cart
	// of 1
	// <nil>
}
