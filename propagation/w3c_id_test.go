// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

const (
	w3cTrace  = "0af7651916cd43dd8448eb211c80319c"
	w3cSpan   = "b7ad6b7169203331"
	w3cParent = "00-" + w3cTrace + "-" + w3cSpan + "-01"
)

func newW3C(t testing.TB, kind propagation.Kind, opts ...propagation.Option) *propagation.Textual {
	t.Helper()
	p, err := propagation.W3C(kind, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What TestW3CSuite does not ask.
func TestTraceparent(t *testing.T) {
	const (
		accepted  = w3cTrace + " " + w3cSpan + " 0000000000000000 "
		corrupted = "corrupted"
	)
	for _, tt := range []struct {
		name, header, want string
	}{
		{"sampled", w3cParent, accepted + "flags=1 state=2"},
		{"not sampled", "00-" + w3cTrace + "-" + w3cSpan + "-00", accepted + "flags=0 state=2"},
		{"random", "00-" + w3cTrace + "-" + w3cSpan + "-02", accepted + "flags=0 state=6"},
		{"random and sampled", "00-" + w3cTrace + "-" + w3cSpan + "-03", accepted + "flags=1 state=6"},
		{"reserved flags are not Jaeger's", "00-" + w3cTrace + "-" + w3cSpan + "-fc", accepted + "flags=0 state=2"},
		{"64 bits", "00-00000000000000000123456789abcdef-0000000000000001-01", "0123456789abcdef 0000000000000001 0000000000000000 flags=1 state=2"},
		{"low half zero", "00-00000000000000010000000000000000-0000000000000001-00", "00000000000000010000000000000000 0000000000000001 0000000000000000 flags=0 state=2"},
		{"version 01, empty rest", "01" + w3cParent[2:] + "-", accepted + "flags=1 state=2"},
		{"version fe", "fe" + w3cParent[2:], accepted + "flags=1 state=2"},

		{"version cc, longer flags", "cc" + w3cParent[2:] + "0", corrupted},
		{"version 00 and a dash", w3cParent + "-", corrupted},
		{"version in upper case", "CC" + w3cParent[2:], corrupted},
		{"trace id in upper case", "00-" + strings.ToUpper(w3cTrace) + "-" + w3cSpan + "-01", corrupted},
		{"span id in upper case", "00-" + w3cTrace + "-B7AD6B7169203331-01", corrupted},
		{"flags in upper case", "00-" + w3cTrace + "-" + w3cSpan + "-0A", corrupted},
		{"no flags", "00-" + w3cTrace + "-" + w3cSpan, corrupted},
		{"two, joined", w3cParent + "," + w3cParent, corrupted},
		{"empty", "", corrupted},
		{"spaces", "   ", corrupted},
		{"long", w3cParent[:53] + strings.Repeat("0", 5000), corrupted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, kind := range []propagation.Kind{propagation.HTTP, propagation.Text} {
				p := newW3C(t, kind)
				for carrier, from := range map[string]propagation.Reader{
					"Header":          propagation.Header{"Traceparent": {tt.header}, "X-Trace-Id": {"1"}},
					"Header, lower":   propagation.Header{"traceparent": {tt.header}},
					"foreign carrier": textMap{"TraceParent": tt.header, "trace-parent": "x", "trace.parent": "y"},
				} {
					c, err := p.Extract(from)
					if tt.want == corrupted {
						if !errors.Is(err, propagation.ErrCorrupted) || c != (model.Context{}) {
							t.Errorf("%s: %s, error %v; want ErrCorrupted", carrier, describe(c), err)
						} else if len(err.Error()) > 200 {
							t.Errorf("%s: error of %d bytes", carrier, len(err.Error()))
						}
						continue
					}
					if got := describe(c); err != nil || got != tt.want {
						t.Errorf("%s: %s, %v; want %s", carrier, got, err, tt.want)
					}
				}
				want := propagation.FormatStats{Seen: 3, Accepted: 3}
				if tt.want == corrupted {
					want = propagation.FormatStats{Seen: 3, Rejected: 3}
				}
				checkStats(t, p, want)
			}
		})
	}
}

func TestTraceparentTwice(t *testing.T) {
	other := strings.Replace(w3cParent, "0af", "1af", 1)
	for name, from := range map[string]propagation.Reader{
		"lines":             propagation.Header{"Traceparent": {other, w3cParent}},
		"the same":          propagation.Header{"Traceparent": {w3cParent, w3cParent}},
		"spellings":         propagation.Header{"Traceparent": {w3cParent}, "traceparent": {other}, "tracestate": {"a=1"}},
		"foreign":           &pairs{list: [][2]string{{"traceparent", other}, {"traceparent", w3cParent}}},
		"foreign spellings": &pairs{list: [][2]string{{"traceparent", other}, {"Traceparent", w3cParent}}},
	} {
		for range 10 { // a map has another order each time
			c, err := newW3C(t, propagation.HTTP).Extract(from)
			if name == "spellings" {
				// Header's own spelling wins, as for every name.
				if err != nil || c.TraceID.Hex32() != w3cTrace {
					t.Errorf("%s: %s, %v", name, describe(c), err)
				}
				continue
			}
			if !errors.Is(err, propagation.ErrCorrupted) {
				t.Errorf("%s: %s, error %v; want ErrCorrupted", name, describe(c), err)
			}
		}
	}
	if _, err := newW3C(t, propagation.HTTP).Extract(propagation.Header{"Tracestate": {"foo=1"}}); err != propagation.ErrNotFound {
		t.Errorf("tracestate alone: %v, want ErrNotFound", err)
	}
}

func TestW3CInject(t *testing.T) {
	ids := model.Context{TraceID: model.TraceID{Low: 0x1f94672794ce4b8d}, SpanID: 0x1176e0d0ae74869a, ParentID: 0xa, Flags: 0xb}
	const idText = "00-00000000000000001f94672794ce4b8d-1176e0d0ae74869a-"
	with := func(change func(c *model.Context)) model.Context {
		c := ids
		change(&c)
		return c
	}
	for _, tt := range []struct {
		name    string
		c       model.Context
		want    map[string]string
		dropped uint64
	}{
		{name: "ids", c: ids, want: map[string]string{"traceparent": idText + "01"}},
		{
			name: "debug without sampled", c: with(func(c *model.Context) { c.Flags = 2 }),
			want: map[string]string{"traceparent": idText + "00"},
		},
		{
			name: "undecided", c: with(func(c *model.Context) { c.State = model.StateDeferred }),
			want: map[string]string{"traceparent": idText + "00"},
		},
		{
			name: "random", c: with(func(c *model.Context) { c.State = model.StateW3CRandom | model.StateRemote; c.TraceID.High = 0xab }),
			want: map[string]string{"traceparent": "00-00000000000000ab1f94672794ce4b8d-1176e0d0ae74869a-03"},
		},
		{
			name: "tracestate", c: with(func(c *model.Context) { c.Extra = &model.Extra{TraceState: "a=1, b=2"} }),
			want: map[string]string{"traceparent": idText + "01", "tracestate": "a=1, b=2"},
		},
		{
			name: "tracestate that breaks the request", c: with(func(c *model.Context) { c.Extra = &model.Extra{TraceState: "a=1\r\n"} }),
			want: map[string]string{"traceparent": idText + "01"},
		},
		{
			name: "values",
			c:    model.Context{Baggage: members("plain=a-b_c.d~e/f?g=h&i:j@k(l)'m'*!$#[]{}|^`<>", "space= a b ", "special=100%,\"\\;+", "utf8=acmé €", "empty=")},
			want: map[string]string{"baggage": "empty=,utf8=acm%C3%A9%20%E2%82%AC,special=100%25%2C%22%5C%3B+,space=%20a%20b%20," +
				"plain=a-b_c.d~e/f?g=h&i:j@k(l)'m'*!$#[]{}|^`<>"},
		},
		{
			name: "control bytes",
			c:    model.Context{Baggage: members("crlf=a\r\nb", "nul=\x00")},
			want: map[string]string{"baggage": "nul=%00,crlf=a%0D%0Ab"},
		},
		{
			name: "keys",
			c:    model.Context{Baggage: members("User-Id=1", "a b=2", "ü=3", "=4", "a:b=5", "a,b=6", "a;b=7", "x!y=8", "user-ID=9")},
			want: map[string]string{"baggage": "user-ID=9,x!y=8,User-Id=1"}, dropped: 6,
		},
		{
			name: "properties",
			c: model.Context{Baggage: model.NewBaggage(
				model.Member{Key: "a", Value: "1", Properties: "p"},
				model.Member{Key: "b", Value: "2", Properties: "p1=v%20 ; p2 ;p3 = x"},
				model.Member{Key: "c", Value: "3", Properties: "p,d=4"},
				model.Member{Key: "e", Value: "5", Properties: "p\r\n"},
				model.Member{Key: "f", Value: "6", Properties: ";"})},
			want: map[string]string{"baggage": "b=2;p1=v%20 ; p2 ;p3 = x,a=1;p"}, dropped: 3,
		},
		{name: "nothing", c: model.Context{Flags: 3, Extra: &model.Extra{TraceState: "a=1"}}, want: map[string]string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, kind := range []propagation.Kind{propagation.HTTP, propagation.Text} {
				p := newW3C(t, kind)
				foreign, header := textMap{}, propagation.Header{}
				p.Inject(&tt.c, foreign)
				if !reflect.DeepEqual(map[string]string(foreign), tt.want) {
					t.Errorf("kind %d: %q\nwant %q", kind, foreign, tt.want)
				}
				p.Inject(&tt.c, header)
				want := http.Header{}
				for k, v := range tt.want {
					want.Set(k, v)
				}
				if !reflect.DeepEqual(http.Header(header), want) {
					t.Errorf("Header: %q\nwant    %q", header, want)
				}
				s := p.Stats()[0]
				if s.BaggageDropped != 2*tt.dropped || s.Injected != 2*uint64(min(1, len(tt.want))) {
					t.Errorf("Stats = %+v", s)
				}
			}
		})
	}
}
