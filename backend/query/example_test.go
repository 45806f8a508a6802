// SPDX-License-Identifier: Apache-2.0

package query_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/query"
	"github.com/go-spur/spur/backend/store/memory"
)

// A store is served, and asked as Jaeger's UI would.
func Example() {
	traces := ptrace.NewTraces()
	resource := traces.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "shop")
	span := resource.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID(pcommon.TraceID{15: 0x1f})
	span.SetSpanID(pcommon.SpanID{7: 0x2e})
	span.SetName("GET /order")

	db := memory.Open(memory.Config{})
	defer db.Close()
	if err := db.Write(context.Background(), traces); err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(query.New(query.Config{Store: db}))
	defer server.Close()

	for _, address := range []string{"/api/operations?service=shop", "/api/traces/1g"} {
		answer, err := http.Get(server.URL + address)
		if err != nil {
			log.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			log.Fatal(err)
		}
		answer.Body.Close()
		fmt.Print(answer.StatusCode, " ", string(body))
	}
	// Output:
	// 200 {"data":[{"name":"GET /order","spanKind":"unspecified"}],"total":1,"limit":0,"offset":0,"errors":null}
	// 400 {"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":400,"msg":"strconv.ParseUint: parsing \"1g\": invalid syntax"}]}
}
