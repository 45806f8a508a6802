// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-spur/spur/internal/jsonread"
)

// MaxStrategyBytes is the longest answer that ParseStrategy reads.
const MaxStrategyBytes = 1 << 20

var (
	errMissing  = errors.New("is missing")
	errTooMany  = errors.New("too many operations")
	errNoNumber = errors.New("is not a number")
)

// ParseStrategy reads the JSON that sampling servers answer: Jaeger's agents,
// collectors and v2, whose spelling of strategyType differs (a number, as the old
// Thrift had it, a string, or nothing), and whatever else writes
// SamplingStrategyResponse of Jaeger's sampling.thrift or sampling.proto. Entries
// that are null count as missing, quoted numbers as numbers, unknown fields are
// skipped.
//
// Where an answer holds more than one strategy, a RATE_LIMITING one is the limit
// whatever stands beside it: Jaeger adds the operations of its default strategy
// to every service. Otherwise operationSampling comes first, then
// probabilisticSampling. The upper bound of operationSampling is not used, as in
// Jaeger's clients.
//
// A limit, or a lower bound, above MaxTracesPerSecond is MaxTracesPerSecond, up to
// the largest number that fits in Jaeger's 32 bits: "no limit" in some
// configurations.
//
// Anything else out of range, a rate that is missing, more than 1 MiB or 2,000
// operations is an ErrStrategy that names the field. That holds for a missing rate
// though protobuf's JSON may leave zeros out: Jaeger's servers write them, its
// Thrift requires the field, and a mistake must not switch a service's tracing off.
// Only a missing defaultLowerBoundTracesPerSecond is 0, which is no bound.
func ParseStrategy(body []byte) (Strategy, error) { return parseStrategy(body, MaxOperations) }

// answer is SamplingStrategyResponse: its parts are objects, or missing.
type answer struct {
	kind                                    scalar
	probabilistic, rateLimiting, operations jsonread.Value
}

func parseStrategy(body []byte, maxOperations int) (Strategy, error) {
	if len(body) > MaxStrategyBytes {
		return Strategy{}, fmt.Errorf("%w: %d bytes", ErrStrategy, len(body))
	}
	doc, err := jsonread.Parse(body, MaxStrategyBytes)
	if err == nil {
		err = doc.Want(jsonread.Object)
	}
	if err != nil {
		return Strategy{}, fmt.Errorf("%w: %w", ErrStrategy, err)
	}
	a := answer{kind: scalarOf(doc.Get("strategyType"))}
	for _, part := range []struct {
		field string
		value *jsonread.Value
	}{
		{"probabilisticSampling", &a.probabilistic},
		{"rateLimitingSampling", &a.rateLimiting},
		{"operationSampling", &a.operations},
	} {
		if *part.value, err = objectOf(doc, part.field); err != nil {
			return Strategy{}, fmt.Errorf("%w: %s: %w", ErrStrategy, part.field, err)
		}
	}
	return a.strategy(maxOperations)
}

func (a *answer) strategy(maxOperations int) (Strategy, error) {
	limited, err := a.isRateLimiting()
	switch {
	case err != nil:
		return Strategy{}, err
	case limited:
		limit, err := scalarOf(a.rateLimiting.Get("maxTracesPerSecond")).rate("rateLimitingSampling.maxTracesPerSecond")
		if err != nil {
			return Strategy{}, err
		}
		return Strategy{Type: StrategyRateLimiting, TracesPerSecond: limit}, nil
	case !a.operations.Empty():
		return a.perOperation(maxOperations)
	case !a.probabilistic.Empty():
		p, err := scalarOf(a.probabilistic.Get("samplingRate")).probability("probabilisticSampling.samplingRate")
		if err != nil {
			return Strategy{}, err
		}
		return Strategy{Probability: p}, nil
	}
	return Strategy{}, fmt.Errorf("%w: it has none of probabilisticSampling, rateLimitingSampling, operationSampling", ErrStrategy)
}

// isRateLimiting reports whether the limit is what counts. Without a type, or
// with one that the rest does not fit, that is so if there is nothing else.
func (a *answer) isRateLimiting() (bool, error) {
	limit, alone := !a.rateLimiting.Empty(), a.probabilistic.Empty() && a.operations.Empty()
	switch kind := a.kind.unquoted(); {
	case kind == "":
		return limit && a.probabilistic.Empty(), nil
	case kind == "0", strings.EqualFold(kind, "PROBABILISTIC"):
		return limit && alone, nil
	case kind == "1", strings.EqualFold(kind, "RATE_LIMITING"):
		return limit, nil
	}
	return false, badField("strategyType", string(a.kind)+" is none that is known")
}

func (a *answer) perOperation(maxOperations int) (Strategy, error) {
	const field = "operationSampling."
	s := Strategy{Type: StrategyPerOperation}
	var err error
	if s.Probability, err = scalarOf(a.operations.Get("defaultSamplingProbability")).probability(field + "defaultSamplingProbability"); err != nil {
		return Strategy{}, err
	}
	if bound := scalarOf(a.operations.Get("defaultLowerBoundTracesPerSecond")); bound != "" {
		if s.LowerBound, err = bound.rate(field + "defaultLowerBoundTracesPerSecond"); err != nil {
			return Strategy{}, err
		}
	}
	const list = field + "perOperationStrategies"
	err = eachElement(a.operations.Get("perOperationStrategies"), list, func(entry jsonread.Value, name string) error {
		if len(s.Operations) == maxOperations {
			return tooMany(list, maxOperations)
		}
		operation, err := parseOperation(entry, name)
		s.Operations = append(s.Operations, operation)
		return err
	})
	if err != nil {
		return Strategy{}, err
	}
	return s, nil
}

func parseOperation(entry jsonread.Value, name string) (OperationStrategy, error) {
	operation, probabilistic := entry.Get("operation"), jsonread.Value{}
	err := cmp.Or(entry.Want(jsonread.Object), operation.Want(jsonread.String))
	if err == nil {
		probabilistic, err = objectOf(entry, "probabilisticSampling")
	}
	switch {
	case err != nil:
		return OperationStrategy{}, fmt.Errorf("%w: %s: %w", ErrStrategy, name, err)
	case operation.Empty():
		return OperationStrategy{}, badField(name+".operation", errMissing.Error())
	case probabilistic.Empty(): // jaeger-client-go dereferences it
		return OperationStrategy{}, badField(name+".probabilisticSampling", errMissing.Error())
	}
	p, err := scalarOf(probabilistic.Get("samplingRate")).probability(name + ".probabilisticSampling.samplingRate")
	return OperationStrategy{operation.Text(), p}, err
}

// objectOf returns a member that is an object, or missing, or null.
func objectOf(v jsonread.Value, name string) (jsonread.Value, error) {
	member := v.Get(name)
	return member, member.Want(jsonread.Object)
}

// eachElement calls f for each element of a list, which may be missing.
func eachElement(list jsonread.Value, field string, f func(element jsonread.Value, name string) error) error {
	if list.Want(jsonread.Array) != nil {
		return badField(field, "is not a list")
	}
	for i, element := range list.Elements() {
		if err := f(element, elementName(field, i)); err != nil {
			return err
		}
	}
	return nil
}

func tooMany(field string, most int) error {
	return fmt.Errorf("%w: %s: %w, at most %d are read", ErrStrategy, field, errTooMany, most)
}

func elementName(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

// scalar is the text of a number or string as it stands in the JSON, shortened if
// it cannot be either; "" when it is missing or null.
type scalar string

// scalarOf accepts everything, so that what is wrong can be named.
func scalarOf(v jsonread.Value) scalar {
	const most = 64
	raw := v.Raw()
	switch {
	case v.Empty():
		return ""
	case len(raw) > most:
		return scalar(strings.ToValidUTF8(string(raw[:most]), "") + "…")
	}
	return scalar(raw)
}

func (s scalar) unquoted() string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return string(s[1 : len(s)-1])
	}
	return string(s)
}

func (s scalar) probability(field string) (float64, error) {
	p, err := s.number(field)
	if err != nil {
		return 0, err
	}
	return p, checkProbability(field, p)
}

// rate reads traces a second, which MaxTracesPerSecond caps.
func (s scalar) rate(field string) (float64, error) {
	r, err := s.number(field)
	if err != nil {
		return 0, err
	}
	if r <= math.MaxInt32 {
		r = min(r, MaxTracesPerSecond)
	}
	return r, checkRate(field, r)
}

// number parses JSON's numbers only: no NaN, no infinity, nothing hexadecimal.
func (s scalar) number(field string) (float64, error) {
	if s == "" {
		return 0, badField(field, errMissing.Error())
	}
	text := s.unquoted()
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, badField(field, string(s)+" "+errNoNumber.Error())
	}
	return f, nil
}
