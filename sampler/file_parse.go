// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"fmt"

	"github.com/go-spur/spur/internal/jsonread"
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

func parseStrategies(file []byte, service string, maxOperations int) (Strategy, error) {
	doc, err := jsonread.Parse(file, maxFileBytes)
	if err == nil {
		err = doc.Want(jsonread.Object)
	}
	if err != nil {
		return Strategy{}, fmt.Errorf("%w: %w", ErrStrategy, err)
	}
	if doc.Empty() {
		return Strategy{}, fmt.Errorf("%w: the file is null", ErrStrategy)
	}
	s := Strategy{Probability: DefaultProbability}
	if usual := doc.Get("default_strategy"); !usual.Empty() {
		if s, err = parseEntry(usual, "default_strategy", maxOperations); err != nil {
			return Strategy{}, err
		}
	}
	own, name, err := ownEntry(doc.Get("service_strategies"), service)
	if err != nil {
		return Strategy{}, err
	}
	if !own.Empty() {
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

// ownEntry returns the entry of a service and its name, if the list has one.
func ownEntry(list jsonread.Value, service string) (own jsonread.Value, name string, err error) {
	const field = "service_strategies"
	if list.Want(jsonread.Array) != nil {
		return own, "", badField(field, "is not a list")
	}
	for i, entry := range list.Elements() {
		if err := entry.Want(jsonread.Object); err != nil {
			return own, "", fmt.Errorf("%w: %s: %w", ErrStrategy, elementName(field, i), err)
		}
		if of := entry.Get("service"); of.Kind() == jsonread.String && of.Text() == service {
			own, name = entry, elementName(field, i)
		}
	}
	return own, name, nil
}

// parseEntry reads the strategy of a service, or the default, with its operations
// whatever its type.
func parseEntry(entry jsonread.Value, name string, maxOperations int) (Strategy, error) {
	var s Strategy
	if err := entry.Want(jsonread.Object); err != nil {
		return s, fmt.Errorf("%w: %s: %w", ErrStrategy, name, err)
	}
	kind, err := entryString(entry, "type", name)
	if err != nil {
		return s, err
	}
	switch kind {
	case "ratelimiting":
		s.Type = StrategyRateLimiting
		s.TracesPerSecond, err = entryParam(entry).rate(name + ".param")
	case "probabilistic":
		s.Probability, err = entryParam(entry).probability(name + ".param")
	default:
		err = badField(name+".type", fmt.Sprintf("%.64q is neither probabilistic nor ratelimiting", kind))
	}
	if err != nil {
		return s, err
	}
	list := name + ".operation_strategies"
	err = eachElement(entry.Get("operation_strategies"), list, func(entry jsonread.Value, name string) error {
		if len(s.Operations) == maxOperations {
			return tooMany(list, maxOperations)
		}
		if err := entry.Want(jsonread.Object); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrStrategy, name, err)
		}
		operation, err := entryString(entry, "operation", name)
		if err != nil {
			return err
		}
		if kind, err := entryString(entry, "type", name); err != nil || kind != "probabilistic" {
			return err
		}
		p, err := entryParam(entry).probability(name + ".param")
		s.Operations = append(s.Operations, OperationStrategy{operation, p})
		return err
	})
	return s, err
}

// entryString returns a member of an entry that must be there.
func entryString(entry jsonread.Value, field, name string) (string, error) {
	v := entry.Get(field)
	if v.Empty() {
		return "", badField(name+"."+field, errMissing.Error())
	}
	if err := v.Want(jsonread.String); err != nil {
		return "", fmt.Errorf("%w: %s.%s: %w", ErrStrategy, name, field, err)
	}
	return v.Text(), nil
}

func entryParam(entry jsonread.Value) scalar {
	if param := scalarOf(entry.Get("param")); param != "" {
		return param
	}
	return "0"
}
