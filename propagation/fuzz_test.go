// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"encoding/binary"
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// seed is what jaeger-client-go dies of, logs a million lines for, or reads
// wrongly.
type seed struct{ name, id, key, value, list, debug string }

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
}

// checkTextual extracts from a carrier, passes the context on and extracts again.
// What a second hop gets, a third one must get too.
func checkTextual(t *testing.T, kind propagation.Kind, from propagation.Reader, size int, carrier func() interface {
	propagation.Setter
	propagation.Reader
}) {
	t.Helper()
	const limit = 64 << 10
	var (
		p   *propagation.Textual
		c   model.Context
		err error
	)
	got := allocated(limit, func() {
		p = newJaeger(t, kind)
		c, err = p.Extract(from)
	})
	if !raceEnabled && got > limit {
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
	if c.TraceID.IsValid() != c.IsValid() || c.State != model.StateRemote {
		t.Errorf("half a context: %s", describe(c))
	}
	checkMembers(t, c)
	if len(c.DebugID()) > 128 {
		t.Errorf("debug id of %d bytes", len(c.DebugID()))
	}

	second := carrier()
	p.Inject(&c, second)
	c2, err := p.Extract(second)
	if !c.IsValid() && c2.Baggage == nil {
		return // nothing to pass on
	}
	if err != nil {
		t.Fatalf("%s: cannot read what was written: %v", describe(c), err)
	}
	if c2.TraceID != c.TraceID || c2.SpanID != c.SpanID || c2.ParentID != c.ParentID || c2.Flags != c.Flags {
		t.Errorf("ids of %s arrived as %s", describe(c), describe(c2))
	}
	before := asMap(c.Baggage)
	for m := range c2.Baggage.All() {
		if v, ok := before[m.Key]; !ok || v != m.Value {
			// A list keeps the case of its keys; headers do not.
			if !matchesFolded(before, m) {
				t.Errorf("member %q=%q came from nowhere: %q", m.Key, m.Value, before)
			}
		}
	}
	third := carrier()
	p.Inject(&c2, third)
	c3, err := p.Extract(third)
	if err != nil || describe(c3) != describe(c2) {
		t.Errorf("not stable: %s, then %s, %v", describe(c2), describe(c3), err)
	}
}

func matchesFolded(have map[string]string, m model.Member) bool {
	for k, v := range have {
		if strings.ToLower(k) == m.Key && v == m.Value {
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
		if m.Key == "" || m.Properties != "" {
			t.Errorf("member %+v", m)
		}
	}
	// Lower case may be longer, in a few letters.
	if c.Baggage.Len() > 64 || size > 2*8192 {
		t.Errorf("%d members, %d bytes", c.Baggage.Len(), size)
	}
}

func FuzzJaegerHTTP(f *testing.F) {
	for _, s := range seeds {
		f.Add(s.id, s.key, s.value, s.list, s.debug)
	}
	f.Fuzz(func(t *testing.T, id, key, value, list, debug string) {
		h := propagation.Header{}
		for _, kv := range [][2]string{
			{"Uber-Trace-Id", id}, {http.CanonicalHeaderKey("uberctx-" + key), value}, {"Jaeger-Baggage", list}, {"Jaeger-Debug-Id", debug},
		} {
			if kv[1] != "" {
				h[kv[0]] = []string{kv[1]}
			}
		}
		checkTextual(t, propagation.HTTP, h, len(id+key+value+list+debug), func() interface {
			propagation.Setter
			propagation.Reader
		} {
			return propagation.Header{}
		})
	})
}

func FuzzJaegerText(f *testing.F) {
	for _, s := range seeds {
		f.Add(s.id, s.key, s.value, s.list, s.debug)
	}
	f.Fuzz(func(t *testing.T, id, key, value, list, debug string) {
		m := textMap{}
		for _, kv := range [][2]string{{"uber-trace-id", id}, {"uberctx-" + key, value}, {"jaeger-baggage", list}, {"jaeger-debug-id", debug}} {
			if kv[1] != "" {
				m[kv[0]] = kv[1]
			}
		}
		checkTextual(t, propagation.Text, m, len(id+key+value+list+debug), func() interface {
			propagation.Setter
			propagation.Reader
		} {
			return textMap{}
		})
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
		if !raceEnabled && got > limit {
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
