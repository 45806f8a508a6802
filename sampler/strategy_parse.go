// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"encoding/json"
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

// ParseStrategy reads the JSON that sampling servers answer: SamplingStrategyResponse
// of Jaeger's sampling.thrift or sampling.proto, with strategyType as a number, a
// string, or missing. Entries that are null count as missing, quoted numbers as
// numbers, unknown fields are skipped.
//
// Of more than one strategy a RATE_LIMITING one counts: Jaeger adds the operations of
// its default strategy to every service. Otherwise operationSampling comes first, then
// probabilisticSampling. The upper bound of operationSampling is not used, as in
// Jaeger's clients.
//
// A limit, or a lower bound, above MaxTracesPerSecond is MaxTracesPerSecond, up to
// the largest number of 32 bits.
//
// Anything else out of range, a rate that is missing, more than 1 MiB or 2,000
// operations is an ErrStrategy that names the field. Only a missing
// defaultLowerBoundTracesPerSecond is 0, which is no bound.
func ParseStrategy(body []byte) (Strategy, error) { return parseStrategy(body, MaxOperations) }

// strategyAnswer is SamplingStrategyResponse.
type strategyAnswer struct {
	Kind          scalar         `json:"strategyType"`
	Probabilistic *probabilistic `json:"probabilisticSampling"`
	RateLimiting  *struct {
		MaxTracesPerSecond scalar `json:"maxTracesPerSecond"`
	} `json:"rateLimitingSampling"`
	Operations *struct {
		Probability scalar          `json:"defaultSamplingProbability"`
		LowerBound  scalar          `json:"defaultLowerBoundTracesPerSecond"`
		List        json.RawMessage `json:"perOperationStrategies"`
	} `json:"operationSampling"`
}

type probabilistic struct {
	SamplingRate scalar `json:"samplingRate"`
}

func parseStrategy(body []byte, maxOperations int) (Strategy, error) {
	var a strategyAnswer
	if err := jsondoc.Unmarshal(body, MaxStrategyBytes, &a); err != nil {
		return Strategy{}, fmt.Errorf("%w: %w", ErrStrategy, err)
	}
	limited, err := a.isRateLimiting()
	s := Strategy{}
	switch {
	case err != nil:
	case limited:
		s.Type = StrategyRateLimiting
		s.TracesPerSecond, err = a.RateLimiting.MaxTracesPerSecond.rate("rateLimitingSampling.maxTracesPerSecond")
	case a.Operations != nil:
		s, err = a.perOperation(maxOperations)
	case a.Probabilistic != nil:
		s.Probability, err = a.Probabilistic.SamplingRate.probability("probabilisticSampling.samplingRate")
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
	limit, alone := a.RateLimiting != nil, a.Probabilistic == nil && a.Operations == nil
	switch kind := a.Kind.unquoted(); {
	case kind == "":
		return limit && a.Probabilistic == nil, nil
	case kind == "0", strings.EqualFold(kind, "PROBABILISTIC"):
		return limit && alone, nil
	case kind == "1", strings.EqualFold(kind, "RATE_LIMITING"):
		return limit, nil
	}
	return false, badField("strategyType", jsondoc.Quote(string(a.Kind), "is none that is known"))
}

func (a *strategyAnswer) perOperation(maxOperations int) (s Strategy, err error) {
	const field = "operationSampling."
	s.Type = StrategyPerOperation
	if s.Probability, err = a.Operations.Probability.probability(field + "defaultSamplingProbability"); err != nil {
		return s, err
	}
	if bound := a.Operations.LowerBound; bound != "" {
		if s.LowerBound, err = bound.rate(field + "defaultLowerBoundTracesPerSecond"); err != nil {
			return s, err
		}
	}
	const list = field + "perOperationStrategies"
	type entry struct {
		Operation     *string        `json:"operation"`
		Probabilistic *probabilistic `json:"probabilisticSampling"`
	}
	if !jsondoc.IsList(a.Operations.List) {
		return s, badField(list, errNoList)
	}
	for i, e := range jsondoc.Elements[entry](a.Operations.List) {
		name := elementName(list, i)
		switch {
		case i == maxOperations:
			return s, tooMany(list, maxOperations)
		case e.Err != nil:
			return s, badEntry(name, e.Err)
		case e.Value.Operation == nil:
			return s, badField(name+".operation", errMissing)
		case e.Value.Probabilistic == nil: // jaeger-client-go dereferences it
			return s, badField(name+".probabilisticSampling", errMissing)
		}
		p, err := e.Value.Probabilistic.SamplingRate.probability(name + ".probabilisticSampling.samplingRate")
		if err != nil {
			return s, err
		}
		s.Operations = append(s.Operations, OperationStrategy{*e.Value.Operation, p})
	}
	return s, nil
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
		*s = scalar(format.Short(string(text[:min(len(text), 100)]), 64))
	}
	return nil
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
		return 0, badField(field, errMissing)
	}
	text := s.unquoted()
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, badField(field, jsondoc.Quote(string(s), "is not a number"))
	}
	return f, nil
}
