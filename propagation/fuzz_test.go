// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"encoding/binary"
	"errors"
	"math"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// seed is what jaeger-client-go dies of, logs a million lines for, or reads
// wrongly.
type seed struct{ name, id, key, value, list, debug, parent, state, baggage, b3 string }

var seeds = []seed{
	{name: "ordinary", id: "1f94672794ce4b8d:1176e0d0ae74869a:1f94672794ce4b8d:1", key: "tenant", value: "acme+corp", list: "k=v"},
	{name: "OpenTelemetry JS", id: "00000000000000001f94672794ce4b8d:9d29489eac885987:0:01", key: "tenant", value: "acm%C3%A9"},
	{name: "own flags", id: "1:1:0:b"},
	{name: "encoded", id: "1%3A1%3A0%3A1"},
	{name: "debug id crashes IsSampled", debug: "ticket-7"},
	{name: "baggage crashes IsSampled", key: "k", value: "v"},
	{name: "zero ids with baggage", id: "0:0:0:0", key: "k", value: "v"},
	{name: "million commas", list: strings.Repeat(",", 10_000)},
	{name: "million list items", list: strings.Repeat("k=v,", 4000)},
	{name: "megabyte of percent signs", key: "k", value: strings.Repeat("%", 10_000)},
	{name: "colons", id: strings.Repeat(":", 5000)},
	{name: "ids of a megabyte", id: strings.Repeat("1", 5000)},
	{name: "key that breaks the request", id: "1:1:0:1", key: "a b\r\nc", value: "v"},
	{name: "value that breaks gRPC", id: "1:1:0:1", key: "k", value: "a\r\nb\x00"},
	{name: "İ changes its length", key: "İ\xff", value: "v", list: "İ=v,i̇=w"},
	{name: "one key three times", key: "Key", value: "1", list: "key=2,KEY=3"},
	{name: "all agree", id: "a:b:c:1", parent: "00-0000000000000000000000000000000a-000000000000000b-01", state: "a=1,b@c=2", b3: "a-b-1-c", key: "k", value: "a+b", baggage: "K=a%20b;p=1"},
	{name: "none agrees", id: "a:b:c:1", parent: w3cParent, state: "a=1", b3: "1-2-d", key: "k", value: "1", baggage: "k=2"},
	{name: "one is corrupted", id: "x", parent: w3cParent, b3: "0", baggage: "a=%ff,b=\xff,c=%"},
	{name: "later version", parent: "cc" + w3cParent[2:] + "-more", state: strings.Repeat("a=1,", 40)},
	{name: "tracestate that breaks the request", parent: w3cParent, state: "a=\r\nX: y"},
	{name: "properties", parent: w3cParent, baggage: "a=1;p;q=2 , b=2;;, c ; d=3, e=é;x=%zz"},
	{name: "b3 debug", b3: "1-2-d-3", key: "k", value: "1"},
	{name: "b3 open", b3: "1-2", baggage: ",,,=,;="},
	{name: "b3 dashes", b3: strings.Repeat("-", 5000), baggage: strings.Repeat("k=v,", 4000)},
}

// duplex is a carrier that can be written and read.
type duplex interface {
	propagation.Setter
	propagation.Reader
}

// checkTextual extracts from a carrier, passes the context on and extracts again.
// What a second hop gets, a third one must get too.
func checkTextual(t *testing.T, kind propagation.Kind, extract, inject formats, from propagation.Reader, size int, carrier func() duplex) {
	t.Helper()
	const limit = 64 << 10
	var (
		p   *propagation.Textual
		c   model.Context
		err error
	)
	got := allocated(limit, func() {
		p = newComposite(t, kind, extract, inject)
		c, err = p.Extract(from)
	})
	if !race.Enabled && got > limit {
		t.Errorf("%d bytes allocated for %d", got, size)
	}
	if err != nil {
		if !errors.Is(err, propagation.ErrCorrupted) && err != propagation.ErrNotFound {
			t.Errorf("error %v", err)
		}
		if c != (model.Context{}) {
			t.Errorf("context beside an error: %s", describe(c))
		}
		return
	}
	if c.TraceID.IsValid() != c.IsValid() || c.State&model.StateRemote == 0 {
		t.Errorf("half a context: %s", describe(c))
	}
	checkMembers(t, c)
	if len(c.DebugID()) > 128 {
		t.Errorf("debug id of %d bytes", len(c.DebugID()))
	}

	second := carrier()
	p.Inject(&c, second)
	checkCarrier(t, kind, second)
	c2, err := p.Extract(second)
	if !c.IsValid() && c2.Baggage == nil {
		return // nothing to pass on
	}
	if err != nil {
		t.Fatalf("%s: cannot read what was written: %v", describe(c), err)
	}
	parent, flags := c.ParentID, c.Flags
	if !c.IsValid() && inject[0] != fB3 {
		flags = 0 // a decision without ids is B3's
	}
	switch inject[0] {
	case fW3C: // carries neither
		parent, flags = 0, flags&model.FlagSampled
	case fB3:
		if flags &= model.FlagSampled | model.FlagDebug; flags == model.FlagDebug {
			flags = 0 // asks for nothing
		}
	}
	if c2.TraceID != c.TraceID || c2.SpanID != c.SpanID || c2.ParentID != parent || c2.Flags != flags {
		t.Errorf("ids of %s arrived as %s", describe(c), describe(c2))
	}
	if inject[0] != fB3 && traceState(c) != traceState(c2) && (c.IsValid() && len(inject) > 1) {
		t.Errorf("tracestate %q arrived as %q", traceState(c), traceState(c2))
	}
	before := asMap(c.Baggage)
	for m := range c2.Baggage.All() {
		if v, ok := before[m.Key]; !ok || v != m.Value {
			// A list keeps the case of its keys; headers do not. W3C's is UTF-8.
			if !matchesFolded(before, m) {
				t.Errorf("member %q=%q came from nowhere: %q", m.Key, m.Value, before)
			}
		}
	}
	third := carrier()
	p.Inject(&c2, third)
	c3, err := p.Extract(third)
	if err != nil || describe(c3) != describe(c2) || listMembers(c3.Baggage) != listMembers(c2.Baggage) || traceState(c3) != traceState(c2) {
		t.Errorf("not stable: %s, then %s, %v", describe(c2), describe(c3), err)
	}
}

// checkCarrier looks for what would break the request it belongs to.
func checkCarrier(t *testing.T, kind propagation.Kind, d duplex) {
	t.Helper()
	_ = d.ForeachKey(func(k, v string) error {
		for i := range len(v) {
			if c := v[i]; c < ' ' && c != '\t' || c == 0x7f || kind == propagation.HTTP && c >= 0x80 {
				t.Errorf("%q: %q", k, v)
			}
		}
		if kind == propagation.HTTP && (k == "" || strings.Trim(strings.ToLower(k), "abcdefghijklmnopqrstuvwxyz0123456789-_.!#$%&'*+^`|~") != "") {
			t.Errorf("name %q", k)
		}
		return nil
	})
}

func traceState(c model.Context) string {
	if c.Extra == nil {
		return ""
	}
	return c.Extra.TraceState
}

func matchesFolded(have map[string]string, m model.Member) bool {
	for k, v := range have {
		if (strings.EqualFold(k, m.Key) || strings.ToLower(k) == m.Key) && (v == m.Value || string([]rune(v)) == m.Value) {
			return true
		}
	}
	return false
}

func checkMembers(t *testing.T, c model.Context) {
	t.Helper()
	size := 0
	for m := range c.Baggage.All() {
		size += len(m.Key) + len(m.Value)
		if m.Key == "" {
			t.Errorf("member %+v", m)
		}
	}
	// Lower case may be longer, in a few letters.
	if c.Baggage.Len() > 64 || size > 2*8192 {
		t.Errorf("%d members, %d bytes", c.Baggage.Len(), size)
	}
}

func newHeader() duplex  { return propagation.Header{} }
func newTextMap() duplex { return textMap{} }

// headerOf and mapOf make carriers of pairs, without those that are empty.
func headerOf(list ...[2]string) propagation.Header {
	h := propagation.Header{}
	for _, kv := range list {
		if kv[1] != "" {
			h[http.CanonicalHeaderKey(kv[0])] = []string{kv[1]}
		}
	}
	return h
}

func mapOf(list ...[2]string) textMap {
	m := textMap{}
	for _, kv := range list {
		if kv[1] != "" {
			m[kv[0]] = kv[1]
		}
	}
	return m
}

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
		one, err1 := newDefault(t, propagation.HTTP).Extract(h)
		reversed := &pairs{}
		for i := range all {
			if kv := all[len(all)-1-i]; kv[1] != "" {
				reversed.list = append(reversed.list, kv)
			}
		}
		two, err2 := newDefault(t, propagation.HTTP).Extract(reversed)
		if describe(one) != describe(two) || listMembers(one.Baggage) != listMembers(two.Baggage) || (err1 == nil) != (err2 == nil) {
			t.Errorf("%s, %v; in another order %s, %v", describe(one), err1, describe(two), err2)
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
	pattern := regexp.MustCompile(`^([a-z0-9][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$`)
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4096 {
			return
		}
		c, err := newW3C(t, propagation.Text).Extract(textMap{"traceparent": w3cParent, "tracestate": s})
		if err != nil {
			t.Fatal(err)
		}
		want, keys := strings.Trim(s, " \t"), map[string]bool{}
		n := 0
		for _, member := range strings.Split(s, ",") {
			if member = strings.Trim(member, " \t"); member == "" {
				continue
			}
			key, _, _ := strings.Cut(member, "=")
			if !pattern.MatchString(member) || keys[key] {
				want = ""
			}
			keys[key] = true
			n++
		}
		if n == 0 || n > 32 {
			want = ""
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
