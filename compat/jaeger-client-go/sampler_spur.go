// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// nativeSampler is a sampler of this package that spur can ask by itself.
type nativeSampler interface {
	// spurSampler returns what spur asks, or nil if the sampler must see spans.
	spurSampler() sampler.Sampler
}

// asNative tells the samplers of this package from the program's that embed one.
func asNative(s any) (n nativeSampler, ok bool) {
	switch s.(type) {
	case *ConstSampler, *ProbabilisticSampler, *RateLimitingSampler, *GuaranteedThroughputProbabilisticSampler,
		*PerOperationSampler, *RemotelyControlledSampler:
		n, ok = s.(nativeSampler)
	}
	return n, ok
}

// spurSampler returns what spur asks about new traces. late is not nil if the sampler must
// be asked with spans: spur then leaves traces undecided. A sampler that panics does not
// sample.
func (t *Tracer) spurSampler(s Sampler) (asked sampler.Sampler, late SamplerV2) {
	if n, ok := asNative(s); ok {
		if !t.guard("a sampler", func() { asked = n.spurSampler() }) { // a nil pointer
			return sampler.NewConst(false), nil
		}
		if asked != nil {
			return asked, nil
		}
	}
	if _, ok := s.(SamplerV2); !ok && len(t.custom) == 0 {
		return plainSampler{s}, nil
	}
	return undecided{s}, t.sampler // keeps the tags as they are, for reporters of the program's own
}

// statusOf is what spur's Stats say of a sampler.
func statusOf(asked sampler.Sampler) sampler.Status {
	if s, ok := asked.(sampler.Statuser); ok {
		return s.Status()
	}
	return sampler.Status{Type: "custom", Description: sampler.Describe(asked)}
}

// samplerV1toV2 returns a sampler as Tracer.Sampler shows it. To close a Sampler that is no
// SamplerV2 is left to the program.
func samplerV1toV2(s Sampler) SamplerV2 {
	if v2, ok := s.(SamplerV2); ok {
		return v2
	}
	return &legacySamplerV1Base{s.IsSampled}
}

// describe is what spur calls a sampler of the program's own.
func describe(s Sampler) string {
	if text, ok := s.(fmt.Stringer); ok {
		return text.String()
	}
	return fmt.Sprintf("%T", s)
}

// plainSampler is a Sampler as spur asks it.
type plainSampler struct{ sampler Sampler }

// Sample implements spur's sampler.Sampler.
func (p plainSampler) Sample(params sampler.Params) sampler.Decision {
	sampled, tags := p.sampler.IsSampled(TraceID(params.TraceID), params.Operation)
	if !sampled {
		return sampler.Decision{}
	}
	return sampler.Decision{Sample: true, Tags: spurTags(tags)}
}

// String describes the sampler for spur.
func (p plainSampler) String() string { return describe(p.sampler) }

// undecided leaves each trace to the sampler, which Span.ask asks.
type undecided struct{ sampler Sampler }

// String describes the sampler for spur.
func (u undecided) String() string { return describe(u.sampler) }

func (undecided) Sample(sampler.Params) sampler.Decision {
	return sampler.Decision{Undecided: true}
}

func (undecided) SampleState(sampler.Params) (sampler.Decision, any) {
	return sampler.Decision{Undecided: true}, &lateState{}
}

func (undecided) Reconsider(sampler.Event) sampler.Decision {
	return sampler.Decision{Undecided: true}
}

func (u undecided) Self() sampler.Sampler { return u }

func spurDecision(sample bool) sampler.Decision { return sampler.Decision{Sample: sample} }

// spurTags freezes a sampler's tags.
func spurTags(tags []Tag) []model.Tag {
	frozen := make([]model.Tag, 0, len(tags))
	for _, tag := range tags {
		frozen = append(frozen, model.Tag{Key: tag.key, Value: spur.Freeze(tag.value)})
	}
	return frozen
}

// thawTags is the reverse of spurTags.
func thawTags(frozen []model.Tag) []Tag {
	if len(frozen) == 0 {
		return nil
	}
	tags := make([]Tag, len(frozen))
	for i, tag := range frozen {
		tags[i] = Tag{key: tag.Key, value: tag.Value.Any()}
	}
	return tags
}
