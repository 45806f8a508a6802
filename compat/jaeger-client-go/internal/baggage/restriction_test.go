// SPDX-License-Identifier: Apache-2.0

package baggage

import "testing"

func TestDefaultRestrictionManager(t *testing.T) {
	for length, want := range map[int]int{0: 2048, 10: 10} {
		var m RestrictionManager = NewDefaultRestrictionManager(length)
		r := m.GetRestriction("orders", "user")
		if *r != *NewRestriction(true, want) || !r.KeyAllowed() || r.MaxValueLength() != want {
			t.Errorf("%d: %+v", length, r)
		}
		if m.GetRestriction("orders", "other") != r {
			t.Error("another rule for another key")
		}
	}
}
