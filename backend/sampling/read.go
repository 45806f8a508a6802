// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"encoding/json"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// ParseProto reads a SamplingStrategyResponse in protobuf. Numbers are finite in
// what it returns.
func ParseProto(b []byte) (Strategy, error) {
	s := Strategy{OperationsOnly: true} // until something else is said
	err := fields(b, func(num protowire.Number, number uint64, message []byte) (err error) {
		switch num {
		case fieldType:
			s.Type = Type(int32(number))
		case fieldProbabilistic:
			s.OperationsOnly = false
			s.Probability, err = parseRate(message)
		case fieldRateLimiting:
			s.OperationsOnly = false
			err = fields(message, func(num protowire.Number, number uint64, _ []byte) error {
				if num == fieldRate {
					s.MaxTracesPerSecond = int32(number)
				}
				return nil
			})
		case fieldOperations:
			s.Operations, err = parseOperations(message)
		}
		return err
	})
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return Strategy{}, err
	}
	return s, nil
}

func parseOperations(b []byte) (*Operations, error) {
	o := &Operations{}
	err := fields(b, func(num protowire.Number, number uint64, message []byte) error {
		switch num {
		case fieldDefault:
			o.Default = math.Float64frombits(number)
		case fieldLowerBound:
			o.LowerBound = math.Float64frombits(number)
		case fieldUpperBound:
			o.UpperBound = math.Float64frombits(number)
		case fieldEach:
			each, err := parseOperation(message)
			o.Each = append(o.Each, each)
			return err
		}
		return nil
	})
	return o, err
}

func parseOperation(b []byte) (o Operation, err error) {
	err = fields(b, func(num protowire.Number, _ uint64, message []byte) (err error) {
		switch num {
		case fieldName:
			o.Name = string(message)
		case fieldOfOperation:
			o.Probability, err = parseRate(message)
		}
		return err
	})
	return o, err
}

// parseRate reads a ProbabilisticSamplingStrategy.
func parseRate(b []byte) (rate float64, err error) {
	err = fields(b, func(num protowire.Number, number uint64, _ []byte) error {
		if num == fieldRate {
			rate = math.Float64frombits(number)
		}
		return nil
	})
	return rate, err
}

// fields calls f with each field of a message, with its number or what it holds.
func fields(b []byte, f func(num protowire.Number, number uint64, message []byte) error) error {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		var number uint64
		var message []byte
		switch typ {
		case protowire.VarintType:
			number, n = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			number, n = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			message, n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(num, typ, b)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		if err := f(num, number, message); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// ParseJSON reads what JSON writes, as collectors of Jaeger answer over HTTP.
func ParseJSON(b []byte) (Strategy, error) {
	var a struct {
		Type string `json:"strategyType"`
		answer
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return Strategy{}, err
	}
	s := Strategy{OperationsOnly: a.Probabilistic == nil && a.RateLimiting == nil}
	switch a.Type {
	case "PROBABILISTIC":
	case "RATE_LIMITING":
		s.Type = RateLimiting
	default:
		return Strategy{}, fmt.Errorf("strategy of an unknown type %.40q", a.Type)
	}
	if a.Probabilistic != nil {
		s.Probability = a.Probabilistic.SamplingRate
	}
	if a.RateLimiting != nil {
		s.MaxTracesPerSecond = a.RateLimiting.MaxTracesPerSecond
	}
	if o := a.Operations; o != nil {
		s.Operations = &Operations{Default: o.Default, LowerBound: o.LowerBound, UpperBound: o.UpperBound}
		for _, each := range o.Operations {
			s.Operations.Each = append(s.Operations.Each, Operation{each.Operation, each.Probabilistic.SamplingRate})
		}
	}
	return s, nil
}

// check returns what no JSON can say, or no client understands.
func (s *Strategy) check() error {
	if s.Type != Probabilistic && s.Type != RateLimiting {
		return fmt.Errorf("strategy of an unknown type %d", s.Type)
	}
	numbers := []float64{s.Probability}
	if o := s.Operations; o != nil {
		numbers = append(numbers, o.Default, o.LowerBound, o.UpperBound)
		for _, each := range o.Each {
			numbers = append(numbers, each.Probability)
		}
	}
	for _, n := range numbers {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return fmt.Errorf("strategy with %v as a probability or bound", n)
		}
	}
	return nil
}
