// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Fields of sampling.proto's messages.
const (
	fieldService = 1 // SamplingStrategyParameters

	fieldType, fieldProbabilistic, fieldRateLimiting, fieldOperations = 1, 2, 3, 4 // SamplingStrategyResponse

	fieldRate = 1 // ProbabilisticSamplingStrategy, RateLimitingSamplingStrategy

	fieldDefault, fieldLowerBound, fieldEach, fieldUpperBound = 1, 2, 3, 4 // PerOperationSamplingStrategies

	fieldName, fieldOfOperation = 1, 2 // OperationSamplingStrategy
)

// Proto returns s as a SamplingStrategyResponse in protobuf.
func (s Strategy) Proto() []byte {
	b := appendNumber(nil, fieldType, uint64(s.Type))
	switch {
	case s.OperationsOnly:
	case s.Type == RateLimiting:
		b = appendMessage(b, fieldRateLimiting, appendNumber(nil, fieldRate, uint64(s.MaxTracesPerSecond)))
	default:
		b = appendMessage(b, fieldProbabilistic, appendDouble(nil, fieldRate, s.Probability))
	}
	if o := s.Operations; o != nil {
		b = appendMessage(b, fieldOperations, o.proto())
	}
	return b
}

func (o *Operations) proto() []byte {
	b := appendDouble(nil, fieldDefault, o.Default)
	b = appendDouble(b, fieldLowerBound, o.LowerBound)
	for _, each := range o.Each {
		var m []byte
		if each.Name != "" {
			m = appendMessage(m, fieldName, []byte(each.Name))
		}
		m = appendMessage(m, fieldOfOperation, appendDouble(nil, fieldRate, each.Probability))
		b = appendMessage(b, fieldEach, m)
	}
	return appendDouble(b, fieldUpperBound, o.UpperBound)
}

// ServiceOf returns the service that a SamplingStrategyParameters in protobuf is
// about.
func ServiceOf(request []byte) (service string, err error) {
	for len(request) > 0 {
		num, typ, n := protowire.ConsumeTag(request)
		if n < 0 {
			return "", protowire.ParseError(n)
		}
		m := protowire.ConsumeFieldValue(num, typ, request[n:])
		if m < 0 {
			return "", protowire.ParseError(m)
		}
		if num == fieldService && typ == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(request[n:]) // it is there
			service = string(value)
		}
		request = request[n+m:]
	}
	return service, nil
}

// As protobuf wants it, a number of zero is left out, and a message is not.

func appendNumber(b []byte, field protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

func appendDouble(b []byte, field protowire.Number, v float64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendFixed64(protowire.AppendTag(b, field, protowire.Fixed64Type), math.Float64bits(v))
}

func appendMessage(b []byte, field protowire.Number, m []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}
