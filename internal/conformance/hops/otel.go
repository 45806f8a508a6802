// SPDX-License-Identifier: Apache-2.0

package hops

import (
	"context"
	"net/http"
	"testing"

	"go.opentelemetry.io/contrib/propagators/b3"
	"go.opentelemetry.io/contrib/propagators/jaeger"
	"go.opentelemetry.io/otel/baggage"
	otelpropagation "go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-spur/spur/propagation"
)

// The names of Neighbours.
const (
	J            = "jaeger-client-go"
	J64          = "jaeger-client-go, 64 bits"
	Spur         = "spur"
	OTelW3C      = "OTel tracecontext, baggage"
	OTelJaeger   = "OTel jaeger"
	OTelB3Single = "OTel b3 single"
	OTelB3Multi  = "OTel b3 multi"
)

// Neighbours are the libraries in Go. OpenTelemetry's propagators of Jaeger's
// format and of B3 read and write ids alone.
func Neighbours() []Neighbour {
	otel := func(p ...otelpropagation.TextMapPropagator) func(testing.TB, bool) Library {
		return func(t testing.TB, sample bool) Library {
			return NewOTel(t, sample, otelpropagation.NewCompositeTextMapPropagator(p...))
		}
	}
	return []Neighbour{
		{J, func(t testing.TB, sample bool) Library { return NewJ(t, sample, true) }, true, nil},
		{J64, func(t testing.TB, sample bool) Library { return NewJ(t, sample, false) }, true, nil},
		{Spur, func(t testing.TB, sample bool) Library { return NewSpur(t, sample) }, true, nil},
		{OTelW3C, otel(otelpropagation.TraceContext{}, otelpropagation.Baggage{}), true, nil},
		{OTelJaeger, otel(jaeger.Jaeger{}), false, nil},
		{OTelB3Single, otel(b3.New(b3.WithInjectEncoding(b3.B3SingleHeader))), false, []propagation.Format{propagation.FormatB3Single}},
		{OTelB3Multi, otel(b3.New(b3.WithInjectEncoding(b3.B3MultipleHeader))), false, []propagation.Format{propagation.FormatB3}},
	}
}

var _ Library = (*OTel)(nil)

// OTel is OpenTelemetry's SDK with propagators.
type OTel struct {
	tracer     trace.Tracer
	propagator otelpropagation.TextMapPropagator
}

// NewOTel makes it, with a sampler that follows remote callers.
func NewOTel(t testing.TB, sample bool, p otelpropagation.TextMapPropagator) *OTel {
	t.Helper()
	root := sdktrace.NeverSample()
	if sample {
		root = sdktrace.AlwaysSample()
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.ParentBased(root)))
	t.Cleanup(func() {
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return &OTel{provider.Tracer("hops"), p}
}

// Call implements Library.
func (l *OTel) Call(t testing.TB, url string, items map[string]string) Seen {
	t.Helper()
	var members []baggage.Member
	for k, v := range items {
		m, err := baggage.NewMemberRaw(k, v)
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, m)
	}
	b, err := baggage.New(members...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, s := l.tracer.Start(baggage.ContextWithBaggage(context.Background(), b), "client", trace.WithSpanKind(trace.SpanKindClient))
	defer s.End()
	fetch(t, url, l.headers(ctx), new(any))
	return known(ctx)
}

// Serve implements Library. What is extracted is the parent.
func (l *OTel) Serve(t testing.TB) string {
	return serve(t, func(_ testing.TB, h http.Header) any { return l.Continue(h) })
}

// Continue is Serve for one request, without the network.
func (l *OTel) Continue(h http.Header) Seen {
	ctx := l.propagator.Extract(context.Background(), otelpropagation.HeaderCarrier(h))
	parent := trace.SpanContextFromContext(ctx).SpanID()
	ctx, server := l.tracer.Start(ctx, "server", trace.WithSpanKind(trace.SpanKindServer))
	defer server.End()
	s := known(ctx)
	ctx, client := l.tracer.Start(ctx, "client", trace.WithSpanKind(trace.SpanKindClient))
	defer client.End()
	s.Parent, s.Header, s.Next = parent.String(), h, l.headers(ctx)
	return s
}

func (l *OTel) headers(ctx context.Context) http.Header {
	h := http.Header{}
	l.propagator.Inject(ctx, otelpropagation.HeaderCarrier(h))
	return h
}

func known(ctx context.Context) Seen {
	sc := trace.SpanContextFromContext(ctx)
	s := Seen{Trace: sc.TraceID().String(), Span: sc.SpanID().String(), Sampled: sc.IsSampled(), Baggage: map[string][]byte{}}
	for _, m := range baggage.FromContext(ctx).Members() {
		s.Baggage[m.Key()] = []byte(m.Value())
	}
	return s
}
