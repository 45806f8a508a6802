// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReadingsKeepLittle(t *testing.T) {
	p, err := Default(HTTP, WithLimits(Limits{BaggageBytes: 1 << 20, BaggageMembers: 1000, IDHeaderBytes: 1 << 20}))
	if err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("%41", maxKeptText+1)
	var r reading
	p.readHeader(&r, Header{
		"Uberctx-K": {large}, "Baggage": {"l=" + large}, "Jaeger-Baggage": {"m=" + large},
		"Tracestate": {large, large}, "jaeger-debug-id": {large}, "Traceparent": {"00", "01"},
	})
	if got := p.merge(&r, jaeger).Len(); got != 3 {
		t.Fatalf("%d members", got)
	}
	s := r.scratch
	s.clear(r.odd)
	for f := range families {
		c := &s.baggage[f]
		if len(c.members) != 0 || c.left != 0 || c.dropped != 0 {
			t.Errorf("%v: %+v", f, c)
		}
		for _, m := range c.members[:cap(c.members)] {
			if m != (found{}) {
				t.Errorf("%v keeps %q", f, m.key)
			}
		}
	}
	for _, m := range s.build.members[:cap(s.build.members)] {
		if m.Key != "" || m.Value != "" {
			t.Errorf("the builder keeps %q", m.Key)
		}
	}
	if s.brought != 0 || !r.odd || s.spelling != [numFields]string{} ||
		cap(s.state) > maxKeptText || cap(s.list) > maxKeptText || cap(s.build.text) > maxKeptText {
		t.Error("a pooled scratch keeps what was read")
	}
}

// FuzzJaegerList compares with a plain reading of jaeger-baggage: decode all, if that
// works, split, one '=' a pair.
func FuzzJaegerList(f *testing.F) {
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
		"two spellings":         "k=1,K=2",
		"does not decode":       "%0X=0,k=+%41",
	} {
		f.Logf("seed %q: %d bytes", name, len(seed))
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		compareList(t, s, "Jaeger-Baggage", plainJaegerList(s))
	})
}

// FuzzW3CList compares with a plain reading of baggage.
func FuzzW3CList(f *testing.F) {
	for name, seed := range map[string]string{
		"ordinary":           "k1=v1, k2=v2;p=1",
		"million commas":     strings.Repeat(",", 10_000),
		"million list items": strings.Repeat("k=v,", 5000),
		"encoded":            "k1%3Dv1%2Ck2=v+2%20",
		"percent signs":      strings.Repeat("%", 9000),
		"not UTF-8":          "a=%ff%C3,b=\xff,c=é%A9",
		"spaces":             " \t k = v \t;\tp , l=a b",
		"no key":             "=v,==,k,;=,k;p=1",
		"properties":         "a=1;p;q=2;r = x%20,b=1;;,c=2;p q,d=3;\"",
		"two spellings":      "k=1,K=2",
	} {
		f.Logf("seed %q: %d bytes", name, len(seed))
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		compareList(t, s, "Baggage", plainW3CList(s))
	})
}

// compareList reads a list and compares with what a plain reading says.
func compareList(t *testing.T, s, header string, want map[string]string) {
	t.Helper()
	p, err := Default(HTTP)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Extract(Header{header: {s}})
	if err != nil && err != ErrNotFound {
		t.Fatal(err)
	}
	folded := map[string]string{}
	for k, v := range want {
		folded[strings.ToLower(k)] = v
	}
	ambiguous := len(folded) < len(want)
	for m := range c.Baggage.All() {
		v, ok := want[m.Key]
		if !ok && len(s) <= p.limits.BaggageBytes { // what is cut off may have been what does not decode
			t.Errorf("member %q is not in the list", m.Key)
		}
		if len(s) <= p.limits.BaggageBytes && len(want) <= p.limits.BaggageMembers && !ambiguous && v != m.Value+"\x00"+m.Properties {
			t.Errorf("member %q is %q %q, want %q", m.Key, m.Value, m.Properties, v)
		}
	}
	if len(s) <= p.limits.BaggageBytes && len(want) <= p.limits.BaggageMembers && c.Baggage.Len() != len(want) && !ambiguous {
		t.Errorf("%d members, want %q", c.Baggage.Len(), want)
	}
}

func plainJaegerList(s string) (members map[string]string) {
	if decoded, err := url.QueryUnescape(s); err == nil {
		s = decoded
	}
	members = map[string]string{}
	for _, pair := range strings.Split(s, ",") {
		kv := strings.Split(strings.TrimSpace(pair), "=")
		if len(kv) == 2 && strings.TrimSpace(kv[0]) != "" {
			members[strings.TrimSpace(kv[0])] = kv[1] + "\x00"
		}
	}
	return members
}

func plainW3CList(s string) (members map[string]string) {
	members = map[string]string{}
	for _, member := range strings.Split(s, ",") {
		parts := strings.SplitN(member, ";", 2)
		key, raw, ok := strings.Cut(parts[0], "=")
		key, raw = strings.Trim(key, " \t"), strings.Trim(raw, " \t")
		value, err := url.PathUnescape(raw)
		if !ok || !isToken(key) || err != nil || !utf8.ValidString(raw) {
			continue
		}
		properties := ""
		if len(parts) == 2 {
			properties = strings.Trim(parts[1], "; \t")
			if properties != "" && !isProperties(properties) {
				continue
			}
		}
		members[key] = string([]rune(value)) + "\x00" + properties
	}
	return members
}
