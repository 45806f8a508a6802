// SPDX-License-Identifier: Apache-2.0

package links_test

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/links"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

func ExampleCompute() {
	ctx := context.Background()
	s := memory.Open(memory.Config{})
	defer func() { _ = s.Close() }()
	td := ptrace.NewTraces()
	noon := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	for i, service := range []string{"shop", "cart"} {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", service)
		span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		span.SetTraceID(pcommon.TraceID{15: 1})
		span.SetSpanID(pcommon.SpanID{7: byte(i + 1)})
		span.SetParentSpanID(pcommon.SpanID{7: byte(i)})
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(noon))
	}
	if err := s.Write(ctx, td); err != nil {
		fmt.Println(err)
		return
	}
	w := trace.Window{Start: noon, End: noon.Add(time.Hour)}
	r, err := links.Compute(ctx, s, w, slog.New(slog.DiscardHandler))
	fmt.Println(r.Links, r.Traces, err)
	// Output:
	// [{shop cart 1 0}] 1 <nil>
}
