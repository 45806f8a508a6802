// SPDX-License-Identifier: Apache-2.0

package zipkin_test

import (
	"fmt"

	"github.com/opentracing/opentracing-go"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/zipkin"
)

func Example() {
	b3 := zipkin.NewZipkinB3HTTPHeaderPropagator()
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewNullReporter(),
		jaeger.TracerOptions.Injector(opentracing.HTTPHeaders, b3),
		jaeger.TracerOptions.Extractor(opentracing.HTTPHeaders, b3),
	)
	defer closer.Close()

	header := opentracing.HTTPHeadersCarrier{}
	span := tracer.StartSpan("GET /")
	defer span.Finish()
	if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, header); err != nil {
		fmt.Println(err)
	}
	fmt.Println(len(header["X-B3-Traceid"][0]), header["X-B3-Sampled"])
	// Output: 16 [1]
}
