// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

var _ BaggageRestrictions = (*BaggageAllowList)(nil)

// DefaultBaggageValueLength is how many bytes a baggage value may have where
// restrictions are in force and say nothing else.
const DefaultBaggageValueLength = 2048

// BaggageAllowListOptions change what NewBaggageAllowList does.
type BaggageAllowListOptions struct {
	// DenyUnknown refuses keys that are not in the list. Without it they may be
	// set, with values of DefaultLength.
	DenyUnknown bool
	// DefaultLength is the most bytes of a value where the list does not say;
	// DefaultBaggageValueLength when 0.
	DefaultLength int
}

// BaggageAllowList is a list of baggage keys that never changes. Its zero value
// allows nothing. It takes no lock and allocates nothing when asked.
type BaggageAllowList struct {
	lengths map[string]int
	unknown int // the length for unknown keys
	permit  bool
}

// NewBaggageAllowList makes a list of keys, each with the most bytes its values
// may have, 0 standing for DefaultLength. Keys are case-sensitive. The map is
// copied. The error joins a *ConfigError for each length below 0 and for an empty
// key.
func NewBaggageAllowList(keys map[string]int, o BaggageAllowListOptions) (*BaggageAllowList, error) {
	c := config{}
	if o.DefaultLength < 0 {
		c.fail("BaggageAllowListOptions.DefaultLength", strconv.Itoa(o.DefaultLength), errNegative)
	}
	if o.DefaultLength == 0 {
		o.DefaultLength = DefaultBaggageValueLength
	}
	l := &BaggageAllowList{lengths: make(map[string]int, len(keys)), unknown: o.DefaultLength, permit: !o.DenyUnknown}
	for _, key := range slices.Sorted(maps.Keys(keys)) { // so that errors come in one order
		length := keys[key]
		switch {
		case key == "":
			c.fail("NewBaggageAllowList", "", errNoKey)
		case length < 0:
			c.fail("NewBaggageAllowList", fmt.Sprintf("%s: %d", key, length), errNegative)
		case length == 0:
			length = o.DefaultLength
		}
		l.lengths[key] = length
	}
	if len(c.errs) > 0 {
		return nil, errors.Join(c.errs...)
	}
	return l, nil
}

// Allowed implements BaggageRestrictions. The list holds for every service.
func (l *BaggageAllowList) Allowed(_, key string) (maxLength int, ok bool) {
	if length, listed := l.lengths[key]; listed {
		return length, true
	}
	if !l.permit {
		return 0, false
	}
	return l.unknown, true
}
