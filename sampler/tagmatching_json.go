// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/go-spur/spur/model"
)

var _ json.Unmarshaler = (*TagMatchingOptions)(nil)

// UnmarshalJSON reads the configuration of Jaeger's Go client, with one key more:
//
//	{
//	  "key": "device",
//	  "matchers": [{"value": "phone", "firehose": true}, {"value": 42}, {"value": true}],
//	  "values": {"tablet": {"firehose": false}},
//	  "decideAtRootEnd": false
//	}
//
// A value is a string, a number or a boolean. The client's older form, values, has
// strings only and goes before matchers. Integers keep all their digits; the
// client makes floats of them, so that 42 finds no integer. Unknown keys are
// ignored. The error is an ErrInvalidMatcher or encoding/json's; o is unchanged
// then. NewTagMatching checks the rest.
func (o *TagMatchingOptions) UnmarshalJSON(text []byte) error {
	type matcher struct {
		Value    json.RawMessage `json:"value"`
		Firehose bool            `json:"firehose"`
	}
	var config struct {
		Key      string             `json:"key"`
		Matchers []matcher          `json:"matchers"`
		Values   map[string]matcher `json:"values"`
		AtEnd    bool               `json:"decideAtRootEnd"`
	}
	if err := json.Unmarshal(text, &config); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidMatcher, err)
	}
	read := TagMatchingOptions{Key: config.Key, DecideAtRootEnd: config.AtEnd}
	for i, m := range config.Matchers {
		v, err := jsonValue(m.Value)
		if err != nil {
			return fmt.Errorf("%w: matcher %d: %w", ErrInvalidMatcher, i, err)
		}
		read.Matchers = append(read.Matchers, TagMatcher{Value: v, Firehose: m.Firehose})
	}
	for _, v := range slices.Sorted(maps.Keys(config.Values)) {
		read.Matchers = append(read.Matchers, TagMatcher{Value: model.String(v), Firehose: config.Values[v].Firehose})
	}
	*o = read
	return nil
}

// jsonValue reads a string, a boolean or a number.
func jsonValue(raw json.RawMessage) (model.Value, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return model.Value{}, fmt.Errorf("no value")
	}
	switch c := raw[0]; {
	case c == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return model.String(s), err
	case c == 't' || c == 'f':
		return model.Bool(c == 't'), nil
	case c == '-' || c >= '0' && c <= '9':
		if i, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
			return model.Int64(i), nil
		}
		f, err := strconv.ParseFloat(string(raw), 64)
		if err != nil {
			return model.Value{}, fmt.Errorf("number %s is out of range", shorten(string(raw)))
		}
		return model.Float64(f), nil
	}
	return model.Value{}, fmt.Errorf("%s is not a string, a number or a boolean", shorten(string(raw)))
}
