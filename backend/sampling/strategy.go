// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"context"
	"encoding/json"
	"fmt"
)

// Source says how services should sample. Its methods may be called from any
// goroutine.
type Source interface {
	// Strategy returns that of a service. The caller does not change it.
	Strategy(ctx context.Context, service string) (Strategy, error)
}

// Strategy is how a service should sample (sampling.proto,
// SamplingStrategyResponse).
type Strategy struct {
	Type               Type
	Probability        float64 // from 0 to 1, if Type is Probabilistic
	MaxTracesPerSecond int32   // if Type is RateLimiting
	// Operations, unless it is nil, says how to sample each operation, and what
	// the strategy says otherwise is for clients that cannot tell them apart.
	Operations *Operations
	// OperationsOnly says that Operations is all: Probability is not sent.
	OperationsOnly bool
}

// Type is a kind of strategy (sampling.proto, SamplingStrategyType).
type Type int

// The kinds.
const (
	Probabilistic Type = 0
	RateLimiting  Type = 1
)

// Operations is how operations of a service should be sampled
// (PerOperationSamplingStrategies).
type Operations struct {
	Default float64 // the probability of all that are not in Each
	// Of each operation at least LowerBound traces a second are to be sampled, and
	// at most UpperBound, unless that is 0.
	LowerBound, UpperBound float64
	Each                   []Operation
}

// Operation is how one operation should be sampled.
type Operation struct {
	Name        string
	Probability float64
}

// JSON returns s as answers of Jaeger have it, with its type as a word.
func (s Strategy) JSON() []byte {
	name := "PROBABILISTIC"
	if s.Type == RateLimiting {
		name = "RATE_LIMITING"
	}
	return mustJSON(struct {
		Type string `json:"strategyType"`
		answer
	}{name, s.answer()})
}

// NumberJSON is JSON with the type as a number, as clients made with Thrift 0.9.2
// want it.
func (s Strategy) NumberJSON() []byte {
	return mustJSON(struct {
		Type Type `json:"strategyType"`
		answer
	}{s.Type, s.answer()})
}

// The answer.
type (
	answer struct {
		Probabilistic *samplingRate   `json:"probabilisticSampling,omitempty"`
		RateLimiting  *maxTraces      `json:"rateLimitingSampling,omitempty"`
		Operations    *operationRates `json:"operationSampling,omitempty"`
	}
	samplingRate struct {
		SamplingRate float64 `json:"samplingRate"`
	}
	maxTraces struct {
		MaxTracesPerSecond int32 `json:"maxTracesPerSecond"`
	}
	operationRates struct {
		Default    float64         `json:"defaultSamplingProbability"`
		LowerBound float64         `json:"defaultLowerBoundTracesPerSecond"`
		Operations []operationRate `json:"perOperationStrategies"`
		UpperBound float64         `json:"defaultUpperBoundTracesPerSecond"`
	}
	operationRate struct {
		Operation     string       `json:"operation"`
		Probabilistic samplingRate `json:"probabilisticSampling"`
	}
)

func (s Strategy) answer() (a answer) {
	switch {
	case s.OperationsOnly:
	case s.Type == RateLimiting:
		a.RateLimiting = &maxTraces{s.MaxTracesPerSecond}
	default:
		a.Probabilistic = &samplingRate{s.Probability}
	}
	if o := s.Operations; o != nil {
		a.Operations = &operationRates{o.Default, o.LowerBound, make([]operationRate, len(o.Each)), o.UpperBound}
		for i, each := range o.Each {
			a.Operations.Operations[i] = operationRate{each.Name, samplingRate{each.Probability}}
		}
	}
	return a
}

// mustJSON marshals what has neither NaN nor a method that fails.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("sampling: %v", err))
	}
	return b
}
