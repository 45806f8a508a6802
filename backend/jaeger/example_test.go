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

// A Reader reads spans that nobody needs to decode otherwise.
func ExampleReader() {
	td := ptrace.NewTraces()
	s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetName("pay")
	s.Attributes().PutInt("cents", 250)
	spans, err := trace.Encode(td) // as they come over the network
	if err != nil {
		panic(err)
	}

	var r jaeger.Reader
	for _, e := range spans {
		if j, ok := r.Span(e); ok {
			fmt.Println(j.Operation, j.Tags[0].Key, j.Tags[0].Value)
		}
	}
	// Output:
	// pay cents 250
}
