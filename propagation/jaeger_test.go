// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func TestJaegerIDSpellings(t *testing.T) {
	const corrupted = "corrupted"
	for _, tt := range []struct {
		name, header, want string
	}{
		{"jaeger-client-go", "1f94672794ce4b8d:1176e0d0ae74869a:1f94672794ce4b8d:1", "1f94672794ce4b8d 1176e0d0ae74869a 1f94672794ce4b8d flags=1 state=2"},
		{"jaeger-client-go root", "1f94672794ce4b8d:1f94672794ce4b8d:0000000000000000:0", "1f94672794ce4b8d 1f94672794ce4b8d 0000000000000000 flags=0 state=2"},
		{"jaeger-client-go 128 bits", "00000000000000ab1f94672794ce4b8d:1f94672794ce4b8d:0000000000000000:3", "00000000000000ab1f94672794ce4b8d 1f94672794ce4b8d 0000000000000000 flags=3 state=2"},
		{"OpenTelemetry JS", "00000000000000001f94672794ce4b8d:9d29489eac885987:0:01", "1f94672794ce4b8d 9d29489eac885987 0000000000000000 flags=1 state=2"},
		{"Node jaeger-client drops zeros", "c3d10e6635a02:c3d10e6635a02:0:1", "000c3d10e6635a02 000c3d10e6635a02 0000000000000000 flags=1 state=2"},
		{"one digit each", "1:2:3:4", "0000000000000001 0000000000000002 0000000000000003 flags=4 state=2"},
		{"seventeen digits", "10000000000000002:2:0:1", "00000000000000010000000000000002 0000000000000002 0000000000000000 flags=1 state=2"},
		{"upper case", "ABCDEF:ABC:DEF:F", "0000000000abcdef 0000000000000abc 0000000000000def flags=f state=2"},
		{"encoded", "1f94672794ce4b8d%3A1176e0d0ae74869a%3A0%3A1", "1f94672794ce4b8d 1176e0d0ae74869a 0000000000000000 flags=1 state=2"},
		{"encoded in lower case", "1%3a2%3a3%3a1", "0000000000000001 0000000000000002 0000000000000003 flags=1 state=2"},
		{"garbage parent", "1:2:-7:1", "0000000000000001 0000000000000002 0000000000000000 flags=1 state=2"},
		{"no parent", "1:2::1", "0000000000000001 0000000000000002 0000000000000000 flags=1 state=2"},
		{"oversized parent", "1:2:12345678123456781:1", "0000000000000001 0000000000000002 0000000000000000 flags=1 state=2"},
		{"flags of sampled, debug, firehose", "1:2:3:b", "0000000000000001 0000000000000002 0000000000000003 flags=b state=2"},
		{"flags ff", "1:2:3:ff", "0000000000000001 0000000000000002 0000000000000003 flags=ff state=2"},
		{"flags of four digits", "1:2:3:0101", "0000000000000001 0000000000000002 0000000000000003 flags=1 state=2"},
		{"flags beyond a byte", "1:2:3:999", "0000000000000001 0000000000000002 0000000000000003 flags=99 state=2"},

		{"empty", "", corrupted},
		{"three parts", "1:2:1", corrupted},
		{"five parts", "1:2:3:1:1", corrupted},
		{"colons", ":::", corrupted},
		{"no trace id", ":2:3:1", corrupted},
		{"33 digits", "123456781234567812345678123456781:2:3:1", corrupted},
		{"trace id with sign", "-1:2:3:1", corrupted},
		{"trace id with 0x", "0x1:2:3:1", corrupted},
		{"span id of 17 digits", "1:12345678123456781:3:1", corrupted},
		{"span id with a space", "1: 2:3:1", corrupted},
		{"no flags", "1:2:3:", corrupted},
		{"negative flags", "1:2:3:-1", corrupted},
		{"flags of five digits", "1:2:3:00001", corrupted},
		{"zero trace id", "0:2:3:1", corrupted},
		{"zero span id", "1:0:3:1", corrupted},
		{"all zero, as jaeger-client-go without a trace", "0000000000000000:0000000000000000:0000000000000000:0", corrupted},
		{"encoded and cut off", "1%3A2%3A3%3", corrupted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newJaeger(t, propagation.HTTP)
			for carrier, from := range map[string]propagation.Reader{
				"Header":           propagation.Header{"Uber-Trace-Id": {tt.header}},
				"Header, repeated": propagation.Header{"Uber-Trace-Id": {"7:7:7:7", tt.header}},
				"Header, lower":    propagation.Header{"uber-trace-id": {tt.header}},
				"foreign carrier":  textMap{"uBer-tracE-id": tt.header},
				"foreign repeated": &pairs{list: [][2]string{{"uber-trace-id", "junk"}, {"Uber-Trace-Id", tt.header}}},
			} {
				c, err := p.Extract(from)
				if tt.want == corrupted {
					if !errors.Is(err, propagation.ErrCorrupted) {
						t.Errorf("%s: %s, error %v; want ErrCorrupted", carrier, describe(c), err)
					}
					if !reflect.DeepEqual(c, model.Context{}) {
						t.Errorf("%s: context beside an error: %s", carrier, describe(c))
					}
					continue
				}
				if got := describe(c); err != nil || got != tt.want {
					t.Errorf("%s: %s, %v; want %s", carrier, got, err, tt.want)
				}
			}
			want := propagation.FormatStats{Seen: 5, Accepted: 5}
			if tt.want == corrupted {
				want = propagation.FormatStats{Seen: 5, Rejected: 5}
			}
			checkStats(t, p, want)
		})
	}
}

// The flags that jaeger-client-go can set are one hexadecimal digit. It writes
// them so, but reads decimal: it refuses its own "a" to "f".
func TestJaegerFlagsGolden(t *testing.T) {
	golden := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"}
	for _, kind := range []propagation.Kind{propagation.HTTP, propagation.Text} {
		p := newJaeger(t, kind)
		for flags, digit := range golden {
			c := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, ParentID: 3, Flags: model.Flags(flags)}
			to := textMap{}
			p.Inject(&c, to)
			want := "0000000000000001:0000000000000002:0000000000000003:" + digit
			if to["uber-trace-id"] != want {
				t.Errorf("flags %d written as %q, want %q", flags, to["uber-trace-id"], want)
			}
			back, err := p.Extract(to)
			if err != nil || back.Flags != c.Flags {
				t.Errorf("flags %q read as %x, %v", digit, back.Flags, err)
			}
		}
	}
}

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
				"uberctx-plain":   "a-b_c.d~e/f?g=h&i:j@k(l)'m'*!$#[]{}|^`<>",
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

func TestJaegerExtractBaggage(t *testing.T) {
	for _, tt := range []struct {
		name       string
		carrier    [][2]string
		http, text map[string]string // nil: ErrNotFound
		dropped    uint64
	}{
		{
			name:    "of jaeger-client-go",
			carrier: [][2]string{{"uberctx-tenant", "acme+corp"}, {"Uberctx-User", "%C3%A9"}},
			http:    map[string]string{"tenant": "acme corp", "user": "é"},
			text:    map[string]string{"tenant": "acme+corp", "user": "%C3%A9"},
		},
		{
			name:    "of Node",
			carrier: [][2]string{{"uberctx-tenant", "acm%C3%A9%20x"}},
			http:    map[string]string{"tenant": "acmé x"},
			text:    map[string]string{"tenant": "acm%C3%A9%20x"},
		},
		{
			name:    "keys are lower-cased",
			carrier: [][2]string{{"UBERCTX-Key", "V"}, {"uberctx-ÄÖ", "1"}},
			http:    map[string]string{"key": "V", "äö": "1"},
			text:    map[string]string{"key": "V", "äö": "1"},
		},
		{
			name:    "last one of a key",
			carrier: [][2]string{{"uberctx-k", "1"}, {"uberctx-l", "2"}, {"Uberctx-K", "3"}},
			http:    map[string]string{"k": "3", "l": "2"},
			text:    map[string]string{"k": "3", "l": "2"},
		},
		{
			name:    "undecodable",
			carrier: [][2]string{{"uberctx-a", "100%"}, {"uberctx-b", "%zz"}, {"uberctx-c", "%4"}, {"uberctx-d", "ok"}},
			http:    map[string]string{"d": "ok"},
			text:    map[string]string{"a": "100%", "b": "%zz", "c": "%4", "d": "ok"},
			dropped: 3,
		},
		{
			name:    "undecodable alone",
			carrier: [][2]string{{"uberctx-a", "%"}},
			text:    map[string]string{"a": "%"},
			dropped: 1,
		},
		{
			name:    "without a key",
			carrier: [][2]string{{"uberctx-", "v"}, {"jaeger-baggage", "=v"}},
			dropped: 4,
		},
		{
			name:    "empty value",
			carrier: [][2]string{{"uberctx-k", ""}},
			http:    map[string]string{"k": ""},
			text:    map[string]string{"k": ""},
		},
		{
			name:    "list",
			carrier: [][2]string{{"jaeger-baggage", "k1=v1, k2 = v2 ,Key3=v3"}},
			http:    map[string]string{"k1": "v1", "k2": " v2", "Key3": "v3"},
			text:    map[string]string{"k1": "v1", "k2": " v2", "Key3": "v3"},
		},
		{
			name:    "list, encoded",
			carrier: [][2]string{{"Jaeger-Baggage", "k1%3Dv1%2Ck2=v+2"}},
			http:    map[string]string{"k1": "v1", "k2": "v 2"},
			text:    map[string]string{"k1": "v1", "k2": "v 2"},
		},
		{
			name:    "list, malformed",
			carrier: [][2]string{{"jaeger-baggage", ",,k1, k2=v2=w2 , ,k3=v3,"}},
			http:    map[string]string{"k3": "v3"},
			text:    map[string]string{"k3": "v3"},
			dropped: 4,
		},
		{
			name:    "list, undecodable", // given up as a whole, as jaeger-client-go does
			carrier: [][2]string{{"jaeger-baggage", "k1=v1,k2=%"}, {"jaeger-baggage", "k3=v3"}},
			http:    map[string]string{"k3": "v3"},
			text:    map[string]string{"k3": "v3"},
			dropped: 2,
		},
		{
			name:    "lists are merged, uberctx wins before",
			carrier: [][2]string{{"uberctx-k1", "header"}, {"jaeger-baggage", "k1=list,k2=list"}, {"jaeger-baggage", "k2=later,k3=later"}},
			http:    map[string]string{"k1": "header", "k2": "later", "k3": "later"},
			text:    map[string]string{"k1": "header", "k2": "later", "k3": "later"},
		},
		{
			name:    "uberctx wins behind",
			carrier: [][2]string{{"jaeger-baggage", "k1=list,k2=list"}, {"uberctx-k1", "header"}},
			http:    map[string]string{"k1": "header", "k2": "list"},
			text:    map[string]string{"k1": "header", "k2": "list"},
		},
		{
			name:    "nobody's",
			carrier: [][2]string{{"", ""}, {"uberctx", "v"}, {"u", "v"}, {"x-uberctx-k", "v"}, {"baggage", "k=v"}, {"uber-trace-id-x", "1:1:1:1"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var dropped uint64
			for kind, want := range map[propagation.Kind]map[string]string{propagation.HTTP: tt.http, propagation.Text: tt.text} {
				p := newJaeger(t, kind)
				from := &pairs{list: tt.carrier}
				c, err := p.Extract(from)
				checkBaggage(t, fmt.Sprint("kind ", kind), c, err, want)
				if from.passes != 1 || from.visits != len(tt.carrier) {
					t.Errorf("%d passes, %d visits for %d pairs", from.passes, from.visits, len(tt.carrier))
				}
				dropped += p.Stats()[0].BaggageDropped
			}
			if dropped != tt.dropped {
				t.Errorf("%d members counted as dropped, want %d", dropped, tt.dropped)
			}
			h := propagation.Header{}
			for _, kv := range tt.carrier {
				http.Header(h).Add(kv[0], kv[1])
			}
			c, err := newJaeger(t, propagation.HTTP).Extract(h)
			checkBaggage(t, "Header", c, err, tt.http)
		})
	}
}

func checkBaggage(t *testing.T, what string, c model.Context, err error, want map[string]string) {
	t.Helper()
	if want == nil {
		if err != propagation.ErrNotFound {
			t.Errorf("%s: %s, %v; want ErrNotFound", what, describe(c), err)
		}
		return
	}
	if err != nil || c.IsValid() || c.State != model.StateRemote || c.Flags != 0 {
		t.Errorf("%s: %s, %v", what, describe(c), err)
	}
	if got := asMap(c.Baggage); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: baggage %q, want %q", what, got, want)
	}
}

func TestJaegerExtractWithoutIDs(t *testing.T) {
	zero := [2]string{"uber-trace-id", "0000000000000000:0000000000000000:0000000000000000:0"}
	for _, tt := range []struct {
		name    string
		carrier [][2]string
		want    string // of HTTP; "" for ErrCorrupted
	}{
		{"debug id", [][2]string{{"jaeger-debug-id", "ticket+7%21"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 debug="ticket 7!"`},
		{"debug id, undecodable", [][2]string{{"Jaeger-Debug-Id", "100%+"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 debug="100%+"`},
		{"debug id and baggage", [][2]string{{"uberctx-k", "v"}, {"jaeger-debug-id", "d"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 debug="d" "k"="v"`},
		{"debug id and ids", [][2]string{{"uber-trace-id", "1:2:3:1"}, {"jaeger-debug-id", "d"}}, `0000000000000001 0000000000000002 0000000000000003 flags=1 state=2`},
		{"zero ids and debug id", [][2]string{zero, {"jaeger-debug-id", "d"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 debug="d"`},
		{"zero ids and baggage", [][2]string{zero, {"uberctx-k", "v"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 "k"="v"`},
		{"zero trace id, other span id and flags", [][2]string{{"uber-trace-id", "0:7:7:3"}, {"uberctx-k", "v"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 "k"="v"`},
		{"zero ids and bad baggage", [][2]string{zero, {"uberctx-k", "%"}}, ""},
		{"zero ids and empty debug id", [][2]string{zero, {"jaeger-debug-id", ""}}, ""},
		{"zero span id and baggage", [][2]string{{"uber-trace-id", "1:0:0:1"}, {"uberctx-k", "v"}}, ""},
		{"garbage and baggage", [][2]string{{"uber-trace-id", "garbage"}, {"uberctx-k", "v"}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := propagation.Header{}
			for _, kv := range tt.carrier {
				http.Header(h).Add(kv[0], kv[1])
			}
			for what, from := range map[string]propagation.Reader{"Header": h, "foreign": &pairs{list: tt.carrier}} {
				c, err := newJaeger(t, propagation.HTTP).Extract(from)
				if tt.want == "" {
					if !errors.Is(err, propagation.ErrCorrupted) {
						t.Errorf("%s: %s, %v; want ErrCorrupted", what, describe(c), err)
					}
				} else if got := describe(c); err != nil || got != tt.want {
					t.Errorf("%s: %s, %v\nwant %s", what, got, err, tt.want)
				}
			}
		})
	}
}

func TestJaegerDebugIDIsCut(t *testing.T) {
	for _, tt := range []struct {
		name, header string
		want         string
	}{
		{"fits", strings.Repeat("x", 128), strings.Repeat("x", 128)},
		{"long", strings.Repeat("x", 129), strings.Repeat("x", 128)},
		{"megabyte", strings.Repeat("x", 1<<20), strings.Repeat("x", 128)}, // jaeger-client-go keeps it all
		{"inside a rune", strings.Repeat("x", 127) + "éé", strings.Repeat("x", 127)},
		{"after a rune", strings.Repeat("x", 126) + "éé", strings.Repeat("x", 126) + "é"},
		{"encoded", strings.Repeat("%C3%A9", 1000), strings.Repeat("é", 64)},
		{"encoded, odd", "x" + strings.Repeat("%C3%A9", 1000), "x" + strings.Repeat("é", 63)},
		{"encoded, odd twice", "xy" + strings.Repeat("%C3%A9", 1000), "xy" + strings.Repeat("é", 63)},
		{"encoded, not too long", strings.Repeat("%C3%A9", 64), strings.Repeat("é", 64)},
		{"not UTF-8", strings.Repeat("\x80", 1000), strings.Repeat("\x80", 128)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := newJaeger(t, propagation.HTTP).Extract(propagation.Header{"Jaeger-Debug-Id": {tt.header}})
			if err != nil || c.DebugID() != tt.want {
				t.Errorf("%d bytes %q, %v; want %d", len(c.DebugID()), c.DebugID(), err, len(tt.want))
			}
		})
	}
}

func TestJaegerCanonicalSpellingWins(t *testing.T) {
	p := newJaeger(t, propagation.HTTP)
	h := propagation.Header{"Uber-Trace-Id": {"1:1:0:1"}, "uber-trace-id": {"garbage"}, "UBER-TRACE-ID": {"2:2:0:1"}, "Uberctx-K": {"v"}}
	for range 20 { // a map has another order each time
		c, err := p.Extract(h)
		if err != nil || c.TraceID.Low != 1 || c.Baggage.Len() != 1 {
			t.Fatalf("%s, %v", describe(c), err)
		}
	}
}

func TestJaegerCarrierError(t *testing.T) {
	broken := errors.New("connection reset")
	p := newJaeger(t, propagation.Text)
	c, err := p.Extract(&pairs{list: [][2]string{{"uber-trace-id", "1:2:3:1"}, {"uberctx-k", "v"}}, fail: broken})
	if !errors.Is(err, propagation.ErrCorrupted) || !errors.Is(err, broken) {
		t.Errorf("error %v, want both ErrCorrupted and the carrier's", err)
	}
	if !reflect.DeepEqual(c, model.Context{}) {
		t.Errorf("context beside an error: %s", describe(c))
	}
	checkStats(t, p, propagation.FormatStats{Seen: 1, Rejected: 1})
}

// What a reading leaves behind must not show up in the next one.
func TestJaegerReadingsAreClean(t *testing.T) {
	p := newJaeger(t, propagation.Text)
	first, err := p.Extract(textMap{"uber-trace-id": "1:2:3:1", "uberctx-secret": "mine", "jaeger-debug-id": "d"})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if c, err := p.Extract(textMap{"x": "y"}); err != propagation.ErrNotFound {
			t.Fatalf("%s, %v", describe(c), err)
		}
		c, err := p.Extract(textMap{"uberctx-public": "your"})
		if err != nil || !reflect.DeepEqual(asMap(c.Baggage), map[string]string{"public": "your"}) {
			t.Fatalf("%s, %v", describe(c), err)
		}
	}
	if got := asMap(first.Baggage); got["secret"] != "mine" {
		t.Errorf("an earlier context changed: %q", got)
	}
}

func TestJaegerErrorsAreShort(t *testing.T) {
	p := newJaeger(t, propagation.HTTP)
	for _, header := range []string{strings.Repeat("1", 4000), strings.Repeat("Z", 1000) + ":1:1:1", strings.Repeat("x", 1<<20), "1:2:3:" + strings.Repeat("é", 1000)} {
		_, err := p.Extract(propagation.Header{"Uber-Trace-Id": {header}})
		if err == nil || len(err.Error()) > 200 || !strings.Contains(err.Error(), "uber-trace-id") {
			t.Errorf("error %v", err)
		}
	}
}
