// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
)

// Strategies say how each service should sample. They are a Source.
type Strategies struct {
	services map[string]Strategy
	others   Strategy
}

// SampleAll returns strategies that ask every service to sample everything.
func SampleAll() *Strategies { return &Strategies{others: Strategy{Probability: 1}} }

// Strategy implements Source.
func (s *Strategies) Strategy(_ context.Context, service string) (Strategy, error) {
	if of, ok := s.services[service]; ok {
		return of, nil
	}
	return s.others, nil
}

// ReadFile reads a file as Jaeger has it: an object with the keys
// "default_strategy" and "service_strategies". The answers are those of Jaeger
// 1.62: operations of the default apply to services that sample by probability as
// well, and what has no type is sampled with probability 0.001. A file with a
// wrong value is an error that names it.
func ReadFile(path string) (*Strategies, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("sampling strategies: %w", err)
	}
	s, err := parse(b)
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

// defaultProbability is Jaeger's where a file does not say one.
const defaultProbability = 0.001

func parse(b []byte) (*Strategies, error) {
	var file strategiesFile
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, err
	}
	others, err := file.Default.strategy()
	if err != nil {
		return nil, fmt.Errorf("default_strategy: %w", err)
	}
	out := &Strategies{services: map[string]Strategy{}, others: others}
	for i := range file.Services {
		e := &file.Services[i]
		s, err := e.strategy()
		if err != nil {
			return nil, fmt.Errorf("strategy of service %.64q: %w", e.Service, err)
		}
		s.inherit(others.Operations)
		out.services[e.Service] = s
	}
	return out, nil
}

// strategy returns what the entry says of itself.
func (e *serviceEntry) strategy() (Strategy, error) {
	s, err := e.strategyEntry.strategy()
	if err != nil || len(e.Operations) == 0 {
		return s, err
	}
	o := &Operations{Default: defaultProbability}
	if s.Type == Probabilistic {
		o.Default = s.Probability
	}
	for _, entry := range e.Operations {
		of, err := entry.strategyEntry.strategy()
		if err != nil {
			return s, fmt.Errorf("operation %.64q: %w", entry.Operation, err)
		}
		if of.Type != Probabilistic {
			return s, fmt.Errorf("operation %.64q: only services can be of type ratelimiting", entry.Operation)
		}
		o.Each = append(o.Each, Operation{entry.Operation, of.Probability})
	}
	s.Operations = o
	return s, nil
}

func (e *strategyEntry) strategy() (Strategy, error) {
	switch {
	case e.Type == "":
		return Strategy{Probability: defaultProbability}, nil
	case e.Type == "probabilistic" && e.Param >= 0 && e.Param <= 1:
		return Strategy{Probability: e.Param}, nil
	case e.Type == "probabilistic":
		return Strategy{}, fmt.Errorf("param %v is not a probability from 0 to 1", e.Param)
	case e.Type == "ratelimiting" && e.Param >= 0 && e.Param <= math.MaxInt32:
		return Strategy{Type: RateLimiting, MaxTracesPerSecond: int32(e.Param)}, nil
	case e.Type == "ratelimiting":
		return Strategy{}, fmt.Errorf("param %v is not a number of traces a second", e.Param)
	}
	return Strategy{}, fmt.Errorf("type %.64q is neither probabilistic nor ratelimiting", e.Type)
}

// inherit adds the default's operations.
func (s *Strategy) inherit(from *Operations) {
	switch {
	case from == nil:
	case s.Operations != nil:
		own := map[string]bool{}
		for _, o := range s.Operations.Each {
			own[o.Name] = true
		}
		for _, o := range from.Each {
			if !own[o.Name] {
				s.Operations.Each = append(s.Operations.Each, o)
			}
		}
	case s.Type == Probabilistic:
		o := *from
		o.Default = s.Probability
		s.Operations = &o
	}
}
