// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// GuaranteedThroughputProbabilisticSampler samples as a ProbabilisticSampler does and, if
// that is fewer, so many traces a second at least. The tags say which of both it was;
// sampler.param is the probability in both cases.
type GuaranteedThroughputProbabilisticSampler struct {
	probabilistic *ProbabilisticSampler
	bound         *RateLimitingSampler
	lowerBound    float64
	tags          []Tag // of traces that the bound samples
	frozen        []model.Tag
}

// NewGuaranteedThroughputProbabilisticSampler makes a sampler for so many traces a second
// at least, and a probability. A probability out of range counts as 0 or 1; the error is
// nil.
func NewGuaranteedThroughputProbabilisticSampler(lowerBound, samplingRate float64) (*GuaranteedThroughputProbabilisticSampler, error) {
	p := newProbabilisticSampler(samplingRate)
	tags := samplerTags(SamplerTypeLowerBound, p.SamplingRate())
	return &GuaranteedThroughputProbabilisticSampler{
		probabilistic: p, bound: NewRateLimitingSampler(lowerBound), lowerBound: lowerBound,
		tags: tags, frozen: spurTags(tags),
	}, nil
}

// IsSampled implements Sampler.
func (s *GuaranteedThroughputProbabilisticSampler) IsSampled(id TraceID, operation string) (bool, []Tag) {
	guaranteed, _ := s.bound.IsSampled(id, operation) // counts what the probability samples, too
	if sampled, tags := s.probabilistic.IsSampled(id, operation); sampled {
		return true, tags
	}
	return guaranteed, s.tags
}

// Close implements Sampler.
func (s *GuaranteedThroughputProbabilisticSampler) Close() {}

// Equal implements Sampler: false.
func (s *GuaranteedThroughputProbabilisticSampler) Equal(other Sampler) bool { return false }

// String describes the sampler.
func (s GuaranteedThroughputProbabilisticSampler) String() string {
	return guaranteedString(s.lowerBound, s.probabilistic.SamplingRate())
}

func guaranteedString(lowerBound, samplingRate float64) string {
	return fmt.Sprintf("GuaranteedThroughputProbabilisticSampler(lowerBound=%f, samplingRate=%f)", lowerBound, samplingRate)
}

func (s *GuaranteedThroughputProbabilisticSampler) spurSampler() sampler.Sampler {
	return askedGuaranteed{s}
}

// askedGuaranteed is the sampler as spur asks it.
type askedGuaranteed struct {
	*GuaranteedThroughputProbabilisticSampler
}

func (a askedGuaranteed) Sample(p sampler.Params) sampler.Decision {
	guaranteed := a.bound.asked.Sample(p).Sample
	if d := a.probabilistic.asked.Sample(p); d.Sample {
		return d
	}
	if !guaranteed {
		return sampler.Decision{}
	}
	return sampler.Decision{Sample: true, Tags: a.frozen}
}
