// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/go-spur/spur/internal/jsondoc"
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
// strings only and goes before matchers. Integers keep all their digits. Unknown keys
// are ignored. The error is an ErrInvalidMatcher; o is unchanged then. NewTagMatching
// checks the rest.
func (o *TagMatchingOptions) UnmarshalJSON(text []byte) error {
	read, err := matchingOptions(text)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidMatcher, err)
	}
	*o = read
	return nil
}

func matchingOptions(text []byte) (o TagMatchingOptions, err error) {
	type matcher struct {
		Value    json.RawMessage `json:"value"`
		Firehose bool            `json:"firehose"`
	}
	var read struct {
		Key             string             `json:"key"`
		Matchers        []matcher          `json:"matchers"`
		Values          map[string]matcher `json:"values"`
		DecideAtRootEnd bool               `json:"decideAtRootEnd"`
	}
	if err := jsondoc.Unmarshal(text, len(text), &read); err != nil {
		return o, err
	}
	o = TagMatchingOptions{Key: read.Key, DecideAtRootEnd: read.DecideAtRootEnd}
	for i, m := range read.Matchers {
		value, err := matchedValue(m.Value)
		if err != nil {
			return o, fmt.Errorf("matcher %d: %w", i, err)
		}
		o.Matchers = append(o.Matchers, TagMatcher{Value: value, Firehose: m.Firehose})
	}
	for _, value := range slices.Sorted(maps.Keys(read.Values)) {
		o.Matchers = append(o.Matchers, TagMatcher{Value: model.String(value), Firehose: read.Values[value].Firehose})
	}
	return o, nil
}

// matchedValue reads a string, a boolean or a number.
func matchedValue(text json.RawMessage) (model.Value, error) {
	if text == nil {
		return model.Value{}, errors.New("no value")
	}
	if i, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return model.Int64(i), nil // with all its digits
	}
	var v any
	if err := jsondoc.Unmarshal(text, len(text), &v); err != nil {
		return model.Value{}, err
	}
	switch v := v.(type) {
	case string:
		return model.String(v), nil
	case bool:
		return model.Bool(v), nil
	case float64:
		return model.Float64(v), nil
	}
	return model.Value{}, jsondoc.Quote(string(text), "is not a string, a number or a boolean")
}
