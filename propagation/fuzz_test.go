// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"encoding/binary"
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func FuzzJaegerHTTP(f *testing.F) {
	for _, s := range seeds {
		f.Add(s.id, s.key, s.value, s.list, s.debug)
	}
	f.Fuzz(func(t *testing.T, id, key, value, list, debug string) {
		h := headerOf([2]string{"uber-trace-id", id}, [2]string{"uberctx-" + key, value}, [2]string{"jaeger-baggage", list}, [2]string{"jaeger-debug-id", debug})
		checkTextual(t, propagation.HTTP, formats{fJaeger}, formats{fJaeger}, h, len(id+key+value+list+debug), newHeader)
	})
}

func FuzzJaegerText(f *testing.F) {
	for _, s := range seeds {
		f.Add(s.id, s.key, s.value, s.list, s.debug)
	}
	f.Fuzz(func(t *testing.T, id, key, value, list, debug string) {
		m := mapOf([2]string{"uber-trace-id", id}, [2]string{"uberctx-" + key, value}, [2]string{"jaeger-baggage", list}, [2]string{"jaeger-debug-id", debug})
		checkTextual(t, propagation.Text, formats{fJaeger}, formats{fJaeger}, m, len(id+key+value+list+debug), newTextMap)
	})
}

func FuzzW3C(f *testing.F) {
	for _, s := range seeds {
		f.Add(s.parent, s.state, s.baggage)
	}
	f.Fuzz(func(t *testing.T, parent, state, baggage string) {
		list := [][2]string{{"traceparent", parent}, {"tracestate", state}, {"baggage", baggage}}
		checkTextual(t, propagation.HTTP, formats{fW3C}, formats{fW3C}, headerOf(list...), len(parent+state+baggage), newHeader)
		checkTextual(t, propagation.Text, formats{fW3C}, formats{fW3C}, mapOf(list...), len(parent+state+baggage), newTextMap)
	})
}

func FuzzB3(f *testing.F) {
	for _, s := range seeds {
		trace, rest, _ := strings.Cut(s.b3, "-")
		span, rest, _ := strings.Cut(rest, "-")
		sampled, parent, _ := strings.Cut(rest, "-")
		f.Add(s.b3, "", "", "", "", "", s.key, s.value)
		f.Add("", trace, span, parent, sampled, "1", s.key, s.value)
	}
	f.Fuzz(func(t *testing.T, b3, trace, span, parent, sampled, flags, key, value string) {
		list := [][2]string{
			{"b3", b3},
			{"x-b3-traceid", trace},
			{"x-b3-spanid", span},
			{"x-b3-parentspanid", parent},
			{"x-b3-sampled", sampled},
			{"x-b3-flags", flags},
			{"baggage-" + key, value},
		}
		size := len(b3 + trace + span + parent + sampled + flags + key + value)
		checkTextual(t, propagation.HTTP, formats{fB3}, formats{fB3}, headerOf(list...), size, newHeader)
		checkTextual(t, propagation.Text, formats{fB3}, formats{fB3}, mapOf(list...), size, newTextMap)
	})
}

func FuzzComposite(f *testing.F) {
	for _, s := range seeds {
		f.Add(s.id, s.key, s.value, s.list, s.debug, s.parent, s.state, s.baggage, s.b3)
	}
	f.Fuzz(func(t *testing.T, id, key, value, list, debug, parent, state, baggage, b3 string) {
		all := [][2]string{
			{"uber-trace-id", id},
			{"uberctx-" + key, value},
			{"jaeger-baggage", list},
			{"jaeger-debug-id", debug},
			{"traceparent", parent},
			{"tracestate", state},
			{"baggage", baggage},
			{"b3", b3},
			{"baggage-" + key, value},
		}
		size := len(id + key + value + list + debug + parent + state + baggage + b3)
		h, m := headerOf(all...), mapOf(all...)
		checkTextual(t, propagation.HTTP, formats{fJaeger, fW3C, fB3}, formats{fJaeger, fW3C}, h, size, newHeader)
		checkTextual(t, propagation.HTTP, formats{fB3, fW3C, fJaeger}, formats{fJaeger, fW3C}, m, size, newTextMap)
		checkTextual(t, propagation.Text, formats{fW3C, fJaeger}, formats{fJaeger, fW3C}, m, size, newTextMap)

		// The order of a carrier does not matter.
		p, q := newDefault(t, propagation.HTTP), newDefault(t, propagation.HTTP)
		one, err1 := p.Extract(h)
		reversed := &pairs{}
		for i := range all {
			if kv := all[len(all)-1-i]; kv[1] != "" {
				reversed.list = append(reversed.list, kv)
			}
		}
		two, err2 := q.Extract(reversed)
		if describe(one) != describe(two) || listMembers(one.Baggage) != listMembers(two.Baggage) || (err1 == nil) != (err2 == nil) {
			t.Errorf("%s, %v; in another order %s, %v", describe(one), err1, describe(two), err2)
		}
		if one, two := p.Stats()[1].BaggageDropped, q.Stats()[1].BaggageDropped; one != two {
			t.Errorf("%d members of W3C's left out; in another order %d", one, two)
		}
	})
}

// FuzzTraceparent compares with a pattern.
func FuzzTraceparent(f *testing.F) {
	for _, s := range seeds {
		f.Add(s.parent)
	}
	pattern := regexp.MustCompile(`^[ \t]*(?:00|([0-9a-f]{2}))-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?[ \t]*$`)
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4096 || strings.ContainsAny(s, "\n") {
			return
		}
		c, err := newW3C(t, propagation.Text).Extract(textMap{"traceparent": s})
		m := pattern.FindStringSubmatch(s)
		want := m != nil && m[1] != "ff" && (m[1] != "" || strings.Trim(m[5], " \t") == "") &&
			strings.Trim(m[2], "0") != "" && strings.Trim(m[3], "0") != ""
		if want != (err == nil) {
			t.Fatalf("%q: %v, want %v", s, err, want)
		}
		if want && (c.TraceID.Hex32() != m[2] || c.SpanID.String() != m[3]) {
			t.Errorf("%q: %s", s, describe(c))
		}
	})
}

// FuzzTracestate compares with patterns.
func FuzzTracestate(f *testing.F) {
	for _, s := range seeds {
		f.Add(s.state)
	}
	pattern := regexp.MustCompile(`^[a-z0-9][a-z0-9_\-*/@]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]$`)
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4096 {
			return
		}
		c, err := newW3C(t, propagation.Text).Extract(textMap{"traceparent": w3cParent, "tracestate": s})
		if err != nil {
			t.Fatal(err)
		}
		var kept []string
		keys, malformed, repeated := map[string]bool{}, false, false
		for _, member := range strings.Split(s, ",") {
			if member = strings.Trim(member, " \t"); member == "" {
				continue
			}
			key, _, _ := strings.Cut(member, "=")
			malformed = malformed || !pattern.MatchString(member)
			repeated = repeated || keys[key]
			if !keys[key] {
				kept = append(kept, member)
			}
			keys[key] = true
		}
		want := strings.Trim(s, " \t")
		switch {
		case malformed || len(kept) == 0 || len(kept) > 32:
			want = ""
		case repeated || strings.Contains(want, "\t"):
			want = strings.Join(kept, ",")
		}
		if got := traceState(c); got != want {
			t.Errorf("%q is kept as %q, want %q", s, got, want)
		}
	})
}

func FuzzBinary(f *testing.F) {
	for name, b := range map[string][]byte{
		"ordinary":               frame(1, 2, 3, 4, 1, 2, "key", "value", "k", "v"),
		"baggage alone":          frame(0, 0, 0, 0, 0, 1, "k", "v"),
		"negative length":        frame(1, 2, 3, 4, 1, 1, int32(-1)),
		"2 GiB from 41 bytes":    frame(1, 2, 3, 4, 1, 1, int32(math.MaxInt32)),
		"overflowing lengths":    frame(1, 2, 3, 4, 1, 1, "k", int32(math.MaxInt32)),
		"negative number":        frame(1, 2, 3, 4, 1, -1),
		"2^31-1 members":         frame(1, 2, 3, 4, 1, math.MaxInt32, "k", "v"),
		"many empty members":     append(frame(1, 2, 3, 4, 1, 1000), make([]byte, 8000)...),
		"beyond 8192 bytes":      frame(1, 2, 3, 4, 1, 2, "k", strings.Repeat("v", 9000), "l", "w"),
		"jaeger's 4096 a member": frame(1, 2, 3, 4, 1, 1, "k", strings.Repeat("v", 4096)),
		"zero":                   make([]byte, 37),
	} {
		f.Logf("seed %q: %d bytes", name, len(b))
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		limit := uint64(16<<10 + 2*len(b))
		var (
			p   *propagation.JaegerBinary
			c   model.Context
			err error
		)
		got := allocated(limit, func() {
			p = newBinary(t)
			c, err = p.ParseBinary(b)
		})
		if !race.Enabled && got > limit {
			t.Errorf("%d bytes allocated for %d", got, len(b))
		}
		if err != nil {
			if !errors.Is(err, propagation.ErrCorrupted) || c != (model.Context{}) {
				t.Errorf("%s, %v", describe(c), err)
			}
			return
		}
		checkMembers(t, c)
		second := p.AppendBinary(nil, &c)
		c2, err := p.ParseBinary(second)
		if err != nil {
			if !c.IsValid() && binary.BigEndian.Uint32(second[33:]) == 0 {
				return // baggage alone, of members too large to pass on
			}
			t.Fatalf("%s: cannot read what was written: %v", describe(c), err)
		}
		third := p.AppendBinary(nil, &c2)
		c3, err := p.ParseBinary(third)
		if err != nil || describe(c3) != describe(c2) || len(third) != len(second) {
			t.Errorf("not stable: %s, then %s, %v", describe(c2), describe(c3), err)
		}
		if c2.TraceID != c.TraceID || c2.SpanID != c.SpanID || c2.ParentID != c.ParentID || c2.Flags != c.Flags {
			t.Errorf("ids of %s arrived as %s", describe(c), describe(c2))
		}
	})
}
