// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func TestJaegerHeadersInAnyCase(t *testing.T) {
	names := propagation.WithJaegerHeaders(propagation.JaegerHeaders{
		TraceContext: "X-Trace-ID", DebugID: "x-DEBUG", Baggage: "X_Baggage", BaggagePrefix: "Ctx_",
	})
	c := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, Flags: 1, Baggage: members("User-id=a b")}
	const id = "0000000000000001:0000000000000002:0000000000000000:1"

	overHTTP, overText := newJaeger(t, propagation.HTTP, names), newJaeger(t, propagation.Text, names)
	header, foreign, text := propagation.Header{}, textMap{}, textMap{}
	overHTTP.Inject(&c, header)
	overHTTP.Inject(&c, foreign)
	overText.Inject(&c, text)
	if want := (propagation.Header{"X-Trace-Id": {id}, "Ctx_user-Id": {"a%20b"}}); !reflect.DeepEqual(header, want) {
		t.Errorf("Header: %q, want %q", header, want)
	}
	if want := (textMap{"x-trace-id": id, "ctx_user-id": "a%20b"}); !reflect.DeepEqual(foreign, want) {
		t.Errorf("foreign carrier: %q, want %q", foreign, want)
	}
	if want := (textMap{"X-Trace-ID": id, "Ctx_User-id": "a b"}); !reflect.DeepEqual(text, want) {
		t.Errorf("Text: %q, want %q", text, want)
	}
	for what, back := range map[string]func() (model.Context, error){
		"Header":  func() (model.Context, error) { return overHTTP.Extract(header) },
		"foreign": func() (model.Context, error) { return overHTTP.Extract(foreign) },
		"Text":    func() (model.Context, error) { return overText.Extract(text) },
		"shouted": func() (model.Context, error) {
			return overText.Extract(textMap{"X-TRACE-ID": id, "CTX_USER-ID": "x", "x_BAGGAGE": "user-id=lost"})
		},
	} {
		got, err := back()
		if err != nil || got.TraceID != c.TraceID || got.Baggage.Len() != 1 {
			t.Errorf("%s: %s, %v", what, describe(got), err)
		}
	}
	if d, err := overHTTP.Extract(propagation.Header{"x-debug": {"me"}}); err != nil || d.DebugID() != "me" {
		t.Errorf("debug id: %s, %v", describe(d), err)
	}
	if _, err := overHTTP.Extract(propagation.Header{"Uber-Trace-Id": {id}}); err != propagation.ErrNotFound {
		t.Errorf("the default name is still read: %v", err)
	}
}

// A prefix that begins another name must not let baggage overwrite the ids.
func TestJaegerOverlappingNames(t *testing.T) {
	p := newJaeger(t, propagation.HTTP, propagation.WithJaegerHeaders(propagation.JaegerHeaders{BaggagePrefix: "uber-"}))
	c := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, Baggage: members("trace-id=evil", "k=v")}
	h := propagation.Header{}
	p.Inject(&c, h)
	want := propagation.Header{"Uber-Trace-Id": {"0000000000000001:0000000000000002:0000000000000000:0"}, "Uber-K": {"v"}}
	if !reflect.DeepEqual(h, want) {
		t.Errorf("%q, want %q", h, want)
	}
	back, err := p.Extract(h)
	if err != nil || !reflect.DeepEqual(asMap(back.Baggage), map[string]string{"k": "v"}) {
		t.Errorf("%s, %v", describe(back), err)
	}
	checkStats(t, p, propagation.FormatStats{Seen: 1, Accepted: 1, Injected: 1, BaggageDropped: 1})
}

func TestJaegerCanonicalNames(t *testing.T) {
	for _, prefix := range []string{"uberctx-", "ctx", "X_", "a-B-c"} {
		p := newJaeger(t, propagation.HTTP, propagation.WithJaegerHeaders(propagation.JaegerHeaders{BaggagePrefix: prefix}))
		for _, key := range []string{"a", "A", "userID", "x-request-ID", "--x", "_a-b", "1a-2b", "-"} {
			c := model.Context{Baggage: members(key + "=v")}
			h := propagation.Header{}
			p.Inject(&c, h)
			want := http.Header{}
			want.Set(prefix+key, "v")
			if !reflect.DeepEqual(http.Header(h), want) {
				t.Errorf("prefix %q, key %q: %q, want %q", prefix, key, h, want)
			}
		}
	}
}

func TestConfigurationErrors(t *testing.T) {
	headers := func(h propagation.JaegerHeaders) propagation.Option { return propagation.WithJaegerHeaders(h) }
	limits := func(l propagation.Limits) propagation.Option { return propagation.WithLimits(l) }
	for _, tt := range []struct {
		name string
		kind propagation.Kind
		opt  propagation.Option
		want []string // parts of the message; nil for success
	}{
		{"space", propagation.HTTP, headers(propagation.JaegerHeaders{TraceContext: "trace id"}), []string{"TraceContext", `"trace id"`}},
		{"line break", propagation.HTTP, headers(propagation.JaegerHeaders{BaggagePrefix: "a\r\nb"}), []string{"BaggagePrefix", `"a\r\nb"`}},
		{"colon", propagation.HTTP, headers(propagation.JaegerHeaders{DebugID: "a:"}), []string{"DebugID", `"a:"`}},
		{"not ASCII", propagation.HTTP, headers(propagation.JaegerHeaders{Baggage: "é"}), []string{"Baggage", `"é"`}},
		{"text takes more", propagation.Text, headers(propagation.JaegerHeaders{Baggage: "é :"}), nil},
		{"text, control byte", propagation.Text, headers(propagation.JaegerHeaders{Baggage: "\x00"}), []string{"Baggage", `"\x00"`}},
		{"long", propagation.HTTP, headers(propagation.JaegerHeaders{Baggage: strings.Repeat(" ", 1000)}), []string{"Baggage", "…"}},
		{"members", propagation.HTTP, limits(propagation.Limits{BaggageMembers: -1}), []string{"BaggageMembers", "-1"}},
		{"bytes", propagation.HTTP, limits(propagation.Limits{BaggageBytes: -2}), []string{"BaggageBytes", "-2"}},
		{"id header", propagation.Text, limits(propagation.Limits{IDHeaderBytes: -3}), []string{"IDHeaderBytes", "-3"}},
		{"debug id", propagation.Text, limits(propagation.Limits{DebugIDBytes: -4}), []string{"DebugIDBytes", "-4"}},
		{"nil option", propagation.HTTP, nil, []string{"option 1", "nil"}},
		{"kind", propagation.Kind(9), limits(propagation.Limits{}), []string{"kind", "9"}},
		{"defaults", propagation.HTTP, limits(propagation.Limits{}), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := propagation.Jaeger(tt.kind, tt.opt)
			if tt.want == nil {
				if err != nil || p == nil {
					t.Fatalf("error %v", err)
				}
				return
			}
			if err == nil || p != nil {
				t.Fatal("no error, or a propagator beside it")
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not name %q", err, part)
				}
			}
			if len(err.Error()) > 200 {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
		})
	}
	for _, opt := range []propagation.Option{propagation.WithLimits(propagation.Limits{BaggageBytes: -2}), nil} {
		if b, err := propagation.Binary(opt); err == nil || b != nil {
			t.Error("Binary takes a negative limit, or a nil option")
		}
	}
}
