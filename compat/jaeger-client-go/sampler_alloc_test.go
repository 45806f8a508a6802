// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"testing"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/uber/jaeger-client-go"
)

// Whoever decides, a span that is not sampled costs one allocation, and one whose trace
// waits for a name two.
func TestSamplersAllocate(t *testing.T) {
	remote := manual(jaeger.SamplerOptions.InitialSampler(probabilistic(t, 0)))
	guaranteed, err := jaeger.NewGuaranteedThroughputProbabilisticSampler(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		sampler jaeger.Sampler
		want    float64
	}{
		{jaeger.NewConstSampler(false), 1},
		{probabilistic(t, 0), 1},
		{jaeger.NewRateLimitingSampler(0), 1},
		{guaranteed, 1},
		{perOperation(jaeger.PerOperationSamplerParams{Strategies: strategies(0, 0)}), 1},
		{lateBinding(), 2},
		{remote, 1},
	} {
		tracer, closer := jaeger.NewTracer("orders", tc.sampler, jaeger.NewNullReporter())
		var value any = "v"
		n := testing.AllocsPerRun(100, func() {
			span := tracer.StartSpan("never")
			span.SetTag("k", value)
			span.Finish()
		})
		if !raceEnabled && n != tc.want {
			t.Errorf("%T: %v allocations, want %v", tc.sampler, n, tc.want)
		}
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkSamplers(b *testing.B) {
	for _, bc := range []struct {
		name    string
		sampler func() jaeger.Sampler
	}{
		{"Const", func() jaeger.Sampler { return jaeger.NewConstSampler(false) }},
		{"Probabilistic", func() jaeger.Sampler { return probabilistic(b, 0) }},
		{"PerOperation", func() jaeger.Sampler {
			return perOperation(jaeger.PerOperationSamplerParams{Strategies: strategies(0, 0)})
		}},
		{"LateBinding", func() jaeger.Sampler { return lateBinding() }},
		{"Remote", func() jaeger.Sampler { return manual() }},
	} {
		b.Run(bc.name, func(b *testing.B) {
			tracer, closer := jaeger.NewTracer("orders", bc.sampler(), jaeger.NewNullReporter())
			defer func() { _ = closer.Close() }()
			b.ReportAllocs()
			for range b.N {
				span := tracer.StartSpan("never", opentracing.ChildOf(nil))
				span.SetTag("k", "v")
				span.Finish()
			}
		})
	}
}
