// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"

	jaeger "github.com/uber/jaeger-client-go"
)

func ExampleNewInMemoryReporter() {
	reporter := jaeger.NewInMemoryReporter()
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), reporter)
	span := tracer.StartSpan("checkout")
	span.SetTag("items", 3)
	span.Finish()
	for _, s := range reporter.GetSpans() {
		s := s.(*jaeger.Span)
		fmt.Println(s.OperationName(), s.Tags()["items"])
	}
	_ = closer.Close()
	// Output: checkout 3
}

// A reporter of the program's own, beside the one that sends.
func ExampleNewCompositeReporter() {
	transport, err := jaeger.NewUDPTransport("localhost:6831", 0)
	if err != nil {
		panic(err)
	}
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true),
		jaeger.NewCompositeReporter(jaeger.NewRemoteReporter(transport), printing{}))
	tracer.StartSpan("checkout").Finish()
	_ = closer.Close()
	// Output: finished: checkout
}

type printing struct{}

func (printing) Report(s *jaeger.Span) { fmt.Println("finished:", s.OperationName()) }
func (printing) Close()                {}
