// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func TestJaegerInject(t *testing.T) {
	ids := model.Context{TraceID: model.TraceID{Low: 0x1f94672794ce4b8d}, SpanID: 0x1176e0d0ae74869a, ParentID: 0xa, Flags: 0x1b}
	const idText = "1f94672794ce4b8d:1176e0d0ae74869a:000000000000000a:1b"
	with := func(change func(c *model.Context)) model.Context {
		c := ids
		change(&c)
		return c
	}
	for _, tt := range []struct {
		name       string
		c          model.Context
		http, text map[string]string
		dropped    uint64
	}{
		{
			name: "ids",
			c:    ids,
			http: map[string]string{"uber-trace-id": idText},
			text: map[string]string{"uber-trace-id": idText},
		},
		{
			name: "128 bits",
			c:    with(func(c *model.Context) { c.TraceID.High = 0xcafe }),
			http: map[string]string{"uber-trace-id": "000000000000cafe" + idText},
			text: map[string]string{"uber-trace-id": "000000000000cafe" + idText},
		},
		{
			name: "low half zero",
			c:    with(func(c *model.Context) { c.TraceID = model.TraceID{High: 1} }),
			http: map[string]string{"uber-trace-id": "00000000000000010000000000000000" + idText[16:]},
			text: map[string]string{"uber-trace-id": "00000000000000010000000000000000" + idText[16:]},
		},
		{
			name: "undecided",
			c:    with(func(c *model.Context) { c.State = model.StateDeferred | model.StateRemote }),
			http: map[string]string{"uber-trace-id": "1f94672794ce4b8d:1176e0d0ae74869a:000000000000000a:18"},
			text: map[string]string{"uber-trace-id": "1f94672794ce4b8d:1176e0d0ae74869a:000000000000000a:18"},
		},
		{
			name: "values",
			c: model.Context{Baggage: members("plain=a-b_c.d~e/f?g=h&i:j@k(l)'m'*!$#[]{}|^`<>", "space= a b ", "special=100%,\"\\;+",
				"utf8=acmé €", "empty=")},
			http: map[string]string{
				"uberctx-plain":   "a-b_c.d~e%2Ff%3Fg%3Dh%26i%3Aj%40k%28l%29%27m%27%2A%21%24%23%5B%5D%7B%7D%7C%5E%60%3C%3E",
				"uberctx-space":   "%20a%20b%20",
				"uberctx-special": "100%25%2C%22%5C%3B%2B",
				"uberctx-utf8":    "acm%C3%A9%20%E2%82%AC",
				"uberctx-empty":   "",
			},
			text: map[string]string{
				"uberctx-plain":   "a-b_c.d~e/f?g=h&i:j@k(l)'m'*!$#[]{}|^`<>",
				"uberctx-space":   " a b ",
				"uberctx-special": "100%,\"\\;+",
				"uberctx-utf8":    "acmé €",
				"uberctx-empty":   "",
			},
		},
		{
			name:    "control bytes", // jaeger-client-go: gRPC fails the application's call
			c:       model.Context{Baggage: members("crlf=a\r\nb", "nul=\x00", "del=\x7f", "k\n=v")},
			http:    map[string]string{"uberctx-crlf": "a%0D%0Ab", "uberctx-nul": "%00", "uberctx-del": "%7F"},
			text:    map[string]string{},
			dropped: 1 + 4,
		},
		{
			name:    "keys", // jaeger-client-go: net/http refuses the application's request
			c:       model.Context{Baggage: members("User-Id=1", "a b=2", "ü=3", "=4", "a:b=5", "x_y.z=6")},
			http:    map[string]string{"uberctx-user-id": "1", "uberctx-x_y.z": "6"},
			text:    map[string]string{"uberctx-User-Id": "1", "uberctx-a b": "2", "uberctx-ü": "3", "uberctx-a:b": "5", "uberctx-x_y.z": "6"},
			dropped: 4 + 1,
		},
		{
			name:    "keys that differ in case",
			c:       model.Context{Baggage: members("Key=old", "other=1", "KEY=older", "key=new")},
			http:    map[string]string{"uberctx-key": "new", "uberctx-other": "1"},
			text:    map[string]string{"uberctx-key": "new", "uberctx-other": "1"},
			dropped: 2 + 2,
		},
		{
			name: "nothing",
			c:    model.Context{Flags: 3, Extra: &model.Extra{DebugID: "d"}},
			http: map[string]string{},
			text: map[string]string{},
		},
		{
			name: "a trace id without a span id",
			c:    model.Context{TraceID: model.TraceID{Low: 1}, Baggage: members("k=v")},
			http: map[string]string{"uberctx-k": "v"},
			text: map[string]string{"uberctx-k": "v"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			overHTTP, overText := newJaeger(t, propagation.HTTP), newJaeger(t, propagation.Text)
			foreign, text, header := textMap{}, textMap{}, propagation.Header{}
			overHTTP.Inject(&tt.c, foreign)
			overText.Inject(&tt.c, text)
			if !reflect.DeepEqual(map[string]string(foreign), tt.http) {
				t.Errorf("HTTP: %q\nwant  %q", foreign, tt.http)
			}
			if !reflect.DeepEqual(map[string]string(text), tt.text) {
				t.Errorf("Text: %q\nwant  %q", text, tt.text)
			}
			if got := overHTTP.Stats()[0].BaggageDropped + overText.Stats()[0].BaggageDropped; got != tt.dropped {
				t.Errorf("%d members counted as dropped, want %d", got, tt.dropped)
			}
			if got, want := overHTTP.Stats()[0].Injected, min(1, len(tt.http)); got != uint64(want) {
				t.Errorf("Injected = %d, want %d", got, want)
			}

			overHTTP.Inject(&tt.c, header)
			want := http.Header{}
			for k, v := range tt.http {
				want.Set(k, v)
			}
			if !reflect.DeepEqual(http.Header(header), want) {
				t.Errorf("Header: %q\nwant    %q", header, want)
			}
			std := http.Header{}
			overHTTP.Inject(&tt.c, std)
			if !reflect.DeepEqual(std, want) {
				t.Errorf("http.Header: %q\nwant    %q", std, want)
			}
		})
	}
}

// A token that gRPC does not allow in metadata must not reach a foreign carrier.
func TestJaegerInjectTokens(t *testing.T) {
	c := model.Context{Baggage: members("a!b=1", "#$&'*+^`|~=2", "a%b=3")}
	p := newJaeger(t, propagation.HTTP)
	header, foreign := propagation.Header{}, textMap{}
	p.Inject(&c, header)
	p.Inject(&c, foreign)
	want := propagation.Header{"Uberctx-A!b": {"1"}, "Uberctx-#$&'*+^`|~": {"2"}, "Uberctx-A%b": {"3"}}
	if !reflect.DeepEqual(header, want) {
		t.Errorf("Header: %q, want %q", header, want)
	}
	if len(foreign) != 0 {
		t.Errorf("foreign carrier: %q", foreign)
	}
	checkStats(t, p, propagation.FormatStats{Injected: 1, BaggageDropped: 3})
}

func TestJaegerInjectOverwrites(t *testing.T) {
	p := newJaeger(t, propagation.HTTP)
	old := []string{"old", "older"}
	h := propagation.Header{"Uber-Trace-Id": old, "Uberctx-K": old, "Accept": {"*/*"}}
	c := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Baggage: members("k=new")}
	p.Inject(&c, h)
	want := propagation.Header{
		"Uber-Trace-Id": {"0000000000000001:0000000000000001:0000000000000000:0"}, "Uberctx-K": {"new"}, "Accept": {"*/*"},
	}
	if !reflect.DeepEqual(h, want) {
		t.Errorf("%q, want %q", h, want)
	}
	if old[0] != "old" {
		t.Error("the caller's slice was written to")
	}
	// A later Add must not write into our memory or another header's.
	http.Header(h).Add("Uber-Trace-Id", "x")
	http.Header(h).Add("Uberctx-K", "y")
	if h["Uberctx-K"][0] != "new" || h["Uber-Trace-Id"][0] != want["Uber-Trace-Id"][0] {
		t.Errorf("after Add: %q", h)
	}
	both := model.Context{Baggage: members("a=1", "b=2")}
	p.Inject(&both, h)
	http.Header(h).Add("Uberctx-B", "y") // the newest is written first
	http.Header(h).Add("Uberctx-A", "x")
	if h["Uberctx-A"][0] != "1" || h["Uberctx-B"][0] != "2" {
		t.Errorf("Add to one header changed another: %q", h)
	}
	p.Inject(&c, propagation.Header(nil)) // nowhere to write to; must not panic
}
