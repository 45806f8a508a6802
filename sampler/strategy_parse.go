// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
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
// Anything out of range, a rate that is missing, more than 1 MiB or 2,000
// operations is an ErrStrategy that names the field.
func ParseStrategy(body []byte) (Strategy, error) { return parseStrategy(body, MaxOperations) }

// answer is SamplingStrategyResponse.
type answer struct {
	Type          scalar               `json:"strategyType"`
	Probabilistic *probabilisticAnswer `json:"probabilisticSampling"`
	RateLimiting  *struct {
		Limit scalar `json:"maxTracesPerSecond"`
	} `json:"rateLimitingSampling"`
	Operations *struct {
		Probability scalar        `json:"defaultSamplingProbability"`
		LowerBound  scalar        `json:"defaultLowerBoundTracesPerSecond"`
		List        operationList `json:"perOperationStrategies"`
	} `json:"operationSampling"`
}

type probabilisticAnswer struct {
	Rate scalar `json:"samplingRate"`
}

func parseStrategy(body []byte, maxOperations int) (Strategy, error) {
	if len(body) > MaxStrategyBytes {
		return Strategy{}, fmt.Errorf("%w: %d bytes", ErrStrategy, len(body))
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return Strategy{}, fmt.Errorf("%w: %w", ErrStrategy, err)
	}
	limited, err := a.isRateLimiting()
	switch {
	case err != nil:
		return Strategy{}, err
	case limited:
		limit, err := a.RateLimiting.Limit.rate("rateLimitingSampling.maxTracesPerSecond")
		if err != nil {
			return Strategy{}, err
		}
		return Strategy{Type: StrategyRateLimiting, TracesPerSecond: limit}, nil
	case a.Operations != nil:
		return a.perOperation(maxOperations)
	case a.Probabilistic != nil:
		p, err := a.Probabilistic.Rate.probability("probabilisticSampling.samplingRate")
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
	alone := a.Probabilistic == nil && a.Operations == nil
	switch strings.ToUpper(a.Type.unquoted()) {
	case "":
		return a.RateLimiting != nil && a.Probabilistic == nil, nil
	case "PROBABILISTIC", "0":
		return a.RateLimiting != nil && alone, nil
	case "RATE_LIMITING", "1":
		return a.RateLimiting != nil, nil
	}
	return false, badField("strategyType", string(a.Type)+" is none that is known")
}

func (a *answer) perOperation(maxOperations int) (Strategy, error) {
	const field = "operationSampling."
	s := Strategy{Type: StrategyPerOperation}
	var err error
	if s.Probability, err = a.Operations.Probability.probability(field + "defaultSamplingProbability"); err != nil {
		return Strategy{}, err
	}
	if a.Operations.LowerBound != "" { // protobuf leaves zeros out
		if s.LowerBound, err = a.Operations.LowerBound.rate(field + "defaultLowerBoundTracesPerSecond"); err != nil {
			return Strategy{}, err
		}
	}
	switch list := a.Operations.List; {
	case list.err != nil:
		return Strategy{}, list.err
	case len(list.entries) > maxOperations:
		return Strategy{}, fmt.Errorf("%w: %s: %w, at most %d are read", ErrStrategy, operationsField, errTooMany, maxOperations)
	default:
		s.Operations = list.entries
	}
	return s, nil
}

// operationList is a list up to its first entry that is wrong.
type operationList struct {
	entries []OperationStrategy
	err     error
}

const operationsField = "operationSampling.perOperationStrategies"

// UnmarshalJSON implements json.Unmarshaler.
func (l *operationList) UnmarshalJSON(b []byte) error {
	l.entries, l.err = nil, nil
	l.err = eachElement(b, operationsField, func(d *json.Decoder, name string) error {
		var entry struct {
			Operation     *string              `json:"operation"`
			Probabilistic *probabilisticAnswer `json:"probabilisticSampling"`
		}
		switch err := d.Decode(&entry); {
		case err != nil:
			return fmt.Errorf("%w: %s: %w", ErrStrategy, name, err)
		case entry.Operation == nil:
			return badField(name+".operation", errMissing.Error())
		case entry.Probabilistic == nil: // jaeger-client-go dereferences it
			return badField(name+".probabilisticSampling", errMissing.Error())
		}
		p, err := entry.Probabilistic.Rate.probability(name + ".probabilisticSampling.samplingRate")
		l.entries = append(l.entries, OperationStrategy{*entry.Operation, p})
		return err
	})
	return nil
}

// eachElement calls f for each element of a JSON list, which may be missing. f
// decodes it.
func eachElement(list []byte, field string, f func(d *json.Decoder, name string) error) error {
	if len(list) == 0 || list[0] == 'n' {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(list))
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return badField(field, "is not a list")
	}
	for i := 0; d.More(); i++ {
		if err := f(d, field+"["+strconv.Itoa(i)+"]"); err != nil {
			return err
		}
	}
	return nil // the list is valid JSON: its end follows
}

// scalar is the text of a number or string as it stands in the JSON, shortened if
// it cannot be either; "" when it is missing or null.
type scalar string

// UnmarshalJSON implements json.Unmarshaler. It accepts everything, so that what
// is wrong can be named.
func (s *scalar) UnmarshalJSON(b []byte) error {
	const most = 64
	switch {
	case string(b) == "null":
		*s = ""
	case len(b) > most:
		*s = scalar(strings.ToValidUTF8(string(b[:most]), "") + "…")
	default:
		*s = scalar(b)
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

func (s scalar) rate(field string) (float64, error) {
	r, err := s.number(field)
	if err != nil {
		return 0, err
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
