// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strings"

	"github.com/uber/jaeger-client-go"
)

// defaultProbability is the share of traces that remote samples until it has been told.
const defaultProbability = 0.001

// NewSampler makes the sampler. One of type remote counts in metrics, which may be nil,
// and must be closed.
func (sc *SamplerConfig) NewSampler(serviceName string, metrics *jaeger.Metrics) (jaeger.Sampler, error) {
	switch strings.ToLower(sc.Type) {
	case jaeger.SamplerTypeConst:
		return jaeger.NewConstSampler(sc.Param != 0), nil
	case jaeger.SamplerTypeProbabilistic:
		return probabilistic(sc.Param)
	case jaeger.SamplerTypeRateLimiting:
		return jaeger.NewRateLimitingSampler(sc.Param), nil
	case jaeger.SamplerTypeRemote, "":
		return sc.newRemote(serviceName, metrics)
	}
	return nil, fmt.Errorf("unknown sampler type (%s)", sc.Type)
}

func (sc *SamplerConfig) newRemote(serviceName string, metrics *jaeger.Metrics) (jaeger.Sampler, error) {
	param := sc.Param
	if param == 0 {
		param = defaultProbability
	}
	initial, err := probabilistic(param)
	if err != nil {
		return nil, err
	}
	options := []jaeger.SamplerOption{
		jaeger.SamplerOptions.Metrics(metrics),
		jaeger.SamplerOptions.InitialSampler(initial),
		jaeger.SamplerOptions.SamplingServerURL(sc.SamplingServerURL),
		jaeger.SamplerOptions.MaxOperations(sc.MaxOperations),
		jaeger.SamplerOptions.OperationNameLateBinding(sc.OperationNameLateBinding),
		jaeger.SamplerOptions.SamplingRefreshInterval(sc.SamplingRefreshInterval),
	}
	return jaeger.NewRemotelyControlledSampler(serviceName, append(options, sc.Options...)...), nil
}

func probabilistic(param float64) (jaeger.Sampler, error) {
	if param >= 0 && param <= 1 { // and no NaN
		return jaeger.NewProbabilisticSampler(param)
	}
	return nil, fmt.Errorf("invalid Param for probabilistic sampler; expecting value between 0 and 1, received %v", param)
}
