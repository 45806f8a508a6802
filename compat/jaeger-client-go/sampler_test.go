// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/uber/jaeger-client-go"
)

// tracerWithID makes a tracer whose traces have one id.
func tracerWithID(t testing.TB, id uint64, s jaeger.Sampler) *jaeger.Tracer {
	t.Helper()
	tracer, _ := newTracer(t, s, jaeger.TracerOptions.RandomNumber(func() uint64 { return id }))
	return tracer
}

func because(kind string, param any) []jaeger.Tag {
	return []jaeger.Tag{jaeger.NewTag("sampler.type", kind), jaeger.NewTag("sampler.param", param)}
}

func probabilistic(t testing.TB, rate float64) *jaeger.ProbabilisticSampler {
	t.Helper()
	s, err := jaeger.NewProbabilisticSampler(rate)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The same decision, and the same tags, whether a program asks or the tracer does.
func TestSamplerDecisions(t *testing.T) {
	const half = 1 << 62
	guaranteed, err := jaeger.NewGuaranteedThroughputProbabilisticSampler(1e-6, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		sampler jaeger.Sampler
		id      uint64
		sampled bool
		tags    []jaeger.Tag
	}{
		{jaeger.NewConstSampler(true), 1, true, because("const", true)},
		{jaeger.NewConstSampler(false), 1, false, because("const", false)},
		{probabilistic(t, 0.5), half, true, because("probabilistic", 0.5)},
		{probabilistic(t, 0.5), half + 1, false, because("probabilistic", 0.5)},
		{probabilistic(t, 0.5), half | 1<<63, true, because("probabilistic", 0.5)},
		{probabilistic(t, 0), 1 << 63, false, because("probabilistic", 0.0)},
		{probabilistic(t, 1), math.MaxUint64, true, because("probabilistic", 1.0)},
		{jaeger.NewRateLimitingSampler(0), 1, false, because("ratelimiting", 0.0)},
		{jaeger.NewRateLimitingSampler(-1), 1, false, because("ratelimiting", -1.0)},
		{jaeger.NewRateLimitingSampler(2), 1, true, because("ratelimiting", 2.0)},
		{guaranteed, math.MaxUint64, true, because("lowerbound", 0.5)},
		{guaranteed, 1, true, because("probabilistic", 0.5)},
	} {
		again, _ := tc.sampler.(*jaeger.GuaranteedThroughputProbabilisticSampler)
		if sampled, tags := tc.sampler.IsSampled(jaeger.TraceID{High: 9, Low: tc.id}, "op"); sampled != tc.sampled || !reflect.DeepEqual(tags, tc.tags) {
			t.Errorf("%v, %x: %t %v, want %t %v", tc.sampler, tc.id, sampled, tags, tc.sampled, tc.tags)
		}
		if again != nil && tc.id != 1 {
			continue // its bound has had its trace
		}
		span := start(tracerWithID(t, tc.id, tc.sampler), "op")
		want := opentracing.Tags{}
		if tc.sampled {
			want = opentracing.Tags{}
			for _, tag := range tc.tags {
				want[tagKey(tag)] = tagValue(tag)
			}
		}
		if c := span.SpanContext(); c.IsSampled() != tc.sampled || !c.IsSamplingFinalized() || !reflect.DeepEqual(span.Tags(), want) {
			t.Errorf("%v, %x: span %v %v, want %t %v", tc.sampler, tc.id, c, span.Tags(), tc.sampled, want)
		}
	}
}

// A Tag shows its parts when it is printed only.
func tagKey(tag jaeger.Tag) (key string) {
	_, _ = fmt.Sscanf(fmt.Sprint(tag), "{%s", &key)
	return key
}

func tagValue(tag jaeger.Tag) any {
	for _, v := range []any{true, 0.0, 0.5, 1.0, 2.0, "const", "probabilistic", "ratelimiting", "lowerbound"} {
		if jaeger.NewTag(tagKey(tag), v) == tag {
			return v
		}
	}
	return nil
}

func TestProbabilisticSamplerErrors(t *testing.T) {
	for rate, text := range map[float64]string{-0.1: "-0.100000", 1.1: "1.100000", math.Inf(1): "+Inf"} {
		s, err := jaeger.NewProbabilisticSampler(rate)
		if want := "Sampling Rate must be between 0.0 and 1.0, received " + text; s != nil || err == nil || err.Error() != want {
			t.Errorf("%v: %v, %v, want %s", rate, s, err, want)
		}
	}
	if _, err := jaeger.NewProbabilisticSampler(math.NaN()); err == nil { // jaeger-client-go samples all
		t.Error("NaN is accepted")
	}
	s := probabilistic(t, 0.5)
	if err := s.Update(2); err == nil || s.SamplingRate() != 0.5 {
		t.Errorf("%v, rate %v", err, s.SamplingRate())
	}
}

// The tracer asks samplers of spur: what the program changes must reach them.
func TestSamplerUpdates(t *testing.T) {
	const id = 1 << 61 // a quarter
	p, r, c := probabilistic(t, 0), jaeger.NewRateLimitingSampler(0), jaeger.NewConstSampler(false)
	for _, tc := range []struct {
		sampler jaeger.Sampler
		change  func()
		tags    []jaeger.Tag
	}{
		{p, func() {
			if err := p.Update(0.5); err != nil {
				t.Error(err)
			}
		}, because("probabilistic", 0.5)},
		{r, func() { r.Update(2) }, because("ratelimiting", 2.0)},
		{c, func() { c.Decision = true }, because("const", false)},
	} {
		tracer := tracerWithID(t, id, tc.sampler)
		if start(tracer, "op").SpanContext().IsSampled() {
			t.Errorf("%v samples", tc.sampler)
		}
		tc.change()
		if !start(tracer, "op").SpanContext().IsSampled() {
			t.Errorf("%v does not sample", tc.sampler)
		}
		if _, tags := tc.sampler.IsSampled(jaeger.TraceID{Low: id}, ""); !reflect.DeepEqual(tags, tc.tags) {
			t.Errorf("%v: %v, want %v", tc.sampler, tags, tc.tags)
		}
	}
}

// A full bucket of 10 is a full bucket of 2 after an update, an empty one stays empty.
func TestRateLimitingSamplerUpdateKeepsTheBalance(t *testing.T) {
	take := func(s *jaeger.RateLimitingSampler) (n int) {
		for range 20 {
			if sampled, _ := s.IsSampled(jaeger.TraceID{}, ""); sampled {
				n++
			}
		}
		return n
	}
	s := jaeger.NewRateLimitingSampler(0.001)
	if n := take(s); n != 1 {
		t.Errorf("%d at first, want 1", n)
	}
	s.Update(0.002)
	if n := take(s); n != 0 {
		t.Errorf("%d after an update, want 0", n)
	}
	s = jaeger.NewRateLimitingSampler(10)
	s.Update(2)
	if n := take(s); n != 2 {
		t.Errorf("%d of a full bucket, want 2", n)
	}
}

func TestSamplerStrings(t *testing.T) {
	guaranteed, err := jaeger.NewGuaranteedThroughputProbabilisticSampler(0.25, 7)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		sampler any
		want    string
	}{
		{jaeger.NewConstSampler(true), "ConstSampler(decision=true)"},
		{probabilistic(t, 0.001), "ProbabilisticSampler(samplingRate=0.001)"},
		{jaeger.NewRateLimitingSampler(2.5), "RateLimitingSampler(maxTracesPerSecond=2.5)"},
		{guaranteed, "GuaranteedThroughputProbabilisticSampler(lowerBound=0.250000, samplingRate=1.000000)"},
		{*guaranteed, "GuaranteedThroughputProbabilisticSampler(lowerBound=0.250000, samplingRate=1.000000)"},
	} {
		if got := fmt.Sprint(tc.sampler); got != tc.want {
			t.Errorf("%s, want %s", got, tc.want)
		}
	}
}

func TestSamplerEqual(t *testing.T) {
	guaranteed, _ := jaeger.NewGuaranteedThroughputProbabilisticSampler(1, 1)
	all := []jaeger.Sampler{
		jaeger.NewConstSampler(true), jaeger.NewConstSampler(false), probabilistic(t, 0.5), probabilistic(t, 0.25),
		jaeger.NewRateLimitingSampler(2), jaeger.NewRateLimitingSampler(3), guaranteed,
	}
	for i, a := range all {
		for j, b := range all {
			if want := i == j && a != jaeger.Sampler(guaranteed); a.Equal(b) != want {
				t.Errorf("%v, %v: %t", a, b, !want)
			}
		}
	}
}

// Samplers that a program has made by mistake do not sample, and harm nobody.
func TestSamplersMadeByMistake(t *testing.T) {
	for _, s := range []jaeger.Sampler{
		nil, (*jaeger.ConstSampler)(nil), (*jaeger.ProbabilisticSampler)(nil), (*jaeger.RateLimitingSampler)(nil),
		&jaeger.ProbabilisticSampler{}, &jaeger.RateLimitingSampler{}, &jaeger.GuaranteedThroughputProbabilisticSampler{},
		&jaeger.PerOperationSampler{}, (*jaeger.PerOperationSampler)(nil), &jaeger.RemotelyControlledSampler{},
	} {
		tracer, closer := jaeger.NewTracer("orders", s, jaeger.NewNullReporter())
		span := start(tracer, "op")
		span.SetOperationName("other")
		if span.SpanContext().IsSampled() {
			t.Errorf("%T samples", s)
		}
		span.Finish()
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
}
