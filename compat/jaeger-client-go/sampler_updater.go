// SPDX-License-Identifier: Apache-2.0

package jaeger

import "github.com/uber/jaeger-client-go/thrift-gen/sampling"

// nativeUpdaters reports whether the samplers that the updaters make can be asked by spur
// alone.
func nativeUpdaters(updaters []SamplerUpdater) bool {
	for _, u := range updaters {
		switch u.(type) {
		case *AdaptiveSamplerUpdater, *ProbabilisticSamplerUpdater, *RateLimitingSamplerUpdater:
		default:
			return false
		}
	}
	return true
}

// ProbabilisticSamplerUpdater makes a ProbabilisticSampler of strategies that have the method
// GetProbabilisticSampling of sampling.SamplingStrategyResponse.
type ProbabilisticSamplerUpdater struct{}

// Update implements SamplerUpdater. It changes a ProbabilisticSampler in place; a rate that
// is out of range is an error then, and elsewhere counts as 0 or 1.
func (u *ProbabilisticSamplerUpdater) Update(sampler SamplerV2, strategy any) (SamplerV2, error) {
	has, ok := strategy.(interface {
		GetProbabilisticSampling() *sampling.ProbabilisticSamplingStrategy
	})
	if !ok {
		return nil, nil
	}
	p := has.GetProbabilisticSampling()
	if p == nil {
		return nil, nil
	}
	if current, ok := sampler.(*ProbabilisticSampler); ok {
		if err := current.Update(p.SamplingRate); err != nil {
			return nil, err
		}
		return current, nil
	}
	return newProbabilisticSampler(p.SamplingRate), nil
}

// RateLimitingSamplerUpdater makes a RateLimitingSampler of strategies that have the method
// GetRateLimitingSampling of sampling.SamplingStrategyResponse.
type RateLimitingSamplerUpdater struct{}

// Update implements SamplerUpdater. It changes a RateLimitingSampler in place.
func (u *RateLimitingSamplerUpdater) Update(sampler SamplerV2, strategy any) (SamplerV2, error) {
	limit := rateLimitOf(strategy)
	if limit == nil {
		return nil, nil
	}
	rate := float64(limit.MaxTracesPerSecond)
	if current, ok := sampler.(*RateLimitingSampler); ok {
		current.Update(rate)
		return current, nil
	}
	return NewRateLimitingSampler(rate), nil
}

func rateLimitOf(strategy any) *sampling.RateLimitingSamplingStrategy {
	has, ok := strategy.(interface {
		GetRateLimitingSampling() *sampling.RateLimitingSamplingStrategy
	})
	if !ok {
		return nil
	}
	return has.GetRateLimitingSampling()
}

// AdaptiveSamplerUpdater makes a PerOperationSampler of strategies that have the method
// GetOperationSampling of sampling.SamplingStrategyResponse. Its fields are those of
// PerOperationSamplerParams.
type AdaptiveSamplerUpdater struct {
	MaxOperations            int
	OperationNameLateBinding bool
}

// Update implements SamplerUpdater. It changes a PerOperationSampler in place. An entry
// without a probability is an error. A strategy of type RATE_LIMITING that has a limit is
// left to RateLimitingSamplerUpdater: Jaeger adds the operations of its default strategy to
// every service.
func (u *AdaptiveSamplerUpdater) Update(sampler SamplerV2, strategy any) (SamplerV2, error) {
	has, ok := strategy.(interface {
		GetOperationSampling() *sampling.PerOperationSamplingStrategies
	})
	if !ok {
		return nil, nil
	}
	operations := has.GetOperationSampling()
	if operations == nil || isRateLimited(strategy) {
		return nil, nil
	}
	if current, ok := sampler.(*PerOperationSampler); ok {
		if err := current.update(operations); err != nil {
			return nil, err
		}
		return current, nil
	}
	if _, err := spurStrategy(operations); err != nil {
		return nil, err
	}
	return NewPerOperationSampler(PerOperationSamplerParams{
		MaxOperations: u.MaxOperations, OperationNameLateBinding: u.OperationNameLateBinding, Strategies: operations,
	}), nil
}

func isRateLimited(strategy any) bool {
	has, ok := strategy.(interface {
		GetStrategyType() sampling.SamplingStrategyType
	})
	return ok && has.GetStrategyType() == sampling.SamplingStrategyType_RATE_LIMITING && rateLimitOf(strategy) != nil
}
