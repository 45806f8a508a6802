// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/log"

	"github.com/go-spur/spur/spurtest"
)

// answering is a fetcher whose answer a test sets.
type answering struct {
	body string
	err  error
}

func (a *answering) Fetch(string) ([]byte, error) { return []byte(a.body), a.err }

// manual makes a sampler that asks only when UpdateSampler is called.
func manual(options ...jaeger.SamplerOption) *jaeger.RemotelyControlledSampler {
	s := jaeger.NewRemotelyControlledSampler("orders", options...)
	s.Close()
	return s
}

// Each answer is counted, logged and obeyed as jaeger-client-go does it, but for those that
// it cannot read.
func TestRemotelyControlledSamplerAnswers(t *testing.T) {
	const (
		ok       = "sampler_queries|result=ok 1\nsampler_updates|result=ok 1"
		unparsed = "sampler_updates|result=err 1"
		unusable = "sampler_queries|result=ok 1\nsampler_updates|result=err 1"
		initial  = "ProbabilisticSampler(samplingRate=0.001)"
		limited  = "RateLimitingSampler(maxTracesPerSecond=3)"
	)
	for _, tc := range []struct{ answer, counted, sampler, log string }{
		{`{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.5}}`, ok, "ProbabilisticSampler(samplingRate=0.5)", "DEBUG: sampler updated: ProbabilisticSampler(samplingRate=0.5)"},
		{`{"probabilisticSampling":{"samplingRate":0.5}}`, ok, "ProbabilisticSampler(samplingRate=0.5)", ""},
		{`{"strategyType":0,"probabilisticSampling":{"samplingRate":0.5}}`, ok, "ProbabilisticSampler(samplingRate=0.5)", ""},
		{`{"strategyType":null,"rateLimitingSampling":{"maxTracesPerSecond":3}}`, ok, limited, ""},
		{`{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":3}}`, ok, limited, ""},
		{`{"strategyType":"rate_limiting","rateLimitingSampling":{"maxTracesPerSecond":3}}`, ok, limited, ""},
		{`{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":3},"operationSampling":{"defaultSamplingProbability":1}}`, ok, limited, ""},
		{`{"rateLimitingSampling":{"maxTracesPerSecond":1e9}}`, ok, "RateLimitingSampler(maxTracesPerSecond=32767)", ""},
		{`{"rateLimitingSampling":{"maxTracesPerSecond":-1e9}}`, ok, "RateLimitingSampler(maxTracesPerSecond=-32768)", ""},
		{`{"operationSampling":{"defaultSamplingProbability":1.1,"perOperationStrategies":null}}`, ok, "PerOperationSampler(defaultSampler=ProbabilisticSampler(samplingRate=1), lowerBound=0.000000, maxOperations=7, operationNameLateBinding=false, numOperations=0,\nsamplers=[])", ""},
		{`{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1.5}}`, unusable, initial, "INFO: failed to handle sampling strategy response [123 34 "},
		{`{"operationSampling":{"perOperationStrategies":[null]}}`, unusable, initial, "Got error: perOperationStrategies[0] has no probabilisticSampling"},
		{`{"operationSampling":{"perOperationStrategies":[{"operation":"a","probabilisticSampling":{"samplingRate":1}},{"operation":"b"}]}}`, unusable, initial, "perOperationStrategies[1]"},
		{`{}`, unusable, initial, "Got error: unsupported sampling strategy SamplingStrategyResponse({"},
		{`null`, unusable, initial, ""},
		{`[]`, unparsed, initial, "INFO: failed to parse sampling strategy response: json: cannot unmarshal array"},
		{``, unparsed, initial, "unexpected end of JSON input"},
		{`<html>`, unparsed, initial, ""},
		{strings.Repeat(`{"operationSampling":`, 20000), unparsed, initial, ""},
		{`{"strategyType":"FOO"}`, unparsed, initial, "not a valid SamplingStrategyType string\n"},
		{`{"rateLimitingSampling":{"maxTracesPerSecond":0.5}}`, unparsed, initial, "maxTracesPerSecond 0.5 is not a whole number"},
		{`{"strategyType":7}`, unparsed, initial, ""},
		{`{"probabilisticSampling":{"samplingRate":"much"}}`, unparsed, initial, ""},
	} {
		counted, logger := newCounters(), &log.BytesBufferLogger{}
		s := manual(
			jaeger.SamplerOptions.Metrics(jaeger.NewMetrics(counted, nil)), jaeger.SamplerOptions.Logger(logger),
			jaeger.SamplerOptions.MaxOperations(7), jaeger.SamplerOptions.SamplingStrategyFetcher(&answering{body: tc.answer}))
		s.UpdateSampler()
		if got := counted.String(); got != tc.counted {
			t.Errorf("%.90s: counted\n%s\nwant\n%s", tc.answer, got, tc.counted)
		}
		if got := fmt.Sprint(s.Sampler()); got != tc.sampler {
			t.Errorf("%.90s: %s, want %s", tc.answer, got, tc.sampler)
		}
		if got := logger.String(); !strings.Contains(got, tc.log) || len(got) > 2000 {
			t.Errorf("%.90s: logged %.2000s", tc.answer, got)
		}
	}
}

// An update changes the sampler in force where it can, and tracers notice.
func TestRemotelyControlledSamplerInForce(t *testing.T) {
	first := probabilistic(t, 0)
	a := &answering{}
	s := manual(jaeger.SamplerOptions.InitialSampler(first), jaeger.SamplerOptions.SamplingStrategyFetcher(a))
	one, two := tracerWithID(t, missedAtHalf, s), tracerWithID(t, missedAtHalf, s)
	for i, tc := range []struct {
		answer  string
		same    bool // as the one before
		sampled bool
	}{
		{`{"probabilisticSampling":{"samplingRate":1}}`, true, true},
		{`{"probabilisticSampling":{"samplingRate":0.5}}`, true, false},
		{`{"rateLimitingSampling":{"maxTracesPerSecond":1}}`, false, true},
		{`{"rateLimitingSampling":{"maxTracesPerSecond":0}}`, true, false},
		{`{"operationSampling":{"defaultSamplingProbability":1}}`, false, true},
		{`{"operationSampling":{"defaultSamplingProbability":0}}`, true, false},
		{`{"operationSampling":{"perOperationStrategies":[{"operation":"op","probabilisticSampling":{"samplingRate":1}}]}}`, true, true},
		{`{"probabilisticSampling":{"samplingRate":0}}`, false, false},
	} {
		before := s.Sampler()
		a.body = tc.answer
		s.UpdateSampler()
		if same := s.Sampler() == before; same != tc.same {
			t.Errorf("%d: the same %t, want %t", i, same, tc.same)
		}
		tracer := one
		if i%2 == 1 {
			tracer = two
		}
		if got := start(tracer, "op").SpanContext(); got.IsSampled() != tc.sampled || !got.IsSamplingFinalized() {
			t.Errorf("%d: %v, want %t", i, got, tc.sampled)
		}
	}
	if sampled, tags := s.IsSampled(jaeger.TraceID{}, ""); sampled || tags != nil || s.Equal(s) {
		t.Error("the sampler answers as a Sampler")
	}
}

// What an operation has saved up, and what was learned, survives an update.
func TestRemotelyControlledSamplerKeepsWhatItLearned(t *testing.T) {
	a := &answering{body: `{"operationSampling":{"defaultLowerBoundTracesPerSecond":1e-6,"perOperationStrategies":[{"operation":"op","probabilisticSampling":{"samplingRate":0}}]}}`}
	s := manual(jaeger.SamplerOptions.SamplingStrategyFetcher(a))
	tracer := tracerWithID(t, missedAtHalf, s)
	for i, want := range []bool{true, false} {
		s.UpdateSampler()
		for _, name := range []string{"op", "learned"} {
			if got := start(tracer, name).SpanContext().IsSampled(); got != want {
				t.Errorf("%d, %s: %t", i, name, got)
			}
		}
	}
}

func TestRemotelyControlledSamplerFetchFails(t *testing.T) {
	counted, logger := newCounters(), &log.BytesBufferLogger{}
	s := manual(
		jaeger.SamplerOptions.Metrics(jaeger.NewMetrics(counted, nil)), jaeger.SamplerOptions.Logger(logger),
		jaeger.SamplerOptions.SamplingStrategyFetcher(&answering{err: errors.New("no " + strings.Repeat("x", 5000))}))
	s.UpdateSampler()
	if got := counted.String(); got != "sampler_queries|result=err 1" {
		t.Error(got)
	}
	if got := logger.String(); !strings.HasPrefix(got, "INFO: failed to fetch sampling strategy: no xxx") || len(got) > 1200 {
		t.Error(got)
	}
	s.Close()
	if got := logger.String(); !strings.HasSuffix(got, "ERROR: Repeated attempt to close the sampler is ignored\n") {
		t.Error(got)
	}
}

// hanging is a fetcher that does not return until it is released.
type hanging struct{ entered, release chan struct{} }

func (h *hanging) Fetch(string) ([]byte, error) {
	h.entered <- struct{}{}
	<-h.release
	return []byte(`{"probabilisticSampling":{"samplingRate":1}}`), nil
}

// A fetcher that hangs is left behind by Close, and what it returns later does not count.
func TestRemotelyControlledSamplerCloseLeavesBehind(t *testing.T) {
	spurtest.CheckLeaks(t)
	h := &hanging{make(chan struct{}), make(chan struct{})}
	counted := newCounters()
	s := jaeger.NewRemotelyControlledSampler("orders", jaeger.SamplerOptions.SamplingStrategyFetcher(h),
		jaeger.SamplerOptions.Metrics(jaeger.NewMetrics(counted, nil)), jaeger.SamplerOptions.SamplingRefreshInterval(time.Millisecond))
	<-h.entered
	began := time.Now()
	s.Close()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("Close took %v", took)
	}
	close(h.release)
	if got := counted.String() + fmt.Sprint(s.Sampler()); got != "ProbabilisticSampler(samplingRate=0.001)" {
		t.Error(got)
	}
}

func TestRemotelyControlledSamplerConcurrentSafe(t *testing.T) {
	spurtest.CheckLeaks(t)
	s := jaeger.NewRemotelyControlledSampler("orders", jaeger.SamplerOptions.SamplingRefreshInterval(time.Millisecond),
		jaeger.SamplerOptions.SamplingStrategyFetcher(&answering{body: `{"probabilisticSampling":{"samplingRate":0.5}}`}))
	tracer, _ := newTracer(t, s)
	var wg sync.WaitGroup
	for _, f := range []func(){
		s.UpdateSampler, func() { s.Sampler() }, func() { start(tracer, "op").Finish() },
		func() { s.OnCreateSpan(start(tracer, "op")) }, func() { s.OnSetOperationName(start(tracer, "op"), "b") },
	} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 200 {
				f()
			}
		}()
	}
	wg.Wait()
}
