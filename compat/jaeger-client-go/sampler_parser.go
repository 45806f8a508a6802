// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
)

// strategyParser reads the JSON of a sampling server, as a
// *sampling.SamplingStrategyResponse.
type strategyParser struct{}

// strategyAnswer is SamplingStrategyResponse of Jaeger's sampling.thrift or sampling.proto.
type strategyAnswer struct {
	StrategyType  strategyType                            `json:"strategyType"`
	Probabilistic *sampling.ProbabilisticSamplingStrategy `json:"probabilisticSampling"`
	RateLimiting  *struct {
		MaxTracesPerSecond float64 `json:"maxTracesPerSecond"`
	} `json:"rateLimitingSampling"`
	Operations *sampling.PerOperationSamplingStrategies `json:"operationSampling"`
}

// Parse implements SamplingStrategyParser. A limit that is too large for its type is the
// largest that is not; fractions are an error.
func (strategyParser) Parse(response []byte) (any, error) {
	var a strategyAnswer
	if err := json.Unmarshal(response, &a); err != nil {
		return nil, err
	}
	s := &sampling.SamplingStrategyResponse{
		StrategyType:          sampling.SamplingStrategyType(a.StrategyType),
		ProbabilisticSampling: a.Probabilistic, OperationSampling: a.Operations,
	}
	if a.RateLimiting != nil {
		limit := max(math.MinInt16, min(a.RateLimiting.MaxTracesPerSecond, math.MaxInt16))
		if limit != math.Trunc(limit) {
			return nil, fmt.Errorf("rateLimitingSampling.maxTracesPerSecond %v is not a whole number", limit)
		}
		s.RateLimitingSampling = &sampling.RateLimitingSamplingStrategy{MaxTracesPerSecond: int16(limit)}
	}
	return s, nil
}

// strategyType is a type of strategy as servers write it: a name or a number.
type strategyType sampling.SamplingStrategyType

// UnmarshalJSON implements json.Unmarshaler.
func (t *strategyType) UnmarshalJSON(text []byte) error {
	name := strings.ToUpper(strings.Trim(string(text), `"`))
	switch name {
	case "NULL", "", "0":
		name = sampling.SamplingStrategyType_PROBABILISTIC.String()
	case "1":
		name = sampling.SamplingStrategyType_RATE_LIMITING.String()
	}
	known, err := sampling.SamplingStrategyTypeFromString(name)
	*t = strategyType(known)
	return err
}
