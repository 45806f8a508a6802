// SPDX-License-Identifier: Apache-2.0

package zap_test

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"go.uber.org/zap"

	"github.com/uber/jaeger-client-go"
	jaegerzap "github.com/uber/jaeger-client-go/log/zap"
)

// stdout returns a zap logger without times and callers.
func stdout() *zap.Logger {
	c := zap.NewProductionConfig()
	c.EncoderConfig.TimeKey, c.EncoderConfig.CallerKey = "", ""
	c.OutputPaths, c.DisableStacktrace = []string{"stdout"}, true
	logger, err := c.Build()
	if err != nil {
		panic(err)
	}
	return logger
}

func ExampleNewLogger() {
	logger := jaegerzap.NewLogger(stdout())
	// jaeger.TracerOptions.Logger(logger) and others take it. They call:
	logger.Infof("%d spans", 1)
	logger.Error("agent refused")
	// Output:
	// {"level":"info","msg":"1 spans"}
	// {"level":"error","msg":"agent refused"}
}

func ExampleTrace() {
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewNullReporter())
	defer closer.Close()
	caller := jaeger.NewSpanContext(jaeger.TraceID{Low: 0x1f}, 7, 0, true, nil)
	// ContextWithSpan is what handlers get; joining the caller's span keeps its ids here.
	span := tracer.StartSpan("order", jaeger.SelfRef(caller))
	ctx := opentracing.ContextWithSpan(context.Background(), span)

	stdout().Info("packed", jaegerzap.Trace(ctx))
	// Output:
	// {"level":"info","msg":"packed","trace":{"span":"0000000000000007","trace":"000000000000001f","sampled":true}}
}
