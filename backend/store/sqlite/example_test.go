// SPDX-License-Identifier: Apache-2.0

package sqlite_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store/sqlite"
	"github.com/go-spur/spur/backend/trace"
)

func Example() {
	dir, err := os.MkdirTemp("", "traces")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()
	s, err := sqlite.Open(ctx, sqlite.Config{Dir: dir}, slog.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = s.Close() }()

	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID(pcommon.TraceID{15: 7})
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
	for _, t := range page.Traces {
		fmt.Println(t.TraceID, t.RootService, t.RootName)
	}
	fmt.Println(page.Total, err)
	// Output:
	// 00000000000000000000000000000007 shop GET /cart
	// 1 <nil>
}
