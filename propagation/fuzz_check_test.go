// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"errors"
	"net/http"
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
	{name: "the same member again", id: "a:b:c:1", key: "K", value: "1", baggage: "k=1,k=%zz"},
	{name: "none agrees", id: "a:b:c:1", parent: w3cParent, state: "a=1", b3: "1-2-d", key: "k", value: "1", baggage: "k=2"},
	{name: "one is corrupted", id: "x", parent: w3cParent, b3: "0", baggage: "a=%ff,b=\xff,c=%"},
	{name: "later version", parent: "cc" + w3cParent[2:] + "-more", state: strings.Repeat("a=1,", 40)},
	{name: "tracestate that breaks the request", parent: w3cParent, state: "a=\r\nX: y"},
	{name: "properties", parent: w3cParent, baggage: "a=1;p;q=2 , b=2;;, c ; d=3, e=é;x=%zz"},
	{name: "b3 debug", b3: "1-2-d-3", key: "k", value: "1"},
	{name: "b3 baggage", b3: "0", key: "k", value: "50%20off \xe7"},
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

// checkCarrier looks for what would break the request it belongs to. Only a Header
// holds what is not ASCII, in B3's baggage.
func checkCarrier(t *testing.T, kind propagation.Kind, d duplex) {
	t.Helper()
	_, header := d.(propagation.Header)
	_ = d.ForeachKey(func(k, v string) error {
		for i := range len(v) {
			if c := v[i]; c < ' ' || c == 0x7f || kind == propagation.HTTP && c >= 0x80 && !(header && strings.HasPrefix(k, "Baggage-")) {
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

func newHeader() duplex { return propagation.Header{} }

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
