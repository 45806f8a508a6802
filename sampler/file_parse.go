// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"encoding/json"
	"fmt"
)

// ParseStrategies reads Jaeger's strategies file and returns the strategy of one
// service, as File describes. Operations of another type than probabilistic are
// left out, as Jaeger leaves them. Entries of other services are not looked into.
func ParseStrategies(file []byte, service string) (Strategy, error) {
	return parseStrategies(file, service, MaxOperations)
}

// fileEntry is the strategy of a service, of the rest, or of an operation.
type fileEntry struct {
	Service    *string         `json:"service"`
	Operation  *string         `json:"operation"`
	Type       *string         `json:"type"`
	Param      scalar          `json:"param"` // 0 when missing, as in Jaeger
	Operations json.RawMessage `json:"operation_strategies"`
}

func parseStrategies(file []byte, service string, maxOperations int) (Strategy, error) {
	var all *struct {
		Services json.RawMessage `json:"service_strategies"`
		Default  *fileEntry      `json:"default_strategy"`
	}
	if err := json.Unmarshal(file, &all); err != nil {
		return Strategy{}, fmt.Errorf("%w: %w", ErrStrategy, err)
	}
	if all == nil {
		return Strategy{}, fmt.Errorf("%w: the file is null", ErrStrategy)
	}
	var own *fileEntry
	var ownName string
	err := eachElement(all.Services, "service_strategies", func(d *json.Decoder, name string) error {
		var entry fileEntry
		if err := d.Decode(&entry); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrStrategy, name, err)
		}
		if entry.Service == nil {
			return badField(name+".service", errMissing.Error())
		}
		if *entry.Service == service {
			own, ownName = &entry, name
		}
		return nil
	})
	if err != nil {
		return Strategy{}, err
	}
	s := Strategy{Probability: DefaultProbability}
	if all.Default != nil {
		if s, err = all.Default.strategy("default_strategy", maxOperations); err != nil {
			return Strategy{}, err
		}
	}
	if own != nil {
		others := s.Operations
		if s, err = own.strategy(ownName, maxOperations); err != nil {
			return Strategy{}, err
		}
		s.Operations = append(others, s.Operations...) // the later one counts
	}
	switch {
	case s.Type == StrategyRateLimiting || len(s.Operations) == 0:
		s.Operations = nil
	case len(s.Operations) > maxOperations:
		return Strategy{}, fmt.Errorf("%w: %w, at most %d are read", ErrStrategy, errTooMany, maxOperations)
	default:
		s.Type = StrategyPerOperation
	}
	return s, nil
}

// strategy reads one entry with its operations, whatever its type.
func (e *fileEntry) strategy(name string, maxOperations int) (Strategy, error) {
	var s Strategy
	param, err := e.param(name)
	switch {
	case err != nil:
		return s, err
	case e.Type == nil:
		return s, badField(name+".type", errMissing.Error())
	case *e.Type == "ratelimiting":
		s.Type, s.TracesPerSecond = StrategyRateLimiting, param
		err = checkRate(name+".param", param)
	case *e.Type == "probabilistic":
		s.Probability = param
		err = checkProbability(name+".param", param)
	default:
		err = badField(name+".type", fmt.Sprintf("%.64q is neither probabilistic nor ratelimiting", *e.Type))
	}
	if err != nil {
		return s, err
	}
	err = eachElement(e.Operations, name+".operation_strategies", func(d *json.Decoder, name string) error {
		if len(s.Operations) == maxOperations {
			return fmt.Errorf("%w: %s: %w, at most %d are read", ErrStrategy, name, errTooMany, maxOperations)
		}
		var o fileEntry
		switch err := d.Decode(&o); {
		case err != nil:
			return fmt.Errorf("%w: %s: %w", ErrStrategy, name, err)
		case o.Operation == nil:
			return badField(name+".operation", errMissing.Error())
		case o.Type == nil:
			return badField(name+".type", errMissing.Error())
		case *o.Type != "probabilistic":
			return nil
		}
		p, err := o.param(name)
		if err != nil {
			return err
		}
		s.Operations = append(s.Operations, OperationStrategy{*o.Operation, p})
		return checkProbability(name+".param", p)
	})
	return s, err
}

func (e *fileEntry) param(name string) (float64, error) {
	if e.Param == "" {
		return 0, nil
	}
	return e.Param.number(name + ".param")
}
