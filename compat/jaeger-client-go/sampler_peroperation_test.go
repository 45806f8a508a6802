// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
)

// strategies lists operations and their rates, in turn.
func strategies(rate, lowerBound float64, operations ...any) *sampling.PerOperationSamplingStrategies {
	s := &sampling.PerOperationSamplingStrategies{DefaultSamplingProbability: rate, DefaultLowerBoundTracesPerSecond: lowerBound}
	for i := 0; i < len(operations); i += 2 {
		s.PerOperationStrategies = append(s.PerOperationStrategies, &sampling.OperationSamplingStrategy{
			Operation:             operations[i].(string),
			ProbabilisticSampling: &sampling.ProbabilisticSamplingStrategy{SamplingRate: operations[i+1].(float64)},
		})
	}
	return s
}

func perOperation(params jaeger.PerOperationSamplerParams) *jaeger.PerOperationSampler {
	return jaeger.NewPerOperationSampler(params)
}

// spanWithID is the local root of an unsampled trace.
func spanWithID(t testing.TB, id uint64, name string) *jaeger.Span {
	t.Helper()
	return start(tracerWithID(t, id, jaeger.NewConstSampler(false)), name)
}

const (
	sampledAtHalf = 1<<62 - 20
	missedAtHalf  = 1<<62 + 10
)

func TestPerOperationSampler(t *testing.T) {
	adaptive, err := jaeger.NewAdaptiveSampler(strategies(0.5, 1e-6, "op", 0.5), 42)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*jaeger.PerOperationSampler{
		adaptive, perOperation(jaeger.PerOperationSamplerParams{MaxOperations: 2, Strategies: strategies(0.5, 1e-6, "op", 0.5)}),
	} {
		lowerBound, chance := because("lowerbound", 0.5), because("probabilistic", 0.5)
		for i, tc := range []struct {
			id   uint64
			name string
			want jaeger.SamplingDecision
		}{
			{missedAtHalf, "op", jaeger.SamplingDecision{Sample: true, Tags: lowerBound}},
			{sampledAtHalf, "op", jaeger.SamplingDecision{Sample: true, Tags: chance}},
			{missedAtHalf, "op", jaeger.SamplingDecision{}},
			{sampledAtHalf, "new", jaeger.SamplingDecision{Sample: true, Tags: chance}},
			{missedAtHalf, "new", jaeger.SamplingDecision{}}, // the bound has had its trace
		} {
			if got := s.OnCreateSpan(spanWithID(t, tc.id, tc.name)); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("%d: %+v, want %+v", i, got, tc.want)
			}
		}
		span := spanWithID(t, sampledAtHalf, "op")
		if got := s.OnSetOperationName(span, "new"); !got.Sample || got.Retryable {
			t.Errorf("a name: %+v", got)
		}
		for _, got := range []jaeger.SamplingDecision{s.OnSetTag(span, "k", 1), s.OnFinishSpan(span)} {
			if got.Sample || !got.Retryable {
				t.Errorf("%+v", got)
			}
		}
		if sampled, tags := s.IsSampled(jaeger.TraceID{}, "op"); sampled || tags != nil || s.Equal(s) {
			t.Error("the sampler answers as a Sampler")
		}
		s.Close()
	}
}

// Beyond MaxOperations there is the probability alone.
func TestPerOperationSamplerMaxOperations(t *testing.T) {
	s := perOperation(jaeger.PerOperationSamplerParams{MaxOperations: 1, Strategies: strategies(0.5, 2, "op", 0.1)})
	tracer := tracerWithID(t, missedAtHalf, s)
	if !start(tracer, "op").SpanContext().IsSampled() || start(tracer, "new").SpanContext().IsSampled() {
		t.Error("not as the strategy says")
	}
}

func TestPerOperationSamplerString(t *testing.T) {
	s := perOperation(jaeger.PerOperationSamplerParams{MaxOperations: 10, Strategies: strategies(0.5, 2, "op", 1.0, "a", 0.0)})
	want := "PerOperationSampler(defaultSampler=ProbabilisticSampler(samplingRate=0.5), lowerBound=2.000000, " +
		"maxOperations=10, operationNameLateBinding=false, numOperations=2,\nsamplers=[\n" +
		"(operationName=a, sampler=GuaranteedThroughputProbabilisticSampler(lowerBound=2.000000, samplingRate=0.000000))\n" +
		"(operationName=op, sampler=GuaranteedThroughputProbabilisticSampler(lowerBound=2.000000, samplingRate=1.000000))])"
	if got := s.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// What kills jaeger-client-go is skipped, and rates out of range are the nearest in it.
func TestPerOperationSamplerOddStrategies(t *testing.T) {
	odd := strategies(math.NaN(), -1, "high", 1.4, "low", -0.1)
	odd.PerOperationStrategies = append(odd.PerOperationStrategies, nil, &sampling.OperationSamplingStrategy{Operation: "bare"})
	for s, want := range map[*jaeger.PerOperationSampler]string{
		perOperation(jaeger.PerOperationSamplerParams{}):                                  "numOperations=0",
		perOperation(jaeger.PerOperationSamplerParams{MaxOperations: -1}):                 "maxOperations=2000",
		perOperation(jaeger.PerOperationSamplerParams{Strategies: odd}):                   "numOperations=2",
		perOperation(jaeger.PerOperationSamplerParams{Strategies: strategies(7, 2e9)}):    "samplingRate=1)",
		perOperation(jaeger.PerOperationSamplerParams{Strategies: odd, MaxOperations: 1}): "samplingRate=1.000000",
	} {
		if got := s.String(); !strings.Contains(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// With late binding a trace waits for the first new name of one of its spans.
func TestPerOperationSamplerLateBinding(t *testing.T) {
	remote := jaeger.NewRemotelyControlledSampler("orders", jaeger.SamplerOptions.InitialSampler(lateBinding()),
		jaeger.SamplerOptions.OperationNameLateBinding(true))
	remote.Close()
	own := &wrapped{RemotelyControlledSampler: remote}
	for _, s := range []jaeger.Sampler{lateBinding(), remote, own} {
		tracer, memory := newTracer(t, s)
		state := func(span opentracing.Span) string {
			c := span.Context().(jaeger.SpanContext)
			return fmt.Sprintf("sampled=%t final=%t", c.IsSampled(), c.IsSamplingFinalized())
		}
		expect := func(span opentracing.Span, want string) {
			t.Helper()
			if got := state(span); got != want {
				t.Errorf("%T: %s, want %s", s, got, want)
			}
		}
		renamed := tracer.StartSpan("never")
		expect(renamed, "sampled=false final=false")
		renamed.SetTag("k", "v")
		expect(renamed, "sampled=false final=false")
		renamed.SetOperationName("always")
		expect(renamed, "sampled=true final=true")
		renamed.Finish()
		if tags := renamed.(*jaeger.Span).Tags(); tags["k"] != "v" || tags["sampler.type"] != "probabilistic" || tags["sampler.param"] != 1.0 {
			t.Errorf("%T: %v", s, tags)
		}

		parent := tracer.StartSpan("never")
		child := tracer.StartSpan("always", opentracing.ChildOf(parent.Context()))
		expect(child, "sampled=false final=false")
		child.SetOperationName("always") // it is the local root's name that decides
		expect(child, "sampled=false final=true")
		expect(parent, "sampled=false final=true")
		parent.SetOperationName("always")
		expect(parent, "sampled=false final=true")
		child.Finish()
		parent.Finish()

		tracer.StartSpan("never").Finish()
		tracer.StartSpan("always").Finish()
		if n := memory.SpansSubmitted(); n != 2 {
			t.Errorf("%T: %d spans, want those called always", s, n)
		}
	}
	if own.asked != 5 {
		t.Errorf("the program's sampler was asked about %d spans", own.asked)
	}
}

func lateBinding() *jaeger.PerOperationSampler {
	return perOperation(jaeger.PerOperationSamplerParams{OperationNameLateBinding: true, Strategies: strategies(0, 0, "never", 0.0, "always", 1.0)})
}

// wrapped is a sampler of the program's own, and so asked with spans.
type wrapped struct {
	*jaeger.RemotelyControlledSampler
	asked int
}

func (w *wrapped) OnCreateSpan(s *jaeger.Span) jaeger.SamplingDecision {
	w.asked++
	return w.RemotelyControlledSampler.OnCreateSpan(s)
}
