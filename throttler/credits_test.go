// SPDX-License-Identifier: Apache-2.0

package throttler

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParseCredits(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       []creditBalance
		err        string
	}{
		{"some", `{"balances":[{"operation":"a","balance":2.5},{"operation":"","balance":0}],"more":1}`, []creditBalance{{"a", 2.5}, {"", 0}}, ""},
		{"none", ` {"balances":[]} `, []creditBalance{}, ""},
		{"nothing", `{}`, nil, "no balances"},
		{"null", `null`, nil, "no balances"},
		{"null balances", `{"balances":null}`, nil, "no balances"},
		{"null entry", `{"balances":[null]}`, nil, "balance 0 has no operation"},
		{"no balance", `{"balances":[{"operation":"a","balance":1},{"operation":"a"}]}`, nil, "balance 1 is not a number"},
		{"negative", `{"balances":[{"operation":"a","balance":-1}]}`, nil, "balance 0 is not a number of 0"},
		{"text", `{"balances":[{"operation":"a","balance":"1"}]}`, nil, "string"},
		{"NaN", `{"balances":[{"operation":"a","balance":NaN}]}`, nil, "invalid character"},
		{"huge", `{"balances":[{"operation":"a","balance":1e999}]}`, nil, "1e999"},
		{"a list", `[]`, nil, "array"},
		{"two", `{"balances":[]}{}`, nil, "something follows"},
		{"too many", `{"balances":[` + strings.Repeat(`{"operation":"a","balance":1},`, 10_000) + `{"operation":"a","balance":1}]}`, nil, "more than 10000"},
	} {
		got, err := parse([]byte(tt.body))
		if !reflect.DeepEqual(got, tt.want) || (err == nil) != (tt.err == "") {
			t.Errorf("%s: %v, %v; want %v", tt.name, got, err, tt.want)
		}
		if err != nil && (!errors.Is(err, errCredits) || !strings.Contains(err.Error(), tt.err)) {
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
		balances, err := parse([]byte(body))
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
		if a.len() != 1 || a.of["a"].credits != before || a.spend("a") != (before >= 1) {
			t.Fatalf("%d accounts, %+v after %v", a.len(), a.of["a"], before)
		}
	})
}
