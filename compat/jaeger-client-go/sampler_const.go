// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// ConstSampler samples all traces, or none.
type ConstSampler struct {
	legacySamplerV1Base
	Decision bool
	tags     []Tag
	frozen   []model.Tag // the same, as spur takes them
}

// NewConstSampler makes a ConstSampler that samples all traces, or none.
func NewConstSampler(sample bool) *ConstSampler {
	s := &ConstSampler{Decision: sample, tags: samplerTags(SamplerTypeConst, sample)}
	s.frozen = spurTags(s.tags)
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

func (s *ConstSampler) spurSampler() sampler.Sampler { return askedConst{s} }

// askedConst is a ConstSampler as spur asks it: Decision may change.
type askedConst struct{ *ConstSampler }

func (a askedConst) Sample(sampler.Params) sampler.Decision {
	if !a.Decision {
		return sampler.Decision{}
	}
	return sampler.Decision{Sample: true, Tags: a.frozen}
}

// Status implements spur's sampler.Statuser.
func (a askedConst) Status() sampler.Status { return sampler.NewConst(a.Decision).Status() }
