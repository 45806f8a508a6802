// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
)

// Strategies say how services should sample.
type Strategies struct {
	byService map[string]answer
	others    answer
}

// answer is what a client gets, made once.
type answer struct {
	text   []byte // with the strategy's type as a word
	number []byte // with its type as a number, as Thrift 0.9.2 has it
}

// SampleAll returns strategies that ask every service to sample everything.
func SampleAll() *Strategies { return &Strategies{others: answerOf(probabilistic(1))} }

// ReadStrategies reads a file as Jaeger has it: an object with the keys
// "default_strategy" and "service_strategies". The answers are those of Jaeger
// 1.62: operations of the default apply to services that sample by probability as
// well, and what has no type is sampled with probability 0.001. A file with a
// wrong value is an error that names it.
func ReadStrategies(path string) (*Strategies, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("sampling strategies: %w", err)
	}
	s, err := parseStrategies(b)
	if err != nil {
		return nil, fmt.Errorf("sampling strategies: %s: %w", path, err)
	}
	return s, nil
}

// The file.
type (
	strategyEntry struct {
		Type  string  `json:"type"`
		Param float64 `json:"param"`
	}
	operationEntry struct {
		Operation string `json:"operation"`
		strategyEntry
	}
	serviceEntry struct {
		Service    string           `json:"service"`
		Operations []operationEntry `json:"operation_strategies"`
		strategyEntry
	}
	strategiesFile struct {
		Default  serviceEntry   `json:"default_strategy"`
		Services []serviceEntry `json:"service_strategies"`
	}
)

// The answer (sampling.thrift: SamplingStrategyResponse; the numbers are those of
// its SamplingStrategyType).
type (
	strategy struct {
		Type          strategyType    `json:"strategyType"`
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
	strategyType int
)

const (
	typeProbabilistic strategyType = 0
	typeRateLimiting  strategyType = 1

	// defaultRate is Jaeger's probability where a file does not say one.
	defaultRate = 0.001
)

func parseStrategies(b []byte) (*Strategies, error) {
	var file strategiesFile
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, err
	}
	others, err := file.Default.strategy()
	if err != nil {
		return nil, fmt.Errorf("default_strategy: %w", err)
	}
	out := &Strategies{byService: map[string]answer{}, others: answerOf(others)}
	for i := range file.Services {
		e := &file.Services[i]
		s, err := e.strategy()
		if err != nil {
			return nil, fmt.Errorf("strategy of service %.64q: %w", e.Service, err)
		}
		s.inherit(others.Operations)
		out.byService[e.Service] = answerOf(s)
	}
	return out, nil
}

// strategy returns what the entry says of itself.
func (e *serviceEntry) strategy() (strategy, error) {
	s, err := e.strategyEntry.strategy()
	if err != nil || len(e.Operations) == 0 {
		return s, err
	}
	rates := &operationRates{Default: defaultRate}
	if s.Probabilistic != nil {
		rates.Default = s.Probabilistic.SamplingRate
	}
	for _, o := range e.Operations {
		of, err := o.strategyEntry.strategy()
		if err != nil {
			return s, fmt.Errorf("operation %.64q: %w", o.Operation, err)
		}
		if of.Probabilistic == nil {
			return s, fmt.Errorf("operation %.64q: only services can be of type ratelimiting", o.Operation)
		}
		rates.Operations = append(rates.Operations, operationRate{o.Operation, *of.Probabilistic})
	}
	s.Operations = rates
	return s, nil
}

func (e *strategyEntry) strategy() (strategy, error) {
	switch {
	case e.Type == "":
		return probabilistic(defaultRate), nil
	case e.Type == "probabilistic" && e.Param >= 0 && e.Param <= 1:
		return probabilistic(e.Param), nil
	case e.Type == "probabilistic":
		return strategy{}, fmt.Errorf("param %v is not a probability from 0 to 1", e.Param)
	case e.Type == "ratelimiting" && e.Param >= 0 && e.Param <= math.MaxInt32:
		return strategy{Type: typeRateLimiting, RateLimiting: &maxTraces{int32(e.Param)}}, nil
	case e.Type == "ratelimiting":
		return strategy{}, fmt.Errorf("param %v is not a number of traces a second", e.Param)
	}
	return strategy{}, fmt.Errorf("type %.64q is neither probabilistic nor ratelimiting", e.Type)
}

func probabilistic(rate float64) strategy { return strategy{Probabilistic: &samplingRate{rate}} }

// inherit adds the default's operations.
func (s *strategy) inherit(from *operationRates) {
	switch {
	case from == nil:
	case s.Operations != nil:
		own := map[string]bool{}
		for _, o := range s.Operations.Operations {
			own[o.Operation] = true
		}
		for _, o := range from.Operations {
			if !own[o.Operation] {
				s.Operations.Operations = append(s.Operations.Operations, o)
			}
		}
	case s.Probabilistic != nil:
		rates := *from
		rates.Default = s.Probabilistic.SamplingRate
		s.Operations = &rates
	}
}

func answerOf(s strategy) answer {
	number := mustJSON(s)
	type words struct {
		Type string `json:"strategyType"`
		strategy
	}
	name := "PROBABILISTIC"
	if s.Type == typeRateLimiting {
		name = "RATE_LIMITING"
	}
	return answer{text: mustJSON(words{name, s}), number: number}
}

// mustJSON marshals what has neither NaN nor a method that fails.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
