// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/go-spur/spur/internal/jsonread"
	"github.com/go-spur/spur/model"
)

// Package encoding/json would be all that its json.Unmarshaler brings along.
var _ interface{ UnmarshalJSON([]byte) error } = (*TagMatchingOptions)(nil)

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
// ignored. The error is an ErrInvalidMatcher; o is unchanged then. NewTagMatching
// checks the rest.
func (o *TagMatchingOptions) UnmarshalJSON(text []byte) error {
	doc, err := jsonread.Parse(text, len(text))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidMatcher, err)
	}
	key, list, values, atEnd := doc.Get("key"), doc.Get("matchers"), doc.Get("values"), doc.Get("decideAtRootEnd")
	if err := cmp.Or(
		doc.Want(jsonread.Object), key.Want(jsonread.String), list.Want(jsonread.Array),
		values.Want(jsonread.Object), atEnd.Want(jsonread.Bool),
	); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidMatcher, err)
	}
	read := TagMatchingOptions{Key: key.Text(), DecideAtRootEnd: isTrue(atEnd)}
	for i, m := range list.Elements() {
		matcher, err := jsonMatcher(m)
		if err == nil {
			matcher.Value, err = jsonValue(m.Get("value"))
		}
		if err != nil {
			return fmt.Errorf("%w: matcher %d: %w", ErrInvalidMatcher, i, err)
		}
		read.Matchers = append(read.Matchers, matcher)
	}
	older := map[string]TagMatcher{} // the last one of a name
	for value, m := range values.Members() {
		matcher, err := jsonMatcher(m)
		if err != nil {
			return fmt.Errorf("%w: values: %w", ErrInvalidMatcher, err)
		}
		matcher.Value = model.String(value)
		older[value] = matcher
	}
	for _, value := range slices.Sorted(maps.Keys(older)) {
		read.Matchers = append(read.Matchers, older[value])
	}
	*o = read
	return nil
}

// jsonMatcher reads everything but the value.
func jsonMatcher(m jsonread.Value) (TagMatcher, error) {
	firehose := m.Get("firehose")
	return TagMatcher{Firehose: isTrue(firehose)}, cmp.Or(m.Want(jsonread.Object), firehose.Want(jsonread.Bool))
}

func isTrue(v jsonread.Value) bool { return string(v.Raw()) == "true" }

// jsonValue reads a string, a boolean or a number.
func jsonValue(v jsonread.Value) (model.Value, error) {
	raw := string(v.Raw())
	switch v.Kind() {
	case jsonread.Missing:
		return model.Value{}, errors.New("no value")
	case jsonread.String:
		return model.String(v.Text()), nil
	case jsonread.Bool:
		return model.Bool(isTrue(v)), nil
	case jsonread.Number:
		if i, err := strconv.ParseInt(raw, 10, 64); err == nil {
			return model.Int64(i), nil
		}
		f, err := strconv.ParseFloat(raw, 64)
		if err != nil {
			return model.Value{}, fmt.Errorf("number %s is out of range", shorten(raw))
		}
		return model.Float64(f), nil
	}
	return model.Value{}, fmt.Errorf("%s is not a string, a number or a boolean", shorten(raw))
}
