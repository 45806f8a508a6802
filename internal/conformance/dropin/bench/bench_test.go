// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
)

var noop = flag.Bool("noop", false, "measure what the caller costs: the same benchmarks with OpenTracing's NoopTracer")

// newTracer makes the tracer that is measured. With -noop nobody uses the one that is closed.
func newTracer(s jaeger.Sampler, r jaeger.Reporter) (opentracing.Tracer, io.Closer) {
	tracer, closer := jaeger.NewTracer("service", s, r)
	if *noop {
		tracer = opentracing.NoopTracer{}
	}
	return tracer, closer
}

// samplers are those of jaeger-client-go's own benchmark: constant ones, and per operation
// with or without late binding, all of them sampling everything or nothing.
func samplers() map[string]jaeger.Sampler {
	return map[string]jaeger.Sampler{
		"never": jaeger.NewConstSampler(false), "always": jaeger.NewConstSampler(true),
		"operations-never": operations(false, 0), "operations-always": operations(false, 1),
		"late-never": operations(true, 0), "late-always": operations(true, 1),
	}
}

func operations(late bool, rate float64) jaeger.Sampler {
	s := &sampling.PerOperationSamplingStrategies{DefaultSamplingProbability: rate}
	for _, name := range words("span", 5) {
		s.PerOperationStrategies = append(s.PerOperationStrategies, &sampling.OperationSamplingStrategy{
			Operation: name, ProbabilisticSampling: &sampling.ProbabilisticSamplingStrategy{SamplingRate: rate},
		})
	}
	return jaeger.NewPerOperationSampler(jaeger.PerOperationSamplerParams{MaxOperations: 7, OperationNameLateBinding: late, Strategies: s})
}

func words(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%02d", prefix, i)
	}
	return all
}

// spanner makes spans of ten names with five tags, each the child of the one before, or
// none of any.
type spanner struct {
	tracer   opentracing.Tracer
	children bool
	names    []string
	tags     []string
	n        int
	parent   opentracing.SpanContext
}

func newSpanner(t opentracing.Tracer, children bool) *spanner {
	return &spanner{tracer: t, children: children, names: words("span", 10), tags: words("tag", 5)}
}

func (s *spanner) span() {
	span := s.tracer.StartSpan(s.names[s.n], opentracing.ChildOf(s.parent))
	for i := range s.tags {
		span.SetTag(s.tags[i], s.tags[i])
	}
	if s.children {
		s.parent = span.Context()
	}
	span.Finish()
	s.n = (s.n + 1) % len(s.names)
}

// measure starts a measurement, which the function that it returns ends: also of processor
// time, which does not depend on what else the machine does.
func measure(b *testing.B) (end func()) {
	b.ReportAllocs()
	b.ResetTimer()
	start := processorTime()
	return func() { b.ReportMetric(float64(processorTime()-start)/float64(b.N), "cpu-ns/op") }
}

func processorTime() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

// BenchmarkTracer has the axes of jaeger-client-go's benchmark.
func BenchmarkTracer(b *testing.B) {
	for name, sampler := range samplers() {
		for _, children := range []bool{false, true} {
			b.Run(fmt.Sprintf("sampler=%s/children=%t", name, children), func(b *testing.B) {
				tracer, closer := newTracer(sampler, jaeger.NewNullReporter())
				defer closer.Close()
				defer measure(b)()
				b.RunParallel(func(pb *testing.PB) {
					s := newSpanner(tracer, children)
					for pb.Next() {
						s.span()
					}
				})
			})
		}
	}
}

// BenchmarkUDP sends each span to an agent, which does not read.
func BenchmarkUDP(b *testing.B) {
	agent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer agent.Close()
	sender, err := jaeger.NewUDPTransport(agent.LocalAddr().String(), 0)
	if err != nil {
		b.Fatal(err)
	}
	tracer, closer := newTracer(jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(sender))
	defer closer.Close()
	s := newSpanner(tracer, false)
	defer measure(b)()
	for b.Loop() {
		s.span()
	}
}

func BenchmarkLogFields(b *testing.B) {
	tracer, closer := newTracer(jaeger.NewConstSampler(true), jaeger.NewNullReporter())
	defer closer.Close()
	defer measure(b)()
	for b.Loop() {
		span := tracer.StartSpan("span")
		span.LogFields(log.String("event", "cache miss"), log.Int("size", 5))
		span.Finish()
	}
}

// BenchmarkHeaders extracts a context with two items of baggage, and injects a child's.
func BenchmarkHeaders(b *testing.B) {
	tracer, closer := newTracer(jaeger.NewConstSampler(true), jaeger.NewNullReporter())
	defer closer.Close()
	in := opentracing.HTTPHeadersCarrier{
		"Uber-Trace-Id": {"463ac35c9f6413ad48485a3953bb6124:a2fb4a1d1a96d312:0:1"}, "Uberctx-Tenant": {"acme"}, "Uberctx-User": {"a b"},
		"Accept": {"*/*"}, "User-Agent": {"test"},
	}
	defer measure(b)()
	for b.Loop() {
		parent, err := tracer.Extract(opentracing.HTTPHeaders, in)
		if err != nil && !*noop { // which finds nothing
			b.Fatal(err)
		}
		span := tracer.StartSpan("span", opentracing.ChildOf(parent))
		if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(http.Header{})); err != nil {
			b.Fatal(err)
		}
		span.Finish()
	}
}
