// SPDX-License-Identifier: Apache-2.0

package baggage

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/go-spur/spur/internal/jsondoc"
)

// What one answer may hold.
const (
	maxEntries = 10_000
	maxKey     = 8192 // bytes: what all baggage together may have by default
)

var errAnswer = errors.New("baggage: bad list")

// lengths are keys with the most bytes of their values.
type lengths map[string]int32

// parse reads Jaeger's JSON: a list of {"baggageKey", "maxValueLength"}, both
// required, as in baggage.thrift. Of two entries with one key the later one counts.
// One bad entry spoils the list: an allow-list that is half understood is a wrong
// one.
func parse(body []byte) (lengths, error) {
	type entry struct {
		Key    *string `json:"baggageKey"`
		Length *int32  `json:"maxValueLength"`
	}
	var text json.RawMessage
	if err := jsondoc.Unmarshal(body, maxBytes, &text); err != nil {
		return nil, fmt.Errorf("%w: %w", errAnswer, err)
	}
	if !jsondoc.IsList(text) || string(text) == "null" {
		return nil, fmt.Errorf("%w: not a JSON list", errAnswer)
	}
	list := lengths{}
	for i, e := range jsondoc.Elements[entry](text) {
		if i == maxEntries {
			return nil, fmt.Errorf("%w: more than %d entries", errAnswer, maxEntries)
		}
		if err := e.Err; err != nil {
			return nil, fmt.Errorf("%w: entry %d: %w", errAnswer, i, err)
		}
		switch key, length := e.Value.Key, e.Value.Length; { // null leaves the entry empty
		case key == nil || *key == "":
			return nil, fmt.Errorf("%w: entry %d: baggageKey is missing", errAnswer, i)
		case len(*key) > maxKey:
			return nil, fmt.Errorf("%w: entry %d: baggageKey has %d bytes, at most %d are read", errAnswer, i, len(*key), maxKey)
		case length == nil:
			return nil, fmt.Errorf("%w: entry %d: maxValueLength is missing", errAnswer, i)
		case *length < 0:
			return nil, fmt.Errorf("%w: entry %d: maxValueLength: %w", errAnswer, i, jsondoc.Quote(strconv.Itoa(int(*length)), "is negative"))
		default:
			list[*key] = *length
		}
	}
	return list, nil
}
