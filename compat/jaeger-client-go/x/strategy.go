// SPDX-License-Identifier: Apache-2.0

package x

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// TagMatchingSamplingStrategy is what NewTagMatchingSampler is given, as a sampling server
// may send it:
//
//	{"key": "device", "matchers": [{"value": "phone", "firehose": true}, {"value": 42}]}
//
// Values is the older form, for texts alone: {"phone": {"firehose": true}}. Of two matchers
// for one value the one from Values counts.
type TagMatchingSamplingStrategy struct {
	Key      string                `json:"key"`
	Matchers []TagMatcher          `json:"matchers"`
	Values   map[string]TagMatcher `json:"values"`
}

// NewTagMatchingSamplerFromStrategy returns a sampler that looks for the values of both
// forms.
func NewTagMatchingSamplerFromStrategy(strategy TagMatchingSamplingStrategy) *TagMatchingSampler {
	matchers := slices.Clone(strategy.Matchers)
	for value, m := range strategy.Values {
		matchers = append(matchers, TagMatcher{TagValue: value, Firehose: m.Firehose})
	}
	return NewTagMatchingSampler(strategy.Key, matchers)
}

// NewTagMatchingSamplerFromStrategyJSON reads the strategy as JSON. Integers keep all their
// digits. The error is that of encoding/json, or names a value that is an object or an
// array.
func NewTagMatchingSamplerFromStrategyJSON(jsonString []byte) (*TagMatchingSampler, error) {
	var strategy, exact TagMatchingSamplingStrategy
	if err := json.Unmarshal(jsonString, &strategy); err != nil {
		return nil, err
	}
	numbers := json.NewDecoder(bytes.NewReader(jsonString))
	numbers.UseNumber()
	if err := numbers.Decode(&exact); err != nil {
		return nil, err
	}
	for i := range strategy.Matchers {
		switch v := strategy.Matchers[i].TagValue.(type) {
		case map[string]interface{}, []interface{}:
			return nil, fmt.Errorf("x: value of matcher %d of %.256q is an object or an array", i, strategy.Key)
		case float64:
			digits, _ := exact.Matchers[i].TagValue.(json.Number)
			if n, err := digits.Int64(); err == nil && number(v) != n {
				strategy.Matchers[i].TagValue = n
			}
		}
	}
	return NewTagMatchingSamplerFromStrategy(strategy), nil
}
