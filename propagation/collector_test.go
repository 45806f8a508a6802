// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"net/url"
	"strings"
	"testing"
)

func TestCollectorKeepsLittle(t *testing.T) {
	large := Limits{BaggageMembers: 1, BaggageBytes: 1 << 20}
	var c collector
	c.reset(&large)
	c.addMember("k", strings.Repeat("v", maxKeptText+1), false, 1)
	if got := c.baggage().Len(); got != 1 {
		t.Fatalf("%d members", got)
	}
	c.reset(&large)
	if cap(c.text) > maxKeptText || len(c.members) != 0 || c.left != 1<<20 {
		t.Errorf("after reset: room for %d bytes, %d members, %d bytes left", cap(c.text), len(c.members), c.left)
	}
}

// FuzzList compares with a plain reading of jaeger-baggage: decode all, split, one
// '=' a pair.
func FuzzList(f *testing.F) {
	for name, seed := range map[string]string{
		"ordinary":              "k1=v1, k2=v2",
		"million commas":        strings.Repeat(",", 10_000),
		"million list items":    strings.Repeat("k=v,", 5000),
		"encoded":               "k1%3Dv1%2Ck2=v+2",
		"percent signs":         strings.Repeat("%", 9000),
		"cut in an escape":      strings.Repeat("k=%41,", 1500),
		"cut at encoded commas": strings.Repeat("k=v%2c", 1500),
		"spaces":                " \u00a0 k = v \u2003, \x85=\x85",
		"no key":                "=v,==,k,",
	} {
		f.Logf("seed %q: %d bytes", name, len(seed))
		f.Add(seed)
	}
	limits, err := Limits{}.withDefaults()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var c collector
		c.reset(&limits)
		c.addList(s)
		if c.left < 0 || c.room < 0 || len(c.members)+c.room != limits.BaggageMembers {
			t.Errorf("budget: %d bytes, %d members left, %d taken", c.left, c.room, len(c.members))
		}
		got := map[string]string{}
		for m := range c.baggage().All() {
			got[m.Key] = m.Value
		}
		if len(got) != len(c.members) {
			t.Errorf("%d keys, %d members", len(got), len(c.members))
		}
		want, complete := plainList(s)
		if len(s) > limits.BaggageBytes || len(want) > limits.BaggageMembers {
			for k := range got {
				if _, ok := want[k]; !ok && complete {
					t.Errorf("member %q is not in the list", k)
				}
			}
			return
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("member %q is %q, want %q", k, got[k], v)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

func plainList(s string) (members map[string]string, decodes bool) {
	s, err := url.QueryUnescape(s)
	if err != nil {
		return nil, false
	}
	members = map[string]string{}
	for _, pair := range strings.Split(s, ",") {
		kv := strings.Split(strings.TrimSpace(pair), "=")
		if len(kv) == 2 && strings.TrimSpace(kv[0]) != "" {
			members[strings.TrimSpace(kv[0])] = kv[1]
		}
	}
	return members, true
}
