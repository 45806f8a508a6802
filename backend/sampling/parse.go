// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
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

// The file: an object with the keys "default_strategy" and "service_strategies", as
// Jaeger 1.62 has it.
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

// parse reads a file. The answers are those of Jaeger 1.62: operations of the default
// apply to services that sample by probability as well, and with limitedToo to those
// of type ratelimiting; what has no type is sampled with probability 0.001. A wrong
// value is an error that names it.
func parse(b []byte, limitedToo bool) (*Strategies, error) {
	var file strategiesFile
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, err
	}
	others, err := file.Default.strategy()
	if err != nil {
		return nil, fmt.Errorf("default_strategy: %w", err)
	}
	out := &Strategies{services: map[string]Strategy{}, others: others}
	inherited := 0
	for i := range file.Services {
		e := &file.Services[i]
		s, err := e.strategy()
		if err != nil {
			return nil, fmt.Errorf("strategy of service %.64q: %w", e.Service, err)
		}
		if inherited += s.inherit(others.Operations, limitedToo); inherited > maxInherited {
			return nil, fmt.Errorf("the operations of default_strategy, for each service with operations of its own, are more than %d", maxInherited)
		}
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

// inherit adds the default's operations, and returns how many it had to copy.
func (s *Strategy) inherit(from *Operations, limitedToo bool) (copied int) {
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
				copied++
			}
		}
	case s.Type == Probabilistic || limitedToo:
		o := *from
		if s.Type == Probabilistic {
			o.Default = s.Probability
		}
		s.Operations = &o
	}
	return copied
}
