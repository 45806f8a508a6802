// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"unsafe"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// TestSizes holds the two objects of the hot path to their size classes.
func TestSizes(t *testing.T) {
	if size := unsafe.Sizeof(Span{}); size > 112 {
		t.Errorf("a Span has %d bytes, more than 112", size)
	}
	if size := unsafe.Sizeof(record{}); size > 512 {
		t.Errorf("a record has %d bytes, more than 512", size)
	}
	if d := unsafe.Offsetof(Span{}.mu) - unsafe.Offsetof(Span{}.own.word); d < 56 {
		t.Errorf("the trace's word is only %d bytes from the mutex", d)
	}
}

func benchTracer(t testing.TB, sample bool) *Tracer {
	t.Helper()
	tracer, err := New("bench", WithReporter(reporter.Null{}), WithLogger(nil),
		WithSampler(sampler.NewParentBased(sampler.NewConst(sample))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tracer.Close() })
	return tracer
}

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	off, on := benchTracer(t, false), benchTracer(t, true)
	offSpan, onSpan := off.StartSpan("parent").(*Span), on.StartSpan("parent").(*Span)
	remote := extracted(t, on, onSpan)
	header := http.Header{}
	if err := on.Inject(onSpan.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err != nil {
		t.Fatal(err)
	}
	withBaggage := on.StartSpan("baggage")
	withBaggage.SetBaggageItem("tenant", "acme").SetBaggageItem("user", "42")
	baggageHeader := http.Header{}
	if err := on.Inject(withBaggage.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(baggageHeader)); err != nil {
		t.Fatal(err)
	}
	text := opentracing.TextMapCarrier{}
	if err := on.Inject(onSpan.Context(), opentracing.TextMap, text); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()

	for _, tt := range []struct {
		name string
		want float64
		run  func()
	}{
		{"unsampled root", 1, func() { off.StartSpan("op").Finish() }},
		{"sampled root", 1, func() { on.StartSpan("op").Finish() }},
		{"unsampled root and child", 7, func() { rootAndChild(off) }},
		{"sampled RPC span", 7, func() { rpcSpan(on, remote) }},
		{"Context", 0, func() { sinkContext = onSpan.Context() }},
		{"SetString", 0, func() { onSpan.SetString("k", "v") }},
		{"SetInt", 0, func() { onSpan.SetInt("i", 1<<40) }},
		{"SetFloat", 0, func() { onSpan.SetFloat("f", 1.5) }},
		{"SetBool", 0, func() { onSpan.SetBool("b", true) }},
		{"typed setters unsampled", 0, func() { offSpan.SetString("k", "v").SetInt("i", 1<<40).SetFloat("f", 1.5).SetBool("b", true) }},
		{"Start", 2, func() { _, s := on.Start(ctx, "op"); s.Finish() }},
		{"Start unsampled", 2, func() { _, s := off.Start(ctx, "op"); s.Finish() }},
		{"SetBaggageItem", 1, func() { offSpan.SetBaggageItem("k", "v") }},
		{"Inject HTTP", 1, func() {
			_ = on.Inject(onSpan.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
		}},
		{"Inject TextMap", 1, func() { _ = on.Inject(onSpan.Context(), opentracing.TextMap, text) }},
		{"Extract HTTP", 1, func() { sinkContext, _ = on.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)) }},
		{"Extract TextMap", 1, func() { sinkContext, _ = on.Extract(opentracing.TextMap, text) }},
		{"Extract HTTP with baggage", 3, func() {
			sinkContext, _ = on.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(baggageHeader))
		}},
	} {
		if got := testing.AllocsPerRun(200, tt.run); got != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
	inject := func() {
		_ = on.Inject(withBaggage.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(baggageHeader))
	}
	if got := testing.AllocsPerRun(200, inject); got > 7 {
		t.Errorf("Inject HTTP with baggage: %v allocations, want at most 7", got)
	}
}

var sinkContext opentracing.SpanContext

// extracted is the context another service would see.
func extracted(t testing.TB, tracer *Tracer, s opentracing.Span) opentracing.SpanContext {
	t.Helper()
	header := opentracing.HTTPHeadersCarrier{}
	if err := tracer.Inject(s.Context(), opentracing.HTTPHeaders, header); err != nil {
		t.Fatal(err)
	}
	c, err := tracer.Extract(opentracing.HTTPHeaders, header)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Values that are no constants, so that the caller pays for putting them into
// interfaces, as real callers do.
var (
	component  = strings.Clone("net/http")
	url        = strings.Clone("http://example.com/")
	statusCode = 200 // the runtime boxes numbers below 256 for free
	bytesRead  = 1 << 20
)

// rootAndChild is workload b: 5 of its allocations are OpenTracing's own.
func rootAndChild(tracer opentracing.Tracer) {
	root := tracer.StartSpan("root")
	child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
	child.SetTag("component", component)
	child.SetTag("http.status_code", statusCode)
	child.SetTag("http.url", url)
	child.LogFields(log.String("event", "done"))
	child.Finish()
	root.Finish()
}

// rpcSpan is workload d: 6 of its allocations are OpenTracing's own.
func rpcSpan(tracer opentracing.Tracer, parent opentracing.SpanContext) {
	s := tracer.StartSpan("rpc", opentracing.ChildOf(parent))
	s.SetTag("component", component)
	s.SetTag("span.kind", ext.SpanKindRPCServerEnum)
	s.SetTag("http.method", "GET")
	s.SetTag("http.url", url)
	s.SetTag("http.status_code", statusCode)
	s.LogFields(log.String("event", "done"), log.Int("bytes", bytesRead))
	s.Finish()
}
