// SPDX-License-Identifier: Apache-2.0

package throttler

import (
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
)

func TestParseCredits(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       []balance
		err        string
	}{
		{"some", `{"balances":[{"operation":"a","balance":2.5},{"operation":"","balance":0}],"more":1}`, []balance{{"a", 2.5}, {"", 0}}, ""},
		{"any case, the last key", `{"Balances":[{"operation":"x","OPERATION":"a","balance":1,"Balance":2}]}`, []balance{{"a", 2}}, ""},
		{"no list", `{"balances":{}}`, nil, "balances is not a list"},
		{"number in the list", `{"balances":[7]}`, nil, "balances[0]: number is not an object"},
		{"none", ` {"balances":[]} `, []balance{}, ""},
		{"nothing", `{}`, nil, "balances is missing"},
		{"null", `null`, nil, "balances is missing"},
		{"null balances", `{"balances":null}`, nil, "balances is missing"},
		{"null entry", `{"balances":[null]}`, nil, "balances[0].operation is missing"},
		{"no balance", `{"balances":[{"operation":"a","balance":1},{"operation":"a"}]}`, nil, "balances[1].balance is missing"},
		{"negative", `{"balances":[{"operation":"a","balance":-1}]}`, nil, "balances[0].balance: -1 is negative"},
		{"text", `{"balances":[{"operation":"a","balance":"1"}]}`, nil, "balances[0]: balance: string is not a number"},
		{"NaN", `{"balances":[{"operation":"a","balance":NaN}]}`, nil, "invalid character"},
		{"huge", `{"balances":[{"operation":"a","balance":1e999}]}`, nil, "balance: number 1e999 is not a number in range"},
		{"a list", `[]`, nil, "array is not an object"},
		{"two", `{"balances":[]}{}`, nil, "after top-level value"},
		{"too many", `{"balances":[` + strings.Repeat(`{"operation":"a","balance":1},`, 10_000) + `{"operation":"a","balance":1}]}`, nil, "more than 10000"},
	} {
		got, err := parse([]byte(tt.body))
		if !reflect.DeepEqual(got, tt.want) || (err == nil) != (tt.err == "") {
			t.Errorf("%s: %v, %v; want %v", tt.name, got, err, tt.want)
		}
		if err != nil && (!errors.Is(err, errAnswer) || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.err)
		}
	}
}

// FuzzCredits: whatever a server answers, credits stay numbers that run out.
func FuzzCredits(f *testing.F) {
	f.Add(`{"balances":[{"operation":"a","balance":2.5}]}`)
	f.Add(`{"balances":[{"operation":"a","balance":1e308},{"operation":"a","balance":1e308}]}`)
	f.Add(`{"balances":[null]}`) // null entries crash jaeger-client-go's sampler
	f.Add(`{"balances":[{"operation":"a","balance":NaN}]}`)
	f.Add(`{"balances":{}}`)
	f.Fuzz(func(t *testing.T, body string) {
		var m0, m1 runtime.MemStats
		runtime.ReadMemStats(&m0)
		balances, err := parse([]byte(body))
		runtime.ReadMemStats(&m1)
		if got := m1.TotalAlloc - m0.TotalAlloc; got > uint64(1<<20+32*len(body)) && !race.Enabled {
			t.Fatalf("%d bytes allocated for %d", got, len(body))
		}
		if err != nil {
			return
		}
		var a accounts
		a.spend("a")
		before := 0.0
		for _, b := range balances {
			if !(b.credits >= 0) {
				t.Fatalf("%+v", b)
			}
			if b.operation == "a" {
				before += b.credits
			}
		}
		a.add(balances)
		if a.len() != 1 || a.of["a"].credits != min(before, maxCredits) || a.spend("a") != (before >= 1) {
			t.Fatalf("%d accounts, %+v after %v", a.len(), a.of["a"], before)
		}
	})
}
