// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"

	"github.com/go-spur/spur/sampler"
)

// ConstSampler always decides the same.
type ConstSampler struct {
	legacySamplerV1Base
	Decision bool
	tags     []Tag
}

// NewConstSampler makes a ConstSampler that samples all traces, or none.
func NewConstSampler(sample bool) *ConstSampler {
	s := &ConstSampler{
		Decision: sample,
		tags:     []Tag{NewTag(SamplerTypeTagKey, SamplerTypeConst), NewTag(SamplerParamTagKey, sample)},
	}
	s.delegate = s.IsSampled
	return s
}

// IsSampled implements Sampler.
func (s *ConstSampler) IsSampled(id TraceID, operation string) (bool, []Tag) {
	return s.Decision, s.tags
}

// Close implements Sampler.
func (s *ConstSampler) Close() {}

// Equal implements Sampler.
func (s *ConstSampler) Equal(other Sampler) bool {
	o, ok := other.(*ConstSampler)
	return ok && s.Decision == o.Decision
}

// String describes the sampler.
func (s *ConstSampler) String() string { return fmt.Sprintf("ConstSampler(decision=%t)", s.Decision) }

func (s *ConstSampler) spurSampler() sampler.Sampler { return sampler.NewConst(s.Decision) }
