// SPDX-License-Identifier: Apache-2.0

package baggage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

var _ Restrictions = (*AllowList)(nil)

// AllowListOptions change what NewAllowList does.
type AllowListOptions struct {
	// DenyUnknown refuses keys that are not in the list. Without it they may be
	// set, with values of DefaultLength.
	DenyUnknown bool
	// DefaultLength is the most bytes of a value where the list does not say;
	// DefaultValueLength when 0.
	DefaultLength int
}

// AllowList is a list of baggage keys that never changes. Its zero value
// allows nothing. It takes no lock and allocates nothing when asked.
type AllowList struct {
	lengths map[string]int
	unknown int // the length for unknown keys
	permit  bool
}

// NewAllowList makes a list of keys, each with the most bytes its values
// may have, 0 standing for DefaultLength. Keys are case-sensitive. The map is
// copied. The error joins an ErrInvalidOption for each length below 0 and for an
// empty key.
func NewAllowList(keys map[string]int, o AllowListOptions) (*AllowList, error) {
	var errs []error
	if o.DefaultLength < 0 {
		errs = append(errs, fmt.Errorf("%w: DefaultLength %d is negative", ErrInvalidOption, o.DefaultLength))
	}
	if o.DefaultLength == 0 {
		o.DefaultLength = DefaultValueLength
	}
	l := &AllowList{lengths: make(map[string]int, len(keys)), unknown: o.DefaultLength, permit: !o.DenyUnknown}
	for _, key := range slices.Sorted(maps.Keys(keys)) { // so that errors come in one order
		length := keys[key]
		switch {
		case key == "":
			errs = append(errs, fmt.Errorf("%w: an empty key", ErrInvalidOption))
		case length < 0:
			errs = append(errs, fmt.Errorf("%w: length %d of key %.64q is negative", ErrInvalidOption, length, key))
		case length == 0:
			length = o.DefaultLength
		}
		l.lengths[key] = length
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return l, nil
}

// Allowed implements Restrictions. The list holds for every service.
func (l *AllowList) Allowed(_, key string) (maxLength int, ok bool) {
	if length, listed := l.lengths[key]; listed {
		return length, true
	}
	if !l.permit {
		return 0, false
	}
	return l.unknown, true
}
