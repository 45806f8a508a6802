// SPDX-License-Identifier: Apache-2.0

package x

import (
	"sync/atomic"

	"github.com/uber/jaeger-client-go"
)

var _ jaeger.SamplerV2 = (*PrioritySampler)(nil)

// PrioritySampler asks its delegates in order and samples as soon as one of them does. A
// delegate whose decision is not Retryable is not asked about the trace again. While one
// may still change its mind, so may the PrioritySampler.
type PrioritySampler struct {
	jaeger.SamplerV2Base

	delegates []jaeger.SamplerV2
}

// NewPrioritySampler returns a sampler that asks the given ones, the most important first.
// Nil ones are left out; without any it never samples.
func NewPrioritySampler(delegates ...jaeger.SamplerV2) *PrioritySampler {
	s := &PrioritySampler{}
	for _, d := range delegates {
		if d != nil {
			s.delegates = append(s.delegates, d)
		}
	}
	return s
}

// OnCreateSpan implements jaeger.SamplerV2.
func (s *PrioritySampler) OnCreateSpan(span *jaeger.Span) jaeger.SamplingDecision {
	return s.first(span, func(d jaeger.SamplerV2) jaeger.SamplingDecision { return d.OnCreateSpan(span) })
}

// OnSetOperationName implements jaeger.SamplerV2.
func (s *PrioritySampler) OnSetOperationName(span *jaeger.Span, operationName string) jaeger.SamplingDecision {
	return s.first(span, func(d jaeger.SamplerV2) jaeger.SamplingDecision { return d.OnSetOperationName(span, operationName) })
}

// OnSetTag implements jaeger.SamplerV2.
func (s *PrioritySampler) OnSetTag(span *jaeger.Span, key string, value interface{}) jaeger.SamplingDecision {
	return s.first(span, func(d jaeger.SamplerV2) jaeger.SamplingDecision { return d.OnSetTag(span, key, value) })
}

// OnFinishSpan implements jaeger.SamplerV2.
func (s *PrioritySampler) OnFinishSpan(span *jaeger.Span) jaeger.SamplingDecision {
	return s.first(span, func(d jaeger.SamplerV2) jaeger.SamplingDecision { return d.OnFinishSpan(span) })
}

// Close closes the delegates.
func (s *PrioritySampler) Close() {
	for _, d := range s.delegates {
		d.Close()
	}
}

// first returns the first decision to sample. The trace remembers which delegates have
// decided, for each PrioritySampler apart: one may be a delegate of another, and a refresh
// may have put another one in its place.
func (s *PrioritySampler) first(span *jaeger.Span, ask func(jaeger.SamplerV2) jaeger.SamplingDecision) jaeger.SamplingDecision {
	decided := span.SpanContext().ExtendedSamplingState(s, func() interface{} {
		return make([]atomic.Bool, len(s.delegates))
	}).([]atomic.Bool)
	var none jaeger.SamplingDecision
	for i, d := range s.delegates {
		if decided[i].Load() {
			continue
		}
		decision := ask(d)
		if !decision.Retryable {
			decided[i].Store(true)
		}
		if decision.Sample {
			return decision
		}
		none.Retryable = none.Retryable || decision.Retryable
	}
	return none
}
