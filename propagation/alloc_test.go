// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

var aContext = model.Context{
	TraceID: model.TraceID{High: 0x0102030405060708, Low: 0x1f94672794ce4b8d}, SpanID: 0x1176e0d0ae74869a, ParentID: 0x1f94672794ce4b8d,
	Flags: model.FlagSampled,
}

// ordinary is a request's other headers, with those of carrier added.
func ordinary(carrier propagation.Header) propagation.Header {
	h := propagation.Header{
		"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "Authorization": {"Bearer abcdef"},
		"Content-Length": {"17"}, "Content-Type": {"application/json"}, "User-Agent": {"Go-http-client/1.1"},
		"X-Forwarded-For": {"10.1.2.3"}, "X-Request-Id": {"0123456789abcdef"},
	}
	for k, v := range carrier {
		h[k] = v
	}
	return h
}

// asText is a map carrier with the same pairs, in lower case as messages have them.
func asText(h propagation.Header, lower func(string) string) textMap {
	m := textMap{}
	for k, v := range h {
		m[lower(k)] = v[0]
	}
	return m
}

func TestAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	http, text, binary := newJaeger(t, propagation.HTTP), newJaeger(t, propagation.Text), newBinary(t)
	plain, with2 := aContext, aContext
	with2.Baggage = members("tenant=acme corp", "User-Id=42")

	nothing, header, header2, overwrite := ordinary(nil), ordinary(nil), ordinary(nil), ordinary(nil)
	http.Inject(&plain, header)
	http.Inject(&with2, header2)
	http.Inject(&with2, overwrite)
	map0, map2 := textMap{"a": "b"}, textMap{"a": "b"}
	text.Inject(&plain, map0)
	text.Inject(&with2, map2)
	foreign := textMap{}
	http.Inject(&with2, foreign)
	encoded := ordinary(propagation.Header{"Uber-Trace-Id": {"1%3A2%3A0%3A1"}})
	frame, frame2 := binary.AppendBinary(nil, &plain), binary.AppendBinary(nil, &with2)
	buf := make([]byte, 0, 256)

	inject := func(p propagation.Propagator, c *model.Context, to propagation.Setter) func() {
		return func() { p.Inject(c, to) }
	}
	extract := func(p propagation.Propagator, from propagation.Reader) func() {
		return func() {
			if c, err := p.Extract(from); err != nil || !c.IsValid() {
				t.Fatal(c, err)
			}
		}
	}
	for _, tt := range []struct {
		name string
		want float64
		run  func()
	}{
		{"inject/header", 1, inject(http, &plain, overwrite)},
		{"inject/header/baggage", 3, inject(http, &with2, overwrite)},
		{"inject/text", 1, inject(text, &plain, map0)},
		{"inject/text/baggage", 2, inject(text, &with2, map2)},
		{"inject/http foreign/baggage", 2, inject(http, &with2, foreign)},
		{"extract/header", 0, extract(http, header)},
		{"extract/header/encoded", 0, extract(http, encoded)},
		{"extract/header/baggage", 1, extract(http, header2)},
		{"extract/text", 0, extract(text, map0)},
		{"extract/text/baggage", 1, extract(text, map2)},
		{"extract/none", 0, func() {
			if _, err := http.Extract(nothing); err != propagation.ErrNotFound {
				t.Fatal(err)
			}
		}},
		{"binary/append", 0, func() { binary.AppendBinary(buf, &with2) }},
		{"binary/parse", 0, func() { _, _ = binary.ParseBinary(frame) }},
		{"binary/parse/baggage", 1, func() { _, _ = binary.ParseBinary(frame2) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := testing.AllocsPerRun(200, tt.run); got != tt.want {
				t.Errorf("%v allocations, want %v", got, tt.want)
			}
		})
	}
}

// A message's list of headers is copied once, with room for what is added.
func TestMessagesAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	type header struct {
		key   string
		value []byte
	}
	p := newDefault(t, propagation.Text)
	c := aContext
	c.Baggage = members("tenant=acme corp", "user-id=42")
	for headers, want := range map[int]float64{0: 10, 5: 10, 50: 10} {
		there := make([]header, headers, headers+1)
		got := testing.AllocsPerRun(100, func() {
			list := there
			p.Inject(&c, &propagation.Messages[header]{
				Headers: &list,
				Split:   func(h *header) (string, []byte) { return h.key, h.value },
				Join:    func(k string, v []byte) header { return header{k, v} },
			})
			if len(list) != headers+5 {
				t.Fatal(list)
			}
		})
		if got != want {
			t.Errorf("%v allocations into %d headers, want %v", got, headers, want)
		}
	}
}

// The same with several formats at once.
func TestCompositeAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	all := formats{fJaeger, fW3C, fB3}
	plain, with2, withState := aContext, aContext, aContext
	with2.Baggage = members("tenant=acme corp", "User-Id=42")
	withState.Extra = &model.Extra{TraceState: "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"}
	for _, tt := range []struct {
		name                         string
		inject                       formats
		idsOut, idsIn, twoOut, twoIn float64 // ids alone, and with two members of baggage
		stateOut, stateIn            float64
		foreignOut, foreignTwoOut    float64 // into a map
	}{
		{"jaeger", formats{fJaeger}, 1, 0, 3, 1, 1, 0, 1, 2},
		{"w3c", formats{fW3C}, 1, 0, 3, 1, 1, 1, 1, 2},
		{"b3", formats{fB3}, 1, 0, 3, 1, 1, 0, 1, 2},
		{"b3 single", formats{propagation.FormatB3Single}, 1, 0, 3, 1, 1, 0, 1, 2},
		{"default", formats{fJaeger, fW3C}, 1, 0, 3, 1, 1, 1, 1, 2},
		{"all", all, 2, 0, 4, 1, 2, 1, 2, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newComposite(t, propagation.HTTP, all, tt.inject)
			for _, run := range []struct {
				name             string
				c                *model.Context
				out, in, foreign float64
			}{
				{"ids", &plain, tt.idsOut, tt.idsIn, tt.foreignOut},
				{"2 items", &with2, tt.twoOut, tt.twoIn, tt.foreignTwoOut},
				{"tracestate", &withState, tt.stateOut, tt.stateIn, tt.foreignOut},
			} {
				h, m := ordinary(nil), textMap{}
				p.Inject(run.c, h)
				p.Inject(run.c, m)
				for what, f := range map[string]struct {
					want float64
					run  func()
				}{
					"inject":         {run.out, func() { p.Inject(run.c, h) }},
					"inject/foreign": {run.foreign, func() { p.Inject(run.c, m) }},
					"extract": {run.in, func() {
						if c, err := p.Extract(h); err != nil || !c.IsValid() {
							t.Fatal(c, err)
						}
					}},
					"extract/foreign": {run.in, func() {
						if c, err := p.Extract(m); err != nil || !c.IsValid() {
							t.Fatal(c, err)
						}
					}},
				} {
					if got := testing.AllocsPerRun(200, f.run); got != f.want {
						t.Errorf("%s/%s: %v allocations, want %v", what, run.name, got, f.want)
					}
				}
			}
		})
	}
}
