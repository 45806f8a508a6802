// SPDX-License-Identifier: Apache-2.0

package x

import (
	"fmt"

	"github.com/uber/jaeger-client-go"
)

var _ jaeger.SamplerV2 = (*TagMatchingSampler)(nil)

// TagMatcher is one value that a TagMatchingSampler looks for.
type TagMatcher struct {
	TagValue interface{} `json:"value"`
	Firehose bool        `json:"firehose"` // set the trace's firehose flag as well
}

// TagMatchingSampler samples a trace when a tag with a certain key gets one of certain
// values, on any of its spans in this process. Until then it is undecided. The sampled
// span is tagged with sampler.type=TagMatchingSampler and sampler.param=key=value.
//
// Numbers are compared by value, whatever their type, and so are types made of a string,
// a bool or a number. Values that Go cannot compare, such as slices, match nothing.
type TagMatchingSampler struct {
	jaeger.SamplerV2Base

	key     string
	matches map[interface{}]match // by normalized value
}

// match is what follows from a value.
type match struct {
	decision jaeger.SamplingDecision
	firehose bool
}

func undecided() jaeger.SamplingDecision { return jaeger.SamplingDecision{Retryable: true} }

// NewTagMatchingSampler returns a sampler that looks for these values of a tag. Of two
// matchers for one value the later one counts.
func NewTagMatchingSampler(tagKey string, matchers []TagMatcher) *TagMatchingSampler {
	s := &TagMatchingSampler{key: tagKey, matches: make(map[interface{}]match, len(matchers))}
	for _, m := range matchers {
		value, ok := normalized(m.TagValue)
		if !ok {
			continue
		}
		s.matches[value] = match{jaeger.SamplingDecision{Sample: true, Tags: []jaeger.Tag{
			jaeger.NewTag("sampler.type", "TagMatchingSampler"),
			jaeger.NewTag("sampler.param", fmt.Sprintf("%s=%v", tagKey, m.TagValue)),
		}}, m.Firehose}
	}
	return s
}

// OnCreateSpan implements jaeger.SamplerV2.
func (s *TagMatchingSampler) OnCreateSpan(*jaeger.Span) jaeger.SamplingDecision { return undecided() }

// OnSetOperationName implements jaeger.SamplerV2.
func (s *TagMatchingSampler) OnSetOperationName(*jaeger.Span, string) jaeger.SamplingDecision {
	return undecided()
}

// OnSetTag implements jaeger.SamplerV2. Start tags come this way, too.
func (s *TagMatchingSampler) OnSetTag(span *jaeger.Span, key string, value interface{}) jaeger.SamplingDecision {
	if key != s.key {
		return undecided()
	}
	value, ok := normalized(value)
	if !ok {
		return undecided()
	}
	m, ok := s.matches[value]
	if !ok {
		return undecided()
	}
	if m.firehose {
		span.SpanContext().SetFirehose()
	}
	return m.decision
}

// OnFinishSpan implements jaeger.SamplerV2.
func (s *TagMatchingSampler) OnFinishSpan(*jaeger.Span) jaeger.SamplingDecision { return undecided() }
