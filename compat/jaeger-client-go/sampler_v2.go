// SPDX-License-Identifier: Apache-2.0

package jaeger

// SamplingDecision is a SamplerV2's answer: whether to sample, and, with Retryable, whether
// to ask again when something more is known. Tags say why, for the span that was asked
// about. Once one answer samples, the trace is sampled.
type SamplingDecision struct {
	Sample    bool
	Retryable bool
	Tags      []Tag
}

// SamplerV2 decides about traces as their spans tell more of themselves. It is asked about
// each span of a local trace until a decision is not Retryable, on the goroutine that calls
// the span, and must not block.
type SamplerV2 interface {
	OnCreateSpan(span *Span) SamplingDecision
	OnSetOperationName(span *Span, operationName string) SamplingDecision
	OnSetTag(span *Span, key string, value any) SamplingDecision
	OnFinishSpan(span *Span) SamplingDecision
	// Close stops what the sampler does in the background.
	Close()
}

// SamplerV2Base makes a SamplerV2 that embeds it a Sampler as well, so that NewTracer takes
// it.
type SamplerV2Base struct{}

// IsSampled implements Sampler: false.
func (SamplerV2Base) IsSampled(id TraceID, operation string) (sampled bool, tags []Tag) {
	return false, nil
}

// Close implements Sampler.
func (SamplerV2Base) Close() {}

// Equal implements Sampler: false.
func (SamplerV2Base) Equal(other Sampler) bool { return false }

// legacySamplerV1Base makes a SamplerV2 of IsSampled: it decides when a trace begins, and at
// a new operation name if it is asked about one.
type legacySamplerV1Base struct {
	delegate func(id TraceID, operation string) (sampled bool, tags []Tag)
}

// OnCreateSpan implements SamplerV2.
func (s *legacySamplerV1Base) OnCreateSpan(span *Span) SamplingDecision {
	return s.OnSetOperationName(span, span.OperationName())
}

// OnSetOperationName implements SamplerV2.
func (s *legacySamplerV1Base) OnSetOperationName(span *Span, operationName string) SamplingDecision {
	sampled, tags := s.delegate(span.SpanContext().TraceID(), operationName)
	return SamplingDecision{Sample: sampled, Tags: tags}
}

// OnSetTag implements SamplerV2: a tag changes nothing.
func (*legacySamplerV1Base) OnSetTag(span *Span, key string, value any) SamplingDecision {
	return SamplingDecision{Retryable: true}
}

// OnFinishSpan implements SamplerV2: the end changes nothing.
func (*legacySamplerV1Base) OnFinishSpan(span *Span) SamplingDecision {
	return SamplingDecision{Retryable: true}
}

// Close implements SamplerV2.
func (*legacySamplerV1Base) Close() {}
