// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/jsondoc"
)

// ParseStrategies reads Jaeger's strategies file, of at most 4 MiB, and returns the
// strategy of one service, as File describes. Of entries with one service the last
// one counts. Entries of other services, of none, and those that are null are not
// looked into, whatever they hold. Operations of another type than probabilistic
// are left out, as Jaeger leaves them. A param that is missing is 0, as in Jaeger; a
// limit above MaxTracesPerSecond is treated as in ParseStrategy.
func ParseStrategies(file []byte, service string) (Strategy, error) {
	return parseStrategies(file, service, MaxOperations)
}

type fleetStrategies struct {
	Default  json.RawMessage `json:"default_strategy"`
	Services json.RawMessage `json:"service_strategies"`
}

func parseStrategies(text []byte, service string, maxOperations int) (Strategy, error) {
	var file *fleetStrategies
	if err := jsondoc.Unmarshal(text, maxFileBytes, &file); err != nil {
		return Strategy{}, fmt.Errorf("%w: %w", ErrStrategy, err)
	}
	if file == nil {
		return Strategy{}, fmt.Errorf("%w: the file is null", ErrStrategy)
	}
	s := Strategy{Probability: DefaultProbability}
	if !isNull(file.Default) {
		var err error
		if s, err = parseEntry(file.Default, "default_strategy", maxOperations); err != nil {
			return Strategy{}, err
		}
	}
	own, name, err := ownEntry(file.Services, service)
	if err != nil {
		return Strategy{}, err
	}
	if own != nil {
		others := s.Operations
		if s, err = parseEntry(own, name, maxOperations); err != nil {
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

func isNull(text json.RawMessage) bool { return len(text) == 0 || string(text) == "null" }

// ownEntry returns the entry of a service and its name, if the list has one.
func ownEntry(list json.RawMessage, service string) (own json.RawMessage, name string, err error) {
	const field = "service_strategies"
	type entry struct {
		Service json.RawMessage `json:"service"`
	}
	if !jsondoc.IsList(list) {
		return nil, "", badField(field, errNoList)
	}
	for i, e := range jsondoc.Elements[entry](list) {
		if e.Err != nil {
			return nil, "", badEntry(elementName(field, i), e.Err)
		}
		var text *string
		if json.Unmarshal(e.Value.Service, &text) == nil && text != nil && *text == service {
			own, name = e.Raw, elementName(field, i)
		}
	}
	return own, name, nil
}

// strategyEntry is the strategy of a service, the default, or, with an operation's
// name, that of an operation.
type strategyEntry struct {
	Operation  *string         `json:"operation"`
	Type       *string         `json:"type"`
	Param      scalar          `json:"param"` // 0 when it is missing
	Operations json.RawMessage `json:"operation_strategies"`
}

// parseEntry reads the strategy of a service, or the default, with its operations
// whatever its type.
func parseEntry(text json.RawMessage, name string, maxOperations int) (s Strategy, err error) {
	var e strategyEntry
	if err := jsondoc.Unmarshal(text, len(text), &e); err != nil {
		return s, badEntry(name, err)
	}
	if e.Type == nil {
		return s, badField(name+".type", errMissing)
	}
	switch *e.Type {
	case "ratelimiting":
		s.Type = StrategyRateLimiting
		s.TracesPerSecond, err = cmp.Or(e.Param, "0").rate(name + ".param")
	case "probabilistic":
		s.Probability, err = cmp.Or(e.Param, "0").probability(name + ".param")
	default:
		err = badField(name+".type", jsondoc.Quote(strconv.Quote(format.Short(*e.Type, 60)), "is neither probabilistic nor ratelimiting"))
	}
	if err != nil {
		return s, err
	}
	s.Operations, err = parseOperations(e.Operations, name+".operation_strategies", maxOperations)
	return s, err
}

func parseOperations(list json.RawMessage, field string, maxOperations int) (operations []OperationStrategy, err error) {
	if !jsondoc.IsList(list) {
		return nil, badField(field, errNoList)
	}
	for i, e := range jsondoc.Elements[strategyEntry](list) {
		name := elementName(field, i)
		switch {
		case i == maxOperations:
			return nil, tooMany(field, maxOperations)
		case e.Err != nil:
			return nil, badEntry(name, e.Err)
		case e.Value.Operation == nil:
			return nil, badField(name+".operation", errMissing)
		case e.Value.Type == nil:
			return nil, badField(name+".type", errMissing)
		case *e.Value.Type != "probabilistic":
			continue
		}
		p, err := cmp.Or(e.Value.Param, "0").probability(name + ".param")
		if err != nil {
			return nil, err
		}
		operations = append(operations, OperationStrategy{*e.Value.Operation, p})
	}
	return operations, nil
}
