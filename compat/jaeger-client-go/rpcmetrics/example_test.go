// SPDX-License-Identifier: Apache-2.0

package rpcmetrics_test

import (
	"fmt"

	"github.com/opentracing/opentracing-go/ext"
	"github.com/uber/jaeger-lib/metrics/metricstest"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/rpcmetrics"
)

func ExampleNewObserver() {
	factory := metricstest.NewFactory(0)
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewNullReporter(),
		jaeger.TracerOptions.Observer(rpcmetrics.NewObserver(factory, rpcmetrics.DefaultNameNormalizer)))
	defer closer.Close()

	span := tracer.StartSpan("GET /orders", ext.SpanKindRPCServer)
	ext.HTTPStatusCode.Set(span, 404)
	span.Finish()

	counters, _ := factory.Snapshot()
	fmt.Println(counters["requests|endpoint=GET-/orders|error=false"])
	fmt.Println(counters["requests|endpoint=GET-/orders|error=true"])
	fmt.Println(counters["http_requests|endpoint=GET-/orders|status_code=4xx"])
	// Output:
	// 1
	// 0
	// 1
}

func ExampleSimpleNameNormalizer() {
	normalizer := &rpcmetrics.SimpleNameNormalizer{
		SafeSets:    []rpcmetrics.SafeCharacterSet{&rpcmetrics.Range{From: 'a', To: 'z'}, &rpcmetrics.Char{Val: '/'}},
		Replacement: '_',
	}
	fmt.Println(normalizer.Normalize("GET /orders"))
	// Output:
	// ____/orders
}
