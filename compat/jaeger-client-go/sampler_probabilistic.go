// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"

	"github.com/go-spur/spur/sampler"
)

// ProbabilisticSampler samples a fraction of all traces: those whose trace id, of which the
// low 63 bits count, is small enough. Its methods may be called from any goroutine.
type ProbabilisticSampler struct {
	legacySamplerV1Base
	asked rateSampler
}

// NewProbabilisticSampler makes a sampler for a rate between 0, never, and 1, always. Any
// other rate is an error.
func NewProbabilisticSampler(samplingRate float64) (*ProbabilisticSampler, error) {
	s := newProbabilisticSampler(0)
	if err := s.Update(samplingRate); err != nil {
		return nil, err
	}
	return s, nil
}

// newProbabilisticSampler takes 0 or 1 for a rate that is out of range.
func newProbabilisticSampler(samplingRate float64) *ProbabilisticSampler {
	s := &ProbabilisticSampler{}
	s.delegate = s.IsSampled
	_ = s.Update(clamp(samplingRate, 1)) // in range
	return s
}

// SamplingRate returns the rate.
func (s *ProbabilisticSampler) SamplingRate() float64 { return s.asked.load().rate }

// IsSampled implements Sampler.
func (s *ProbabilisticSampler) IsSampled(id TraceID, operation string) (bool, []Tag) {
	return s.asked.isSampled(id)
}

// Update changes the rate. After an error it is what it was.
func (s *ProbabilisticSampler) Update(samplingRate float64) error {
	p, err := sampler.NewProbabilistic(samplingRate)
	if err != nil {
		return fmt.Errorf("Sampling Rate must be between 0.0 and 1.0, received %f", samplingRate)
	}
	s.asked.current.Store(&rated{p, samplingRate, samplerTags(SamplerTypeProbabilistic, samplingRate)})
	return nil
}

// Close implements Sampler.
func (s *ProbabilisticSampler) Close() {}

// Equal implements Sampler.
func (s *ProbabilisticSampler) Equal(other Sampler) bool {
	o, ok := other.(*ProbabilisticSampler)
	return ok && s.SamplingRate() == o.SamplingRate()
}

// String describes the sampler.
func (s *ProbabilisticSampler) String() string {
	return fmt.Sprintf("ProbabilisticSampler(samplingRate=%v)", s.SamplingRate())
}

func (s *ProbabilisticSampler) spurSampler() sampler.Sampler { return &s.asked }
