// SPDX-License-Identifier: Apache-2.0

package baggage

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"

	"github.com/go-spur/spur/internal/jsonread"
)

// What one answer may hold.
const (
	maxRestrictions   = 10_000
	maxRestrictionKey = 8192 // bytes: what all baggage together may have by default
)

var errAnswer = errors.New("baggage: bad list")

// lengths are keys with the most bytes of their values.
type lengths map[string]int32

// parse reads Jaeger's JSON: a list of {"baggageKey", "maxValueLength"},
// both required, as in baggage.thrift. Of two entries with one key the later one
// counts. One bad entry spoils the list: an allow-list that is half understood is
// a wrong one.
func parse(body []byte) (lengths, error) {
	doc, err := jsonread.Parse(body, maxBytes)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errAnswer, err)
	case doc.Kind() != jsonread.Array:
		return nil, fmt.Errorf("%w: not a JSON list", errAnswer)
	}
	list := lengths{}
	for n, entry := range doc.Elements() {
		if n == maxRestrictions {
			return nil, fmt.Errorf("%w: more than %d entries", errAnswer, maxRestrictions)
		}
		name, limit := entry.Get("baggageKey"), entry.Get("maxValueLength")
		if err := cmp.Or(entry.Want(jsonread.Object), name.Want(jsonread.String), limit.Want(jsonread.Number)); err != nil {
			return nil, fmt.Errorf("%w: entry %d: %w", errAnswer, n, err)
		}
		key := name.Text()
		length, err := strconv.ParseInt(string(limit.Raw()), 10, 32)
		switch { // null leaves the entry empty
		case key == "":
			return nil, fmt.Errorf("%w: entry %d has no key", errAnswer, n)
		case len(key) > maxRestrictionKey:
			return nil, fmt.Errorf("%w: entry %d: a key of %d bytes", errAnswer, n, len(key))
		case err != nil || length < 0:
			return nil, fmt.Errorf("%w: entry %d has no length of 0 or more", errAnswer, n)
		}
		list[key] = int32(length)
	}
	return list, nil
}
