// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"context"
	"net/http"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/uber/jaeger-client-go"
	"go.opentelemetry.io/contrib/propagators/b3"
	otjaeger "go.opentelemetry.io/contrib/propagators/jaeger"
	"go.opentelemetry.io/otel/baggage"
	otelpropagation "go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// seen is what a service knows of the span it has for a request.
type seen struct {
	trace   model.TraceID
	span    uint64
	parent  uint64 // 0 for a new trace
	sampled bool
	baggage map[string]string
	header  http.Header // a server's: what came
	next    http.Header // what it tells the service it calls
}

// library is a tracing library, used as a service would.
type library interface {
	call(t testing.TB, baggage map[string]string) seen // begins a trace
	serve(t testing.TB, h http.Header) seen            // goes on with one
}

// neighbour is a kind of service that stands beside spur's.
type neighbour struct {
	name    string
	new     func(t testing.TB, sample bool) library // sample is what it decides when it must
	baggage bool                                    // whether its library carries any
	needs   []propagation.Format                    // what spur must write for it, beside its default
}

// neighbours are all of them. OpenTelemetry's propagators of Jaeger's format and
// of B3 read and write ids alone.
func neighbours() []neighbour {
	otel := func(p otelpropagation.TextMapPropagator) func(testing.TB, bool) library {
		return func(t testing.TB, sample bool) library { return newOTel(t, sample, p) }
	}
	w3c := otelpropagation.NewCompositeTextMapPropagator(otelpropagation.TraceContext{}, otelpropagation.Baggage{})
	return []neighbour{
		{"jaeger-client-go", jaegerLibrary(true), true, nil},
		{"jaeger-client-go, 64 bits", jaegerLibrary(false), true, nil},
		{"spur", func(t testing.TB, sample bool) library { return newSpurLibrary(t, sample) }, true, nil},
		{"OTel tracecontext, baggage", otel(w3c), true, nil},
		{"OTel jaeger", otel(otjaeger.Jaeger{}), false, nil},
		{"OTel b3 single", otel(b3.New(b3.WithInjectEncoding(b3.B3SingleHeader))), false, []propagation.Format{propagation.FormatB3Single}},
		{"OTel b3 multi", otel(b3.New(b3.WithInjectEncoding(b3.B3MultipleHeader))), false, []propagation.Format{propagation.FormatB3}},
	}
}

func neighbourNamed(t testing.TB, name string) neighbour {
	t.Helper()
	for _, n := range neighbours() {
		if n.name == name {
			return n
		}
	}
	t.Fatalf("no neighbour %q", name)
	return neighbour{}
}

// otLibrary is one of OpenTracing's, read says how to look into its contexts.
type otLibrary struct {
	opentracing.Tracer
	read func(opentracing.SpanContext) identity
}

func newSpurLibrary(t testing.TB, sample bool, opts ...spur.Option) *otLibrary {
	t.Helper()
	tracer, err := spur.New("spur", append([]spur.Option{
		spur.WithReporter(&reporter.Memory{}), spur.WithLogger(nil), spur.WithSampler(sampler.NewParentBased(sampler.NewConst(sample))),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tracer.Close() })
	return &otLibrary{tracer, ofSpur}
}

func jaegerLibrary(bits128 bool) func(testing.TB, bool) library {
	return func(t testing.TB, sample bool) library {
		tracer, closer := jaeger.NewTracer("j", jaeger.NewConstSampler(sample), jaeger.NewInMemoryReporter(),
			jaeger.TracerOptions.Gen128Bit(bits128))
		t.Cleanup(func() { closer.Close() })
		return &otLibrary{tracer, ofJ}
	}
}

func (l *otLibrary) call(t testing.TB, baggage map[string]string) seen {
	t.Helper()
	s := l.StartSpan("client", ext.SpanKindRPCClient)
	for k, v := range baggage {
		s.SetBaggageItem(k, v)
	}
	return l.know(t, s, nil)
}

func (l *otLibrary) serve(t testing.TB, h http.Header) seen {
	t.Helper()
	remote, err := l.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
	if err != nil {
		remote = nil // a new trace, as any service would
	}
	return l.know(t, l.StartSpan("server", ext.RPCServerOption(remote)), h)
}

// know says what is known of a span, and what a client span below it, or the span
// itself when it is one, tells others.
func (l *otLibrary) know(t testing.TB, s opentracing.Span, h http.Header) seen {
	t.Helper()
	defer s.Finish()
	id := l.read(s.Context())
	k := seen{id.trace, id.span, id.parent, id.flags&1 != 0, id.baggage, h, http.Header{}}
	next := s
	if h != nil {
		next = l.StartSpan("client", opentracing.ChildOf(s.Context()), ext.SpanKindRPCClient)
		defer next.Finish()
	}
	if err := l.Inject(next.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(k.next)); err != nil {
		t.Error(err)
	}
	return k
}

// otelLibrary is OpenTelemetry's SDK with propagators.
type otelLibrary struct {
	tracer     trace.Tracer
	propagator otelpropagation.TextMapPropagator
}

func newOTel(t testing.TB, sample bool, p otelpropagation.TextMapPropagator) *otelLibrary {
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
	return &otelLibrary{provider.Tracer("conformance"), p}
}

func (l *otelLibrary) call(t testing.TB, items map[string]string) seen {
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
	k := l.know(ctx)
	l.propagator.Inject(ctx, otelpropagation.HeaderCarrier(k.next))
	return k
}

func (l *otelLibrary) serve(_ testing.TB, h http.Header) seen {
	ctx := l.propagator.Extract(context.Background(), otelpropagation.HeaderCarrier(h))
	parent := trace.SpanContextFromContext(ctx).SpanID()
	ctx, server := l.tracer.Start(ctx, "server", trace.WithSpanKind(trace.SpanKindServer))
	defer server.End()
	k := l.know(ctx)
	k.parent, k.header = spanNumber(parent), h
	ctx, client := l.tracer.Start(ctx, "client", trace.WithSpanKind(trace.SpanKindClient))
	defer client.End()
	l.propagator.Inject(ctx, otelpropagation.HeaderCarrier(k.next))
	return k
}

func (l *otelLibrary) know(ctx context.Context) seen {
	sc := trace.SpanContextFromContext(ctx)
	k := seen{trace: traceNumber(sc.TraceID()), span: spanNumber(sc.SpanID()), sampled: sc.IsSampled(), baggage: map[string]string{}, next: http.Header{}}
	for _, m := range baggage.FromContext(ctx).Members() {
		k.baggage[m.Key()] = m.Value()
	}
	return k
}
