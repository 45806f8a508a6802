// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"errors"
	"fmt"
	"testing"

	jaeger "github.com/uber/jaeger-client-go"
)

// Stats of the tracer behind say what samples, and how following a server goes.
func TestSamplerStats(t *testing.T) {
	guaranteed, err := jaeger.NewGuaranteedThroughputProbabilisticSampler(1, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	changed := jaeger.NewConstSampler(false)
	changed.Decision = true
	for _, tc := range []struct {
		sampler jaeger.Sampler
		want    string
	}{
		{changed, "const 1 parentbased(const(true))"},
		{probabilistic(t, 0.25), "probabilistic 0.25 parentbased(probabilistic(0.25))"},
		{jaeger.NewRateLimitingSampler(2), "ratelimiting 2 parentbased(ratelimiting(2))"},
		{guaranteed, "custom 0 parentbased(GuaranteedThroughputProbabilisticSampler(lowerBound=1.000000, samplingRate=0.500000))"},
		{&evenSampler{}, "custom 0 parentbased(*jaeger_test.evenSampler)"},
		{&recorder{}, "custom 0 parentbased(*jaeger_test.recorder)"},
		{lateBinding(), "peroperation 0 parentbased(peroperation(0, 2 operations))"},
		{manual(jaeger.SamplerOptions.SamplingServerURL("http://me:secret@host:5778/sampling?key=secret")), "probabilistic 0.001 parentbased(remote(probabilistic(0.001) from http://host:5778/sampling))"},
	} {
		tracer, _ := newTracer(t, tc.sampler)
		st := tracer.SpurTracer().Stats().Sampling
		if got := fmt.Sprint(st.Type, " ", st.Param, " ", st.Description); got != tc.want {
			t.Errorf("%s, want %s", got, tc.want)
		}
	}
}

func TestRemotelyControlledSamplerStats(t *testing.T) {
	a := &answering{err: errors.New("not yet")}
	s := manual(jaeger.SamplerOptions.SamplingStrategyFetcher(a))
	tracer, _ := newTracer(t, s)
	s.UpdateSampler()
	*a = answering{body: allOfThem}
	s.UpdateSampler()
	s.UpdateSampler()
	*a = answering{body: "{}"}
	s.UpdateSampler()
	st := tracer.SpurTracer().Stats().Sampling
	if st.Updated.IsZero() || st.Fetched != 2 || st.Failed != 2 || st.LastError == "not yet" || st.Source != "*jaeger_test.answering" || st.Param != 1 {
		t.Errorf("%+v", st)
	}
}
