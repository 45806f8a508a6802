// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/log"
	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
)

// words parses an answer that is a word, and updates by it.
type words struct {
	name  string
	calls *[]string
}

func (w words) Parse(answer []byte) (any, error) {
	switch string(answer) {
	case "unreadable":
		return nil, errors.New("cannot read it")
	case "panic in the parser":
		panic("unhappy")
	}
	return string(answer), nil
}

func (w words) Update(current jaeger.SamplerV2, strategy any) (jaeger.SamplerV2, error) {
	*w.calls = append(*w.calls, fmt.Sprintf("%s: %v", w.name, strategy))
	switch strategy {
	case "refused":
		return nil, errors.New("refused")
	case "panic in an updater":
		panic("boom")
	case w.name:
		return &countingSampler{}, nil
	}
	return nil, nil
}

// countingSampler is a SamplerV2 of the program's own. Updaters may change it: nobody asks
// it meanwhile.
type countingSampler struct {
	jaeger.SamplerV2Base
	asked int
}

func (c *countingSampler) answer() jaeger.SamplingDecision {
	c.asked++
	return jaeger.SamplingDecision{Sample: true, Tags: []jaeger.Tag{jaeger.NewTag("asked", c.asked)}}
}
func (c *countingSampler) OnCreateSpan(*jaeger.Span) jaeger.SamplingDecision { return c.answer() }
func (c *countingSampler) OnSetOperationName(*jaeger.Span, string) jaeger.SamplingDecision {
	return c.answer()
}

func (c *countingSampler) OnSetTag(*jaeger.Span, string, any) jaeger.SamplingDecision {
	return c.answer()
}
func (c *countingSampler) OnFinishSpan(*jaeger.Span) jaeger.SamplingDecision { return c.answer() }

// evenSampler is a Sampler of the program's own, of the old kind.
type evenSampler struct{ closed int }

func (*evenSampler) IsSampled(id jaeger.TraceID, name string) (bool, []jaeger.Tag) {
	return id.Low%2 == 0, []jaeger.Tag{jaeger.NewTag("even", name)}
}
func (e *evenSampler) Close()                  { e.closed++ }
func (*evenSampler) Equal(jaeger.Sampler) bool { return false }

// Pieces of the program's own are called in order. What panics is a failure.
func TestRemotelyControlledSamplerCustom(t *testing.T) {
	var calls []string
	a, counted, logger := &answering{}, newCounters(), &log.BytesBufferLogger{}
	s := manual(
		jaeger.SamplerOptions.InitialSampler(&evenSampler{}), jaeger.SamplerOptions.Logger(logger),
		jaeger.SamplerOptions.Metrics(jaeger.NewMetrics(counted, nil)), jaeger.SamplerOptions.SamplingStrategyFetcher(a),
		jaeger.SamplerOptions.SamplingStrategyParser(words{}),
		jaeger.SamplerOptions.Updaters(words{"one", &calls}, words{"two", &calls}))
	tracer := tracerWithID(t, 2, s)
	if got := start(tracer, "op").Tags(); got["even"] != "op" {
		t.Errorf("at first: %v", got)
	}
	for _, tc := range []struct {
		answer string
		calls  []string
		log    string
	}{
		{"unreadable", nil, "failed to parse sampling strategy response: cannot read it"},
		{"panic in the parser", nil, "failed to parse sampling strategy response: the parser panicked: unhappy"},
		{"refused", []string{"one: refused"}, "failed to handle sampling strategy response [114 101 102 117 115 101 100]. Got error: refused"},
		{"panic in an updater", []string{"one: panic in an updater"}, "Got error: an updater panicked: boom"},
		{"three", []string{"one: three", "two: three"}, "Got error: unsupported sampling strategy three"},
	} {
		calls, a.body = nil, tc.answer
		logger.Flush()
		s.UpdateSampler()
		if !reflect.DeepEqual(calls, tc.calls) || !strings.Contains(logger.String(), tc.log) {
			t.Errorf("%s: calls %q, log %s", tc.answer, calls, logger)
		}
		if got := start(tracer, "op").Tags(); got["even"] != "op" {
			t.Errorf("%s: %v", tc.answer, got)
		}
	}
	a.body = "two"
	s.UpdateSampler()
	if _, ok := s.Sampler().(*countingSampler); !ok {
		t.Errorf("%T", s.Sampler())
	}
	if got := start(tracer, "op").Tags(); got["asked"] != int64(1) && got["asked"] != 1 {
		t.Errorf("at last: %v", got)
	}
	want := "sampler_queries|result=ok 4\nsampler_updates|result=err 5\nsampler_updates|result=ok 1"
	if got := counted.String(); got != want {
		t.Errorf("counted\n%s\nwant\n%s", got, want)
	}
}

type panickingFetcher struct{}

func (panickingFetcher) Fetch(string) ([]byte, error) { panic(errors.New("boom")) }

func TestRemotelyControlledSamplerFetcherPanics(t *testing.T) {
	logger := &log.BytesBufferLogger{}
	s := manual(jaeger.SamplerOptions.Logger(logger), jaeger.SamplerOptions.SamplingStrategyFetcher(panickingFetcher{}))
	s.UpdateSampler()
	if got := logger.String(); got != "INFO: failed to fetch sampling strategy: the fetcher panicked: boom\n" {
		t.Error(got)
	}
}

// The updaters are for programs, too.
func TestUpdaters(t *testing.T) {
	rate := &sampling.SamplingStrategyResponse{ProbabilisticSampling: &sampling.ProbabilisticSamplingStrategy{SamplingRate: 1.5}}
	limit := &sampling.SamplingStrategyResponse{
		StrategyType:         sampling.SamplingStrategyType_RATE_LIMITING,
		RateLimitingSampling: &sampling.RateLimitingSamplingStrategy{MaxTracesPerSecond: 3},
		OperationSampling:    strategies(1, 0),
	}
	operations := &sampling.SamplingStrategyResponse{OperationSampling: strategies(1, 0)}
	for i, tc := range []struct {
		updater  jaeger.SamplerUpdater
		current  jaeger.SamplerV2
		strategy any
		want     string
	}{
		{&jaeger.ProbabilisticSamplerUpdater{}, nil, rate, "ProbabilisticSampler(samplingRate=1) <nil>"},
		{&jaeger.ProbabilisticSamplerUpdater{}, probabilistic(t, 0.5), rate, "<nil> Sampling Rate must be between 0.0 and 1.0, received 1.500000"},
		{&jaeger.ProbabilisticSamplerUpdater{}, nil, limit, "<nil> <nil>"},
		{&jaeger.ProbabilisticSamplerUpdater{}, nil, "something", "<nil> <nil>"},
		{&jaeger.RateLimitingSamplerUpdater{}, nil, limit, "RateLimitingSampler(maxTracesPerSecond=3) <nil>"},
		{&jaeger.RateLimitingSamplerUpdater{}, nil, rate, "<nil> <nil>"},
		{&jaeger.RateLimitingSamplerUpdater{}, nil, nil, "<nil> <nil>"},
		{&jaeger.AdaptiveSamplerUpdater{}, nil, rate, "<nil> <nil>"},
		{&jaeger.AdaptiveSamplerUpdater{}, nil, limit, "<nil> <nil>"},
		{&jaeger.AdaptiveSamplerUpdater{}, nil, 7, "<nil> <nil>"},
		{&jaeger.AdaptiveSamplerUpdater{MaxOperations: 3, OperationNameLateBinding: true}, nil, operations, "PerOperationSampler(defaultSampler=ProbabilisticSampler(samplingRate=1), lowerBound=0.000000, maxOperations=3, operationNameLateBinding=true, numOperations=0,\nsamplers=[]) <nil>"},
	} {
		updated, err := tc.updater.Update(tc.current, tc.strategy)
		if got := fmt.Sprint(updated, " ", err); got != tc.want {
			t.Errorf("%d: %s, want %s", i, got, tc.want)
		}
	}
}
