// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net/http"
	"strings"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	bridge "go.opentelemetry.io/otel/bridge/opentracing"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-spur/spur/benchmarks/workload"
)

var propagator = propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})

// newProvider has the SDK's defaults, and OTLP over HTTP.
func newProvider(c workload.Config) (*sdk.TracerProvider, error) {
	opts := []sdk.TracerProviderOption{sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(c.Rate)))}
	if c.HTTP != "" {
		exporter, err := otlptracehttp.New(context.Background(), otlptracehttp.WithEndpointURL(c.HTTP+"/v1/traces"))
		if err != nil {
			return nil, err
		}
		var batching []sdk.BatchSpanProcessorOption
		if c.Lossless {
			batching = append(batching, sdk.WithBlocking())
		}
		opts = append(opts, sdk.WithBatcher(exporter, batching...))
	}
	return sdk.NewTracerProvider(opts...), nil
}

// newOTel does the workloads through OpenTelemetry's own API, as close to OpenTracing's
// as can be: a call of SetAttributes for each tag.
func newOTel(c workload.Config) (*workload.Tracer, error) {
	provider, err := newProvider(c)
	if err != nil {
		return nil, err
	}
	background := context.Background()
	tracer := provider.Tracer("bench")
	var (
		requestURL = strings.Clone("http://example.com/orders/42")
		statusCode = 404
		bytesRead  = 1 << 20
	)
	plain, span := tracer.Start(background, "plain")
	tenant, err := baggage.NewMember("tenant", "acme")
	if err != nil {
		return nil, err
	}
	user, err := baggage.NewMember("user", "42")
	if err != nil {
		return nil, err
	}
	items, err := baggage.New(tenant, user)
	if err != nil {
		return nil, err
	}
	loaded := baggage.ContextWithBaggage(plain, items)
	remote := trace.ContextWithRemoteSpanContext(background, span.SpanContext())
	open := func() trace.Span {
		_, s := tracer.Start(remote, "rpc", trace.WithSpanKind(trace.SpanKindServer))
		s.SetAttributes(attribute.String("component", "net/http"))
		s.SetAttributes(attribute.String("http.method", "GET"))
		s.SetAttributes(attribute.String("http.url", requestURL))
		s.SetAttributes(attribute.Int("http.status_code", statusCode))
		s.AddEvent("done", trace.WithAttributes(attribute.Int("bytes", bytesRead)))
		return s
	}
	inject := func(ctx context.Context) func(http.Header) error {
		return func(h http.Header) error {
			propagator.Inject(ctx, propagation.HeaderCarrier(h))
			return nil
		}
	}
	extract := func(h http.Header) error {
		_ = propagator.Extract(background, propagation.HeaderCarrier(h))
		return nil
	}
	return &workload.Tracer{
		Root: func() {
			_, s := tracer.Start(background, "op")
			s.End()
		},
		RootAndChild: func() {
			ctx, root := tracer.Start(background, "root")
			_, child := tracer.Start(ctx, "child")
			child.SetAttributes(attribute.String("component", "net/http"))
			child.SetAttributes(attribute.Int("http.status_code", statusCode))
			child.SetAttributes(attribute.String("http.url", requestURL))
			child.AddEvent("done")
			child.End()
			root.End()
		},
		RPC:      func() { open().End() },
		Open:     func() any { return open() },
		Inject:   inject(plain),
		Inject2:  inject(loaded),
		Extract:  extract,
		Extract2: extract,
		Handler: func(h http.Handler) http.Handler {
			return otelhttp.NewHandler(h, "request", otelhttp.WithTracerProvider(provider), otelhttp.WithPropagators(propagator))
		},
		Flush: func() error { return provider.ForceFlush(background) },
		Close: func() error { return provider.Shutdown(background) },
	}, nil
}

func newBridge(c workload.Config) (*workload.Tracer, error) {
	provider, err := newProvider(c)
	if err != nil {
		return nil, err
	}
	tracer := bridge.NewBridgeTracer()
	tracer.SetOpenTelemetryTracer(provider.Tracer("bench"))
	tracer.SetTextMapPropagator(propagator)
	t, err := workload.FromOpenTracing(tracer)
	if err != nil {
		return nil, err
	}
	t.Flush = func() error { return provider.ForceFlush(context.Background()) }
	t.Close = func() error { return provider.Shutdown(context.Background()) }
	return t, nil
}
