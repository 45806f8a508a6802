// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/uber/jaeger-client-go"
)

// A message carries the context of who sent it, without a tracer.
func ExampleNewTextMapPropagator() {
	p := jaeger.NewTextMapPropagator(&jaeger.HeadersConfig{TraceContextHeaderName: "x-trace"}, jaeger.Metrics{})
	sent := jaeger.NewSpanContext(jaeger.TraceID{Low: 10}, 11, 0, true, map[string]string{"tenant": "acme"})

	message := opentracing.TextMapCarrier{}
	if err := p.Inject(sent, message); err != nil {
		fmt.Println(err)
	}
	fmt.Println(message["x-trace"], message["uberctx-tenant"])

	received, err := p.Extract(message)
	fmt.Println(received, err)
	// Output:
	// 000000000000000a:000000000000000b:0000000000000000:1 acme
	// 000000000000000a:000000000000000b:0000000000000000:1 <nil>
}
