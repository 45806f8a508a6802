// SPDX-License-Identifier: Apache-2.0

package spur

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

var errRestrictions = errors.New("spur: bad baggage restrictions")

// baggageLengths are keys with the most bytes of their values.
type baggageLengths map[string]int32

// parseRestrictions reads Jaeger's JSON: a list of {"baggageKey", "maxValueLength"},
// both required, as in baggage.thrift. Of two entries with one key the later one
// counts. One bad entry spoils the list: an allow-list that is half understood is
// a wrong one.
func parseRestrictions(body []byte) (baggageLengths, error) {
	doc, err := jsonread.Parse(body, restrictionsBytes)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errRestrictions, err)
	case doc.Kind() != jsonread.Array:
		return nil, fmt.Errorf("%w: not a JSON list", errRestrictions)
	}
	list := baggageLengths{}
	for n, entry := range doc.Elements() {
		if n == maxRestrictions {
			return nil, fmt.Errorf("%w: more than %d entries", errRestrictions, maxRestrictions)
		}
		name, limit := entry.Get("baggageKey"), entry.Get("maxValueLength")
		if err := cmp.Or(entry.Want(jsonread.Object), name.Want(jsonread.String), limit.Want(jsonread.Number)); err != nil {
			return nil, fmt.Errorf("%w: entry %d: %w", errRestrictions, n, err)
		}
		key := name.Text()
		length, err := strconv.ParseInt(string(limit.Raw()), 10, 32)
		switch { // null leaves the entry empty
		case key == "":
			return nil, fmt.Errorf("%w: entry %d has no key", errRestrictions, n)
		case len(key) > maxRestrictionKey:
			return nil, fmt.Errorf("%w: entry %d: a key of %d bytes", errRestrictions, n, len(key))
		case err != nil || length < 0:
			return nil, fmt.Errorf("%w: entry %d has no length of 0 or more", errRestrictions, n)
		}
		list[key] = int32(length)
	}
	return list, nil
}
