// SPDX-License-Identifier: Apache-2.0

package x_test

import (
	"fmt"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/x"
)

func ExampleNewPrioritySampler() {
	phones, err := x.NewTagMatchingSamplerFromStrategyJSON([]byte(
		`{"key": "device", "matchers": [{"value": "phone", "firehose": true}]}`))
	if err != nil {
		fmt.Println(err)
	}
	tracer, closer := jaeger.NewTracer("orders",
		x.NewPrioritySampler(phones, jaeger.NewConstSampler(false)), jaeger.NewNullReporter())
	defer closer.Close()

	span := tracer.StartSpan("order").(*jaeger.Span)
	fmt.Println("at first:", span.SpanContext().IsSampled())
	span.SetTag("device", "phone")
	fmt.Println("with the tag:", span.SpanContext().IsSampled(), span.SpanContext().IsFirehose())
	span.Finish()
	// Output:
	// at first: false
	// with the tag: true true
}

func ExampleNewTagMatchingSampler() {
	errors := x.NewTagMatchingSampler("http.status_code", []x.TagMatcher{{TagValue: 503}})
	tracer, closer := jaeger.NewTracer("orders", errors, jaeger.NewNullReporter())
	defer closer.Close()

	span := tracer.StartSpan("order").(*jaeger.Span)
	span.SetTag("http.status_code", uint16(503))
	fmt.Println(span.SpanContext().IsSampled(), span.Tags()["sampler.param"])
	span.Finish()
	// Output:
	// true http.status_code=503
}
