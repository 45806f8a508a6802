// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	d := json.NewDecoder(bytes.NewReader(body))
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return nil, fmt.Errorf("%w: not a JSON list", errRestrictions)
	}
	list := baggageLengths{}
	for n := 0; d.More(); n++ {
		if n == maxRestrictions {
			return nil, fmt.Errorf("%w: more than %d entries", errRestrictions, maxRestrictions)
		}
		var entry struct {
			Key    *string `json:"baggageKey"`
			Length *int32  `json:"maxValueLength"`
		}
		if err := d.Decode(&entry); err != nil {
			return nil, fmt.Errorf("%w: entry %d: %w", errRestrictions, n, err)
		}
		switch { // null leaves the entry empty
		case entry.Key == nil || *entry.Key == "":
			return nil, fmt.Errorf("%w: entry %d has no key", errRestrictions, n)
		case len(*entry.Key) > maxRestrictionKey:
			return nil, fmt.Errorf("%w: entry %d: a key of %d bytes", errRestrictions, n, len(*entry.Key))
		case entry.Length == nil || *entry.Length < 0:
			return nil, fmt.Errorf("%w: entry %d has no length of 0 or more", errRestrictions, n)
		}
		list[*entry.Key] = *entry.Length
	}
	if _, err := d.Token(); err != nil { // the ']'
		return nil, fmt.Errorf("%w: %w", errRestrictions, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: something follows the list", errRestrictions)
	}
	return list, nil
}
