// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// meter measures the CPU time of the whole process: the callers', the sender's
// and the garbage collector's. On a busy machine it is the number to trust.
type meter struct {
	b   *testing.B
	cpu time.Duration
}

func startMeter(b *testing.B) meter {
	b.ReportAllocs()
	runtime.GC()
	b.ResetTimer()
	return meter{b, ProcessCPU()}
}

// stop reports the metric. What runs between b.StopTimer and stop is in it.
func (m meter) stop() {
	m.b.ReportMetric(float64(ProcessCPU()-m.cpu)/float64(m.b.N), "cpu-ns/op")
}

// repeat runs f b.N times, on one goroutine or on GOMAXPROCS of them.
func repeat(b *testing.B, parallel bool, f func()) {
	if parallel {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				f()
			}
		})
		return
	}
	for range b.N {
		f()
	}
}

// BenchmarkWorkload is what tracers are compared by:
//
//	a  an unsampled root
//	b  an unsampled root and its child with 3 tags and a log
//	c  a sampled root
//	d  a sampled child of a remote parent, with 5 tags and a log of 2 fields
//
// c and d, with the defaults of New, are sent to a sink in another process: "null"
// leaves that out, "waiting" lets the caller wait for Flush before the queue can
// overflow, so that nothing is lost and what is measured is the whole cost of a
// span.
func BenchmarkWorkload(b *testing.B) {
	for _, w := range []struct {
		name    string
		sampled bool
		run     func(opentracing.Tracer, opentracing.SpanContext)
	}{
		{"a_unsampled_root", false, Root},
		{"b_unsampled_root_and_child", false, RootAndChild},
		{"c_sampled_root", true, Root},
		{"d_sampled_rpc", true, RPC},
	} {
		b.Run(w.name, func(b *testing.B) {
			for name, parallel := range byGoroutines() {
				if !w.sampled {
					b.Run(name, func(b *testing.B) { benchNull(b, false, parallel, w.run) })
					continue
				}
				s := startSink(b)
				b.Run(name, func(b *testing.B) { benchSink(b, s, parallel, false, w.run) })
				b.Run("waiting/"+name, func(b *testing.B) { benchSink(b, s, parallel, true, w.run) })
				b.Run("null/"+name, func(b *testing.B) { benchNull(b, true, parallel, w.run) })
			}
		})
	}
}

// byGoroutines yields the two ways that benchmarks run.
func byGoroutines() func(yield func(name string, parallel bool) bool) {
	return func(yield func(string, bool) bool) {
		_ = yield("single", false) && yield("parallel", true)
	}
}

// newTracer returns a tracer without a reporter, which samples all or nothing.
func newTracer(b *testing.B, sample bool) *spur.Tracer {
	b.Helper()
	tracer, err := spur.New("bench", spur.WithReporter(reporter.Null{}), spur.WithLogger(nil), spur.WithSampler(sampler.NewParentBased(sampler.NewConst(sample))))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { tracer.Close() })
	return tracer
}

// extracted is the context another service would see.
func extracted(t testing.TB, tracer *spur.Tracer, s opentracing.Span) opentracing.SpanContext {
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

// benchNull measures without a reporter.
func benchNull(b *testing.B, sample, parallel bool, run func(opentracing.Tracer, opentracing.SpanContext)) {
	tracer := newTracer(b, sample)
	remote := extracted(b, tracer, tracer.StartSpan("parent"))
	m := startMeter(b)
	repeat(b, parallel, func() { run(tracer, remote) })
	b.StopTimer()
	m.stop()
}

// benchSink measures with the defaults of New. ns/op is the caller's time;
// cpu-ns/op includes sending everything.
func benchSink(b *testing.B, s testSink, parallel, wait bool, run func(opentracing.Tracer, opentracing.SpanContext)) {
	tracer := sinkTracer(b, s)
	remote := extracted(b, tracer, tracer.StartSpan("parent"))
	before := s.received(b)
	flush := func() {
		if err := tracer.Flush(context.Background()); err != nil {
			b.Error(err)
		}
	}
	m := startMeter(b)
	if wait {
		repeatWaiting(b, parallel, func() { run(tracer, remote) }, flush)
	} else {
		repeat(b, parallel, func() { run(tracer, remote) })
	}
	b.StopTimer()
	flush()
	m.stop()
	st := tracer.Stats()
	finished := float64(st.Spans.FinishedSampled)
	b.ReportMetric(100*float64(s.received(b)-before)/finished, "delivered-%")
	b.ReportMetric(100*float64(st.Destinations[0].DroppedTotal())/finished, "counted-lost-%")
}

// repeatWaiting is repeat with a flush after so many spans as fit the queue of
// the reporter, on each goroutine.
func repeatWaiting(b *testing.B, parallel bool, f, flush func()) {
	const most = 20_000
	if !parallel {
		for i := range b.N {
			f()
			if i%most == most-1 {
				flush()
			}
		}
		return
	}
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			f()
			if i%most == most-1 {
				flush()
			}
		}
	})
}

// BenchmarkPropagation is workload e: contexts in and out of carriers that hold
// 8 ordinary headers besides, with 0 and 2 baggage items.
func BenchmarkPropagation(b *testing.B) {
	tracer := newTracer(b, true)
	plain := tracer.StartSpan("plain")
	loaded := tracer.StartSpan("loaded").SetBaggageItem("tenant", "acme").SetBaggageItem("user", "42")
	for _, bb := range []struct {
		name string
		ctx  opentracing.SpanContext
	}{{"0_baggage", plain.Context()}, {"2_baggage", loaded.Context()}} {
		for _, f := range []struct {
			name    string
			format  opentracing.BuiltinFormat
			carrier func() any
		}{
			{"http", opentracing.HTTPHeaders, func() any { return opentracing.HTTPHeadersCarrier(ordinaryHeaders()) }},
			{"text", opentracing.TextMap, func() any { return ordinaryText() }},
		} {
			for name, parallel := range byGoroutines() {
				b.Run("e_inject_"+f.name+"/"+bb.name+"/"+name, func(b *testing.B) {
					benchInject(b, parallel, tracer, bb.ctx, f.format, f.carrier)
				})
				b.Run("e_extract_"+f.name+"/"+bb.name+"/"+name, func(b *testing.B) {
					carrier := f.carrier()
					if err := tracer.Inject(bb.ctx, f.format, carrier); err != nil {
						b.Fatal(err)
					}
					m := startMeter(b)
					repeat(b, parallel, func() {
						if _, err := tracer.Extract(f.format, carrier); err != nil {
							b.Error(err)
						}
					})
					b.StopTimer()
					m.stop()
				})
			}
		}
	}
}

// benchInject gives each goroutine a carrier of its own, as requests have.
func benchInject(b *testing.B, parallel bool, tracer opentracing.Tracer, ctx opentracing.SpanContext, format opentracing.BuiltinFormat, carrier func() any) {
	inject := func(to any) {
		if err := tracer.Inject(ctx, format, to); err != nil {
			b.Error(err)
		}
	}
	m := startMeter(b)
	if parallel {
		b.RunParallel(func(pb *testing.PB) {
			for to := carrier(); pb.Next(); {
				inject(to)
			}
		})
	} else {
		to := carrier()
		for range b.N {
			inject(to)
		}
	}
	b.StopTimer()
	m.stop()
}

func ordinaryHeaders() http.Header {
	return http.Header{
		"Accept":          {"text/html,application/json"},
		"Accept-Encoding": {"gzip, deflate, br"},
		"Accept-Language": {"en"},
		"Authorization":   {"Bearer 0123456789abcdef"},
		"Content-Length":  {"512"},
		"Content-Type":    {"application/json"},
		"User-Agent":      {"Go-http-client/1.1"},
		"X-Forwarded-For": {"192.0.2.1"},
	}
}

func ordinaryText() opentracing.TextMapCarrier {
	c := opentracing.TextMapCarrier{}
	for k, v := range ordinaryHeaders() {
		c[k] = v[0]
	}
	return c
}
