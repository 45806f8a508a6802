// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"context"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/trace"
)

func Example() {
	ctx := context.Background()
	spans := new(fake) // a store.Store
	c := collect.New(collect.Config{}, spans, nil, slog.New(slog.DiscardHandler))

	td := traces(3)
	td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetTraceID(pcommon.TraceID{})
	refused, err := c.Take(ctx, td, trace.Origin{Protocol: "otlp", Transport: "grpc"})
	fmt.Println(refused, err)

	if err := c.Close(ctx); err != nil {
		fmt.Println(err)
	}
	books := c.Books()
	fmt.Println(books.Received, "received,", books.Stored, "stored, balance", books.Balance())
	// Output:
	// [{invalid_trace_id 1}] <nil>
	// 3 received, 2 stored, balance 0
}
