// SPDX-License-Identifier: Apache-2.0

package throttler

import (
	"fmt"
	"strings"
	"testing"
)

func TestAccountsAreBounded(t *testing.T) {
	t.Run("names", func(t *testing.T) {
		var a accounts
		for i := range 5000 {
			if a.spend(fmt.Sprint("op", i)) {
				t.Fatal("allowed without a credit")
			}
		}
		if a.len() != maxAccounts {
			t.Errorf("%d known, want %d", a.len(), maxAccounts)
		}
	})
	t.Run("bytes", func(t *testing.T) {
		var a accounts
		for i := range 5000 {
			a.spend(strings.Repeat("é", 500) + fmt.Sprint(i)) // six bytes each in a query
		}
		if n := a.len(); n != maxAccountNames/3020 {
			t.Errorf("%d known", n)
		}
		total := 0
		for _, q := range a.queries() {
			if len(q) > maxCreditsQuery {
				t.Errorf("a query of %d bytes", len(q))
			}
			total += strings.Count(q, "&operations=")
		}
		if total != a.len() {
			t.Errorf("%d asked about, %d known", total, a.len())
		}
	})
	t.Run("one name", func(t *testing.T) {
		var a accounts
		a.spend(strings.Repeat("x", maxCreditsQuery-len("&operations=")))
		a.spend(strings.Repeat("x", maxCreditsQuery-len("&operations=")+1))
		a.spend(strings.Repeat("\x00", 4000))
		a.spend(strings.Repeat("x", 1<<20))
		if a.len() != 1 {
			t.Errorf("%d known, want 1", a.len())
		}
	})
}
