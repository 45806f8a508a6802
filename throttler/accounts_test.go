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

// TestCreditsRunOut, however many a server gives at once or in time.
func TestCreditsRunOut(t *testing.T) {
	for name, body := range map[string]string{
		"largest number": `{"balances":[{"operation":"op","balance":1.7976931348623157e308}]}`,
		"sum is +Inf":    `{"balances":[{"operation":"op","balance":1e308},{"operation":"op","balance":1e308}]}`,
		"beyond 2^53":    `{"balances":[{"operation":"op","balance":1e17}]}`, // from which 1 cannot be taken
		"saved up":       `{"balances":[` + strings.Repeat(`{"operation":"op","balance":99},`, 999) + `{"operation":"op","balance":0}]}`,
	} {
		balances, err := parse([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		var a accounts
		a.spend("op")
		for range 3 {
			a.add(balances)
		}
		n := 0
		for n <= maxCredits && a.spend("op") {
			n++
		}
		if n != maxCredits {
			t.Errorf("%s: %d requests are honoured, want %d", name, n, maxCredits)
		}
	}
}
