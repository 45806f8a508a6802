// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"fmt"
	"os"

	"github.com/opentracing/opentracing-go"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/config"
)

func ExampleFromEnv() {
	for name, value := range map[string]string{"JAEGER_SERVICE_NAME": "orders", "JAEGER_SAMPLER_TYPE": "const", "JAEGER_SAMPLER_PARAM": "1"} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Println(err)
		}
		defer func() { _ = os.Unsetenv(name) }()
	}
	c, err := config.FromEnv()
	if err != nil {
		fmt.Println(err)
		return
	}
	tracer, closer, err := c.NewTracer()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer closer.Close()

	span := tracer.StartSpan("GET /")
	span.Finish()
	fmt.Println(c.ServiceName, c.Reporter.LocalAgentHostPort, span.Context().(jaeger.SpanContext).IsSampled())
	// Output: orders localhost:6831 true
}

func ExampleConfiguration_NewTracer() {
	c := config.Configuration{
		ServiceName: "orders",
		Sampler:     &config.SamplerConfig{Type: jaeger.SamplerTypeConst, Param: 1},
	}
	memory := jaeger.NewInMemoryReporter()
	tracer, closer, err := c.NewTracer(config.Reporter(memory), config.Tag("region", "eu"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer closer.Close()

	tracer.StartSpan("GET /").Finish()
	fmt.Println(memory.SpansSubmitted(), tracer.(*jaeger.Tracer).Tags()[0])
	// Output: 1 {region eu}
}

func ExampleConfiguration_InitGlobalTracer() {
	c := config.Configuration{Sampler: &config.SamplerConfig{Type: jaeger.SamplerTypeConst, Param: 1}}
	closer, err := c.InitGlobalTracer("orders")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer closer.Close()

	span := opentracing.StartSpan("GET /")
	defer span.Finish()
	fmt.Println(span.Context().(jaeger.SpanContext).IsSampled())
	// Output: true
}
