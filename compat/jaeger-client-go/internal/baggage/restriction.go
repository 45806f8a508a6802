// SPDX-License-Identifier: Apache-2.0

package baggage

import spurbaggage "github.com/go-spur/spur/baggage"

// Restriction is the rule of one baggage key.
type Restriction struct {
	keyAllowed     bool
	maxValueLength int
}

// NewRestriction makes a rule: whether the key may be set, and the most bytes of its
// value.
func NewRestriction(keyAllowed bool, maxValueLength int) *Restriction {
	return &Restriction{keyAllowed: keyAllowed, maxValueLength: maxValueLength}
}

// KeyAllowed says whether the key may be set.
func (r *Restriction) KeyAllowed() bool { return r.keyAllowed }

// MaxValueLength returns the most bytes of a value; longer ones are cut.
func (r *Restriction) MaxValueLength() int { return r.maxValueLength }

// RestrictionManager has the rule of every key. It is asked at each SetBaggageItem, on
// the caller's goroutine and from several at once.
type RestrictionManager interface {
	GetRestriction(service, key string) *Restriction
}

// DefaultRestrictionManager has one rule for all keys: they may be set.
type DefaultRestrictionManager struct {
	every *Restriction
}

// NewDefaultRestrictionManager allows every key with values of up to so many bytes;
// 2048 when 0.
func NewDefaultRestrictionManager(maxValueLength int) *DefaultRestrictionManager {
	if maxValueLength == 0 {
		maxValueLength = spurbaggage.DefaultValueLength
	}
	return &DefaultRestrictionManager{every: NewRestriction(true, maxValueLength)}
}

// GetRestriction implements RestrictionManager.
func (m *DefaultRestrictionManager) GetRestriction(_, _ string) *Restriction { return m.every }
