// SPDX-License-Identifier: Apache-2.0

package hops

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

var _ Library = (*OpenTracing)(nil)

// OpenTracing is a library with OpenTracing's API.
type OpenTracing struct {
	opentracing.Tracer
	read func(opentracing.SpanContext) Seen // ids, decision and baggage
}

// NewSpur makes spur, with a sampler that follows remote callers.
func NewSpur(t testing.TB, sample bool, opts ...spur.Option) *OpenTracing {
	t.Helper()
	tracer, err := spur.New("spur", append([]spur.Option{
		spur.WithReporter(&reporter.Memory{}), spur.WithLogger(nil), spur.WithSampler(sampler.NewConst(sample)),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
	})
	return &OpenTracing{tracer, func(sc opentracing.SpanContext) Seen {
		c := sc.(spur.SpanContext)
		return seen(c.TraceID(), uint64(c.SpanID()), uint64(c.ParentID()), c.IsSampled(), c)
	}}
}

// NewJ makes the real jaeger-client-go.
func NewJ(t testing.TB, sample, bits128 bool) *OpenTracing {
	t.Helper()
	tracer, closer := jaeger.NewTracer("j", jaeger.NewConstSampler(sample), jaeger.NewInMemoryReporter(),
		jaeger.TracerOptions.Gen128Bit(bits128))
	t.Cleanup(func() {
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	})
	return &OpenTracing{tracer, func(sc opentracing.SpanContext) Seen {
		c := sc.(jaeger.SpanContext)
		return seen(model.TraceID(c.TraceID()), uint64(c.SpanID()), uint64(c.ParentID()), c.IsSampled(), c)
	}}
}

func seen(trace model.TraceID, span, parent uint64, sampled bool, sc opentracing.SpanContext) Seen {
	s := Seen{Trace: trace.Hex32(), Span: fmt.Sprintf("%016x", span), Parent: fmt.Sprintf("%016x", parent), Sampled: sampled, Baggage: map[string][]byte{}}
	sc.ForeachBaggageItem(func(k, v string) bool { s.Baggage[k] = []byte(v); return true })
	return s
}

// Call implements Library.
func (l *OpenTracing) Call(t testing.TB, url string, baggage map[string]string) Seen {
	t.Helper()
	var s opentracing.Span
	h := l.Begin(t, func(begun opentracing.Span) {
		for k, v := range baggage {
			begun.SetBaggageItem(k, v)
		}
		s = begun
	})
	known := l.read(s.Context())
	fetch(t, url, h, new(any))
	return known
}

// Begin begins a trace and returns the headers that a call would have. change may
// do to the span what it likes.
func (l *OpenTracing) Begin(t testing.TB, change func(opentracing.Span), opts ...opentracing.StartSpanOption) http.Header {
	t.Helper()
	s := l.StartSpan("client", append(opts, ext.SpanKindRPCClient)...)
	defer s.Finish()
	change(s)
	return l.headers(t, s)
}

// Serve implements Library. Headers that cannot be read begin a new trace.
func (l *OpenTracing) Serve(t testing.TB) string {
	return serve(t, func(t testing.TB, h http.Header) any {
		remote, err := l.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
		if err != nil {
			remote = nil
		}
		server := l.StartSpan("server", ext.RPCServerOption(remote))
		defer server.Finish()
		client := l.StartSpan("client", opentracing.ChildOf(server.Context()), ext.SpanKindRPCClient)
		defer client.Finish()
		s := l.read(server.Context())
		s.Header, s.Next = h, l.headers(t, client)
		return s
	})
}

func (l *OpenTracing) headers(t testing.TB, s opentracing.Span) http.Header {
	t.Helper()
	h := http.Header{}
	if err := l.Inject(s.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h)); err != nil {
		t.Error(err)
	}
	return h
}
