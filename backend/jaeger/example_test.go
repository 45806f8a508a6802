// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
)

// What only OTLP has a field for is a tag in Jaeger's model.
func ExampleOf() {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetName("pay")
	s.SetKind(ptrace.SpanKindClient)
	s.Status().SetCode(ptrace.StatusCodeError)

	for s := range trace.Spans(td) {
		j := jaeger.Of(s)
		fmt.Println(jaeger.ProcessOf(s.Resource.Resource()).Service, j.Operation)
		for _, tag := range j.Tags {
			fmt.Println(tag.Key, tag.Value)
		}
	}
	// Output:
	// shop pay
	// span.kind client
	// otel.status_code ERROR
	// error true
}
