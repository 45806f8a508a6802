// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"

	"github.com/go-spur/spur/sampler"
)

// RateLimitingSampler samples so many traces a second, whichever come first. It saves up
// what one second brings, but never less than one trace. Its methods may be called from any
// goroutine.
type RateLimitingSampler struct {
	legacySamplerV1Base
	asked rateSampler
}

// NewRateLimitingSampler makes a sampler for up to maxTracesPerSecond, which may be a
// fraction: 0.1 is one trace in ten seconds. 0 and less never sample. More than
// sampler.MaxTracesPerSecond of spur count as that.
func NewRateLimitingSampler(maxTracesPerSecond float64) *RateLimitingSampler {
	s := &RateLimitingSampler{}
	s.delegate = s.IsSampled
	s.Update(maxTracesPerSecond)
	return s
}

// IsSampled implements Sampler.
func (s *RateLimitingSampler) IsSampled(id TraceID, operation string) (bool, []Tag) {
	return s.asked.isSampled(id)
}

// Update changes the rate. What is saved up stays in proportion.
func (s *RateLimitingSampler) Update(maxTracesPerSecond float64) {
	old := s.asked.current.Load()
	if old != nil && old.rate == maxTracesPerSecond {
		return
	}
	strategy := sampler.Strategy{
		Type:            sampler.StrategyRateLimiting,
		TracesPerSecond: clamp(maxTracesPerSecond, sampler.MaxTracesPerSecond),
	}
	var before sampler.Sampler
	if old != nil {
		before = old.Sampler
	}
	next, _ := strategy.Sampler(before, 0) // in range
	s.asked.current.Store(&rated{next, maxTracesPerSecond, samplerTags(SamplerTypeRateLimiting, maxTracesPerSecond)})
}

// Close implements Sampler.
func (s *RateLimitingSampler) Close() {}

// Equal implements Sampler.
func (s *RateLimitingSampler) Equal(other Sampler) bool {
	o, ok := other.(*RateLimitingSampler)
	return ok && s.asked.load().rate == o.asked.load().rate
}

// String describes the sampler.
func (s *RateLimitingSampler) String() string {
	return fmt.Sprintf("RateLimitingSampler(maxTracesPerSecond=%v)", s.asked.load().rate)
}

func (s *RateLimitingSampler) spurSampler() sampler.Sampler { return &s.asked }
