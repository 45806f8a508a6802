// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"net/http"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
	"unsafe"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/internal/bench"
	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// TestSizes holds a Span to its size class.
func TestSizes(t *testing.T) {
	if size := unsafe.Sizeof(Span{}); size > 112 {
		t.Errorf("a Span has %d bytes, more than 112", size)
	}
	if d := unsafe.Offsetof(Span{}.mu) - unsafe.Offsetof(Span{}.word); d < 56 {
		t.Errorf("the trace's word is only %d bytes from the mutex", d)
	}
}

// listening is a reporter that gets spans, as a reporter.Null does not.
type listening struct{ reporter.Null }

func benchTracer(t testing.TB, sample bool, opts ...Option) *Tracer {
	t.Helper()
	opts = append(opts, WithReporter(listening{}), WithLogger(nil), WithSampler(sampler.NewParentBased(sampler.NewConst(sample))))
	tracer, err := New("bench", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tracer.Close() })
	return tracer
}

func TestAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	off, on := benchTracer(t, false), benchTracer(t, true)
	formats := []propagation.Format{propagation.FormatJaeger}
	jaeger := benchTracer(t, true, WithFormats(formats, formats))
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
		{"unsampled root and child", 7, func() { bench.RootAndChild(off, nil) }},
		{"sampled RPC span", 7, func() { bench.RPC(on, remote) }},
		{"Context", 0, func() { sinkContext = onSpan.Context() }},
		{"SetString", 0, func() { onSpan.SetString("k", "v") }},
		{"SetInt", 0, func() { onSpan.SetInt("i", 1<<30) }},
		{"SetInt64", 0, func() { onSpan.SetInt64("i", 1<<40) }},
		{"SetFloat64", 0, func() { onSpan.SetFloat64("f", 1.5) }},
		{"SetBool", 0, func() { onSpan.SetBool("b", true) }},
		{"typed setters unsampled", 0, func() {
			offSpan.SetString("k", "v").SetInt("i", 1<<30).SetFloat64("f", 1.5).SetBool("b", true).SetDuration("d", time.Second)
		}},
		{"Start", 2, func() { _, s := on.Start(ctx, "op"); s.Finish() }},
		{"Start unsampled", 2, func() { _, s := off.Start(ctx, "op"); s.Finish() }},
		{"SetBaggageItem", 1, func() { offSpan.SetBaggageItem("k", "v") }},
		{"Inject HTTP, jaeger", 1, func() {
			_ = jaeger.Inject(onSpan.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
		}},
		{"Inject TextMap, jaeger", 1, func() { _ = jaeger.Inject(onSpan.Context(), opentracing.TextMap, text) }},
		{"Inject HTTP, jaeger and w3c", 1, func() {
			_ = on.Inject(onSpan.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
		}},
		{"Inject TextMap, jaeger and w3c", 1, func() { _ = on.Inject(onSpan.Context(), opentracing.TextMap, text) }},
		{"Extract HTTP", 1, func() { sinkContext, _ = on.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)) }},
		{"Extract TextMap", 1, func() { sinkContext, _ = on.Extract(opentracing.TextMap, text) }},
		{"Extract HTTP with baggage", 2, func() {
			sinkContext, _ = on.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(baggageHeader))
		}},
	} {
		if got := testing.AllocsPerRun(200, tt.run); got != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
	inject := func() {
		_ = jaeger.Inject(withBaggage.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(baggageHeader))
	}
	if got := testing.AllocsPerRun(200, inject); got > 7 {
		t.Errorf("Inject HTTP with baggage: %v allocations, want at most 7", got)
	}
}

// TestBytes holds the workloads of internal/bench to bytes of heap, the
// caller's own included.
func TestBytes(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // or pools are emptied
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))  // each processor has a pool
	off, on := benchTracer(t, false), benchTracer(t, true)
	remote := extracted(t, on, on.StartSpan("parent"))
	for _, tt := range []struct {
		name   string
		most   uint64
		tracer *Tracer
		run    func(opentracing.Tracer, opentracing.SpanContext)
	}{
		{"a, unsampled root", 112, off, bench.Root},
		{"b, unsampled root and child", 352, off, bench.RootAndChild},
		{"c, sampled root", 112, on, bench.Root},
		{"d, sampled RPC span", 352, on, bench.RPC},
	} {
		const runs = 2000
		for range 10 {
			tt.run(tt.tracer, remote) // fills the pools
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			tt.run(tt.tracer, remote)
		}
		runtime.ReadMemStats(&after)
		// What the runtime itself allocates meanwhile is below a byte a run.
		if got := (after.TotalAlloc - before.TotalAlloc) / runs; got > tt.most {
			t.Errorf("%s: %d bytes, want at most %d", tt.name, got, tt.most)
		}
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
