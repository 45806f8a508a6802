// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"
	"strings"
	"sync"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
)

// PerOperationSampler samples each operation as a GuaranteedThroughputProbabilisticSampler
// of its own. Operations that the strategies do not name have the default probability. Its
// methods may be called from any goroutine.
type PerOperationSampler struct {
	sync.RWMutex // guards nothing

	asked         *sampler.PerOperation
	maxOperations int
	late          bool
}

// PerOperationSamplerParams say how a PerOperationSampler samples.
type PerOperationSamplerParams struct {
	// MaxOperations is how many operations are known by name; others have the default
	// probability alone. 2000 when it is not positive.
	MaxOperations int
	// OperationNameLateBinding asks again at the first SetOperationName of a trace. Spans
	// are recorded until then, which costs time.
	OperationNameLateBinding bool
	// Strategies usually come from a sampling server. Entries without an operation or a
	// probability are skipped; rates out of range count as the nearest that is in range.
	Strategies *sampling.PerOperationSamplingStrategies
}

// NewAdaptiveSampler makes a PerOperationSampler without late binding. The error is nil.
//
// Deprecated: use NewPerOperationSampler.
func NewAdaptiveSampler(strategies *sampling.PerOperationSamplingStrategies, maxOperations int) (*PerOperationSampler, error) {
	return NewPerOperationSampler(PerOperationSamplerParams{MaxOperations: maxOperations, Strategies: strategies}), nil
}

// NewPerOperationSampler makes a PerOperationSampler.
func NewPerOperationSampler(params PerOperationSamplerParams) *PerOperationSampler {
	s := &PerOperationSampler{maxOperations: params.MaxOperations, late: params.OperationNameLateBinding}
	if s.maxOperations <= 0 {
		s.maxOperations = sampler.MaxOperations
	}
	strategy, _ := spurStrategy(params.Strategies)
	s.asked, _ = sampler.NewPerOperation(strategy, s.maxOperations) // in range
	return s
}

// spurStrategy is what the strategies ask for. The error names the first entry that had to
// be skipped.
func spurStrategy(s *sampling.PerOperationSamplingStrategies) (strategy sampler.Strategy, err error) {
	strategy.Type = sampler.StrategyPerOperation
	if s == nil {
		return strategy, nil
	}
	strategy.Probability = clamp(s.DefaultSamplingProbability, 1)
	strategy.LowerBound = clamp(s.DefaultLowerBoundTracesPerSecond, sampler.MaxTracesPerSecond)
	for i, o := range s.PerOperationStrategies {
		if o == nil || o.ProbabilisticSampling == nil {
			if err == nil {
				err = fmt.Errorf("perOperationStrategies[%d] has no probabilisticSampling", i)
			}
			continue
		}
		strategy.Operations = append(strategy.Operations, sampler.OperationStrategy{
			Operation: o.Operation, Probability: clamp(o.ProbabilisticSampling.SamplingRate, 1),
		})
	}
	return strategy, err
}

// update makes the sampler obey other strategies. What operations have saved up stays.
func (s *PerOperationSampler) update(strategies *sampling.PerOperationSamplingStrategies) error {
	strategy, err := spurStrategy(strategies)
	if err != nil {
		return err
	}
	return s.asked.Update(strategy)
}

// IsSampled implements Sampler: false. The sampler is asked as a SamplerV2.
func (s *PerOperationSampler) IsSampled(id TraceID, operation string) (bool, []Tag) {
	return false, nil
}

// OnCreateSpan implements SamplerV2.
func (s *PerOperationSampler) OnCreateSpan(span *Span) SamplingDecision {
	return s.decide(span, span.OperationName(), s.late)
}

// OnSetOperationName implements SamplerV2.
func (s *PerOperationSampler) OnSetOperationName(span *Span, operationName string) SamplingDecision {
	return s.decide(span, operationName, false)
}

// decide samples local roots only.
func (s *PerOperationSampler) decide(span *Span, operation string, retryable bool) SamplingDecision {
	d := SamplingDecision{Retryable: retryable}
	if span.isLocalRoot() {
		answer := s.asked.Sample(sampler.Params{TraceID: model.TraceID(span.SpanContext().TraceID()), Operation: operation})
		d.Sample, d.Tags = answer.Sample, thawTags(answer.Tags)
	}
	return d
}

// OnSetTag implements SamplerV2: a tag changes nothing.
func (s *PerOperationSampler) OnSetTag(span *Span, key string, value any) SamplingDecision {
	return SamplingDecision{Retryable: true}
}

// OnFinishSpan implements SamplerV2: the end changes nothing.
func (s *PerOperationSampler) OnFinishSpan(span *Span) SamplingDecision {
	return SamplingDecision{Retryable: true}
}

// Close implements Sampler.
func (s *PerOperationSampler) Close() {}

// Equal implements Sampler: false.
func (s *PerOperationSampler) Equal(other Sampler) bool { return false }

// String describes the sampler, on a line for each operation.
func (s *PerOperationSampler) String() string {
	strategy := s.asked.Strategy()
	var b strings.Builder
	fmt.Fprintf(&b, "PerOperationSampler(defaultSampler=ProbabilisticSampler(samplingRate=%v), lowerBound=%f, maxOperations=%d, "+
		"operationNameLateBinding=%t, numOperations=%d,\nsamplers=[",
		strategy.Probability, strategy.LowerBound, s.maxOperations, s.late, len(strategy.Operations))
	for _, o := range strategy.Operations {
		fmt.Fprintf(&b, "\n(operationName=%s, sampler=%s)", o.Operation, guaranteedString(strategy.LowerBound, o.Probability))
	}
	b.WriteString("])")
	return b.String()
}

func (s *PerOperationSampler) spurSampler() sampler.Sampler {
	if s.late {
		return askedLate{s.asked}
	}
	return s.asked
}

// askedLate is a sampler with late binding as spur asks it. What is sampled as it begins is
// decided, for no second answer would change that.
type askedLate struct{ sampler.Sampler }

func (a askedLate) Sample(p sampler.Params) sampler.Decision {
	d, _ := a.SampleState(p)
	return d
}

// SampleState implements spur's sampler.Stateful.
func (a askedLate) SampleState(p sampler.Params) (sampler.Decision, any) {
	d := a.Sampler.Sample(p)
	d.Undecided = !d.Sample
	return d, sampler.Awaits(sampler.EventOperationName)
}

// Self implements spur's sampler.Stateful.
func (a askedLate) Self() sampler.Sampler { return a }

// Reconsider implements spur's sampler.Late.
func (a askedLate) Reconsider(e sampler.Event) sampler.Decision { return atName(a.Sampler, e) }

// Status implements spur's sampler.Statuser.
func (a askedLate) Status() sampler.Status { return statusOf(a.Sampler) }

// atName decides at the first name that any span of the trace is given: by that of the
// local root.
func atName(asked sampler.Sampler, e sampler.Event) (d sampler.Decision) {
	switch {
	case e.Kind != sampler.EventOperationName:
		return sampler.Decision{Undecided: true}
	case e.LocalRoot:
		d = asked.Sample(e.Params)
		d.Undecided = false
	}
	return d
}

// isLocalRoot reports whether the span is the first of its trace in this process.
func (s *Span) isLocalRoot() bool {
	c := s.SpanContext()
	if l := c.late(); l != nil {
		return l.root.Load() == uint64(c.SpanID())
	}
	return c.ParentID() == 0
}
