// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"strings"
	"testing"
)

// TestContainsFold: the same as looking for one lower-case text in the other.
func TestContainsFold(t *testing.T) {
	texts := []string{
		"", "a", "A", "ab", "xABy", "k", "\u212a", "\u212a\u212a", "kk", "\u023a", "\u2c65", "\u0130", "i", "é", "É", "xÉx", "\xff", "x\xffy",
		strings.Repeat("a", 64), strings.Repeat("A", 65), strings.Repeat("\u212a", 70), strings.Repeat("k", 70), strings.Repeat("a", 8000),
	}
	for _, s := range texts {
		for _, sub := range texts {
			want := strings.Contains(strings.ToLower(s), strings.ToLower(sub))
			if got := containsFold(s, sub); got != want {
				t.Errorf("%.80q in %.80q: %v", sub, s, got)
			}
		}
	}
}
