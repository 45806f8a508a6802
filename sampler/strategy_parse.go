// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/jsondoc"
)

// MaxStrategyBytes is the longest answer that ParseStrategy reads.
const MaxStrategyBytes = 1 << 20

var (
	errMissing = errors.New("is missing")
	errTooMany = errors.New("too many operations")
	errNoList  = errors.New("is not a list")
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

// strategyAnswer is SamplingStrategyResponse.
type strategyAnswer struct {
	kind scalar

	probabilistic, rateLimiting, operations jsondoc.Value
	rate, limit, probability, bound, list   jsondoc.Value // parts of these
}

func (a *strategyAnswer) read(body []byte) error {
	doc, err := jsondoc.Parse(body, MaxStrategyBytes)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStrategy, err)
	}
	var kind jsondoc.Value
	if err := doc.Fields(
		jsondoc.Field{Key: "strategyType", Into: &kind},
		jsondoc.Field{Key: "probabilisticSampling", Into: &a.probabilistic},
		jsondoc.Field{Key: "rateLimitingSampling", Into: &a.rateLimiting},
		jsondoc.Field{Key: "operationSampling", Into: &a.operations},
	); err != nil {
		return fmt.Errorf("%w: %w", ErrStrategy, err)
	}
	a.kind = newScalar(string(kind))
	if err := a.probabilistic.Fields(jsondoc.Field{Key: "samplingRate", Into: &a.rate}); err != nil {
		return badField("probabilisticSampling", err)
	}
	if err := a.rateLimiting.Fields(jsondoc.Field{Key: "maxTracesPerSecond", Into: &a.limit}); err != nil {
		return badField("rateLimitingSampling", err)
	}
	if err := a.operations.Fields(
		jsondoc.Field{Key: "defaultSamplingProbability", Into: &a.probability},
		jsondoc.Field{Key: "defaultLowerBoundTracesPerSecond", Into: &a.bound},
		jsondoc.Field{Key: "perOperationStrategies", Into: &a.list},
	); err != nil {
		return badField("operationSampling", err)
	}
	return nil
}

func parseStrategy(body []byte, maxOperations int) (Strategy, error) {
	var a strategyAnswer
	var s Strategy
	limited := false
	err := a.read(body)
	if err == nil {
		limited, err = a.isRateLimiting()
	}
	switch {
	case err != nil:
	case limited:
		s.Type = StrategyRateLimiting
		s.TracesPerSecond, err = newScalar(string(a.limit)).rate("rateLimitingSampling.maxTracesPerSecond")
	case a.operations != "":
		s, err = a.perOperation(maxOperations)
	case a.probabilistic != "":
		s.Probability, err = newScalar(string(a.rate)).probability("probabilisticSampling.samplingRate")
	default:
		err = fmt.Errorf("%w: it has none of probabilisticSampling, rateLimitingSampling, operationSampling", ErrStrategy)
	}
	if err != nil {
		return Strategy{}, err
	}
	return s, nil
}

// isRateLimiting reports whether the limit is what counts. Without a type, or
// with one that the rest does not fit, that is so if there is nothing else.
func (a *strategyAnswer) isRateLimiting() (bool, error) {
	limit, alone := a.rateLimiting != "", a.probabilistic == "" && a.operations == ""
	switch kind := a.kind.unquoted(); {
	case kind == "":
		return limit && a.probabilistic == "", nil
	case kind == "0", strings.EqualFold(kind, "PROBABILISTIC"):
		return limit && alone, nil
	case kind == "1", strings.EqualFold(kind, "RATE_LIMITING"):
		return limit, nil
	}
	return false, badField("strategyType", jsondoc.Quote(string(a.kind), "is none that is known"))
}

func (a *strategyAnswer) perOperation(maxOperations int) (s Strategy, err error) {
	const field = "operationSampling."
	s.Type = StrategyPerOperation
	if s.Probability, err = newScalar(string(a.probability)).probability(field + "defaultSamplingProbability"); err != nil {
		return s, err
	}
	if a.bound != "" {
		if s.LowerBound, err = newScalar(string(a.bound)).rate(field + "defaultLowerBoundTracesPerSecond"); err != nil {
			return s, err
		}
	}
	const list = field + "perOperationStrategies"
	if !a.list.IsList() {
		return s, badField(list, errNoList)
	}
	for i, e := range a.list.Elements() {
		if i == maxOperations {
			return s, tooMany(list, maxOperations)
		}
		o, err := operationStrategy(e, elementName(list, i))
		if err != nil {
			return s, err
		}
		s.Operations = append(s.Operations, o)
	}
	return s, nil
}

// operationStrategy reads an entry of perOperationStrategies. jaeger-client-go
// dereferences what is missing.
func operationStrategy(e jsondoc.Value, name string) (o OperationStrategy, err error) {
	var operation, strategy, rate jsondoc.Value
	if err := e.Fields(jsondoc.Field{Key: "operation", Into: &operation}, jsondoc.Field{Key: "probabilisticSampling", Into: &strategy}); err != nil {
		return o, badField(name, err)
	}
	if operation == "" {
		return o, badField(name+".operation", errMissing)
	}
	if o.Operation, err = operation.Text(); err != nil {
		return o, badField(name+".operation", err)
	}
	name += ".probabilisticSampling"
	if strategy == "" {
		return o, badField(name, errMissing)
	}
	if err := strategy.Fields(jsondoc.Field{Key: "samplingRate", Into: &rate}); err != nil {
		return o, badField(name, err)
	}
	o.Probability, err = newScalar(string(rate)).probability(name + ".samplingRate")
	return o, err
}

func elementName(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

func tooMany(list string, most int) error {
	return badField(list, fmt.Errorf("%w, at most %d are read", errTooMany, most))
}

// badEntry is the error of an entry. err begins with the field, unless the entry as
// a whole is wrong.
func badEntry(name string, err error) error {
	if _, whole := err.(*jsondoc.Quoted); whole { //nolint:errorlint // a wrapped one has a field
		return badField(name, err)
	}
	return fmt.Errorf("%w: %s.%w", ErrStrategy, name, err)
}

// scalar is the text of a number or string as it stands in the JSON, shortened if
// it cannot be either; "" when it is missing or null. It accepts everything, so
// that what is wrong can be named.
type scalar string

// UnmarshalJSON implements json.Unmarshaler.
func (s *scalar) UnmarshalJSON(text []byte) error {
	if *s = ""; string(text) != "null" {
		*s = newScalar(string(text))
	}
	return nil
}

func newScalar(text string) scalar { return scalar(format.Short(text[:min(len(text), 100)], 64)) }

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
		return 0, badField(field, errMissing)
	}
	text := s.unquoted()
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, badField(field, jsondoc.Quote(string(s), "is not a number"))
	}
	return f, nil
}
