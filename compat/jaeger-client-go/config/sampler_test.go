// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/config"
)

func TestNewSampler(t *testing.T) {
	for _, tt := range []struct {
		c    config.SamplerConfig
		want string
	}{
		{config.SamplerConfig{Type: "const", Param: 1}, "ConstSampler(decision=true)"},
		{config.SamplerConfig{Type: "Const"}, "ConstSampler(decision=false)"},
		{config.SamplerConfig{Type: "probabilistic", Param: 0.5}, "ProbabilisticSampler(samplingRate=0.5)"},
		{config.SamplerConfig{Type: "probabilistic", Param: 1.5}, "invalid Param for probabilistic sampler; expecting value between 0 and 1, received 1.5"},
		{config.SamplerConfig{Type: "probabilistic", Param: math.NaN()}, "invalid Param for probabilistic sampler; expecting value between 0 and 1, received NaN"},
		{config.SamplerConfig{Type: "RateLimiting", Param: 2}, "RateLimitingSampler(maxTracesPerSecond=2)"},
		{config.SamplerConfig{Type: "remote", Param: -1}, "invalid Param for probabilistic sampler; expecting value between 0 and 1, received -1"},
		{config.SamplerConfig{Type: "sometimes"}, "unknown sampler type (sometimes)"},
	} {
		s, err := tt.c.NewSampler("orders", nil)
		if err != nil {
			if err.Error() != tt.want || s != nil {
				t.Errorf("%+v: %v, want %s", tt.c, err, tt.want)
			}
			continue
		}
		if got := fmt.Sprint(s); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.c, got, tt.want)
		}
		s.Close()
	}
}

func TestNewSamplerRemote(t *testing.T) {
	own := jaeger.NewRateLimitingSampler(1)
	for _, tt := range []struct {
		c    config.SamplerConfig
		want string
	}{
		{config.SamplerConfig{}, "ProbabilisticSampler(samplingRate=0.001)"}, // jaeger-client-go: 0
		{config.SamplerConfig{Type: "Remote", Param: 0.25}, "ProbabilisticSampler(samplingRate=0.25)"},
		{config.SamplerConfig{Options: []jaeger.SamplerOption{jaeger.SamplerOptions.InitialSampler(own)}}, own.String()},
	} {
		tt.c.SamplingServerURL = "http://127.0.0.1:1/"
		s, err := tt.c.NewSampler("orders", jaeger.NewNullMetrics())
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(s.(*jaeger.RemotelyControlledSampler).Sampler()); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.c, got, tt.want)
		}
		s.Close()
	}
}
