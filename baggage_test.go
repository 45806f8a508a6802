// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"fmt"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
)

// Whatever format an item came in, its key is found in any case; the exact spelling
// comes first.
func TestBaggageItemInAnyCase(t *testing.T) {
	tracer, _ := newTestTracer(t)
	for _, tt := range []struct{ header, value string }{
		{"baggage", "Some_Key=v"},
		{"uberctx-Some_Key", "v"},
		{"baggage-Some_Key", "v"},
		{"jaeger-baggage", "Some_Key=v"},
	} {
		caller := requestWith(t, tracer, "uber-trace-id", "1:2:0:1", "traceparent", "00-00000000000000000000000000000001-0000000000000002-01", "b3", "1-2-1", tt.header, tt.value)
		s := tracer.StartSpan("op", opentracing.ChildOf(caller)).(*Span)
		for _, key := range []string{"some_key", "Some_Key", "SOME_KEY"} {
			if s.BaggageItem(key) != "v" || own(caller).BaggageItem(key) != "v" {
				t.Errorf("%s: %s is %q on the span, %q in the context", tt.header, key, s.BaggageItem(key), own(caller).BaggageItem(key))
			}
		}
		s.SetBaggageItem("some_Key", "") // removes what BaggageItem finds
		if got := s.BaggageItem("Some_Key"); got != "" || own(caller).BaggageItem("some_key") != "v" {
			t.Errorf("%s: removed, and still %q", tt.header, got)
		}
		s.Finish()
	}
	s := tracer.StartSpan("op")
	s.SetBaggageItem("A", "exact").SetBaggageItem("a", "newer")
	for key, want := range map[string]string{"A": "exact", "a": "newer", "b": ""} {
		if got := s.BaggageItem(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	s.Finish()
	if (SpanContext{}).BaggageItem("a") != "" {
		t.Error("the zero context has an item")
	}
}

// only allows the key "short", with values of 4 bytes.
type only struct{}

func (only) Allowed(_, key string) (int, bool) { return 4, key == "short" }

// panicky panics when it is asked.
type panicky struct{}

func (panicky) Allowed(string, string) (int, bool) { panic("no") }

// A value that may not travel is not written into a log either.
func TestRefusedBaggageIsNotLogged(t *testing.T) {
	const secret = "hunter2-and-more"
	var redacted strings.Builder
	redactor := WithRedactor(func(p Place, _ string, v model.Value) (model.Value, bool) {
		fmt.Fprint(&redacted, v.Str())
		return v, true
	})
	few := Limits{}
	few.Propagation.BaggageMembers = 1
	few.Propagation.BaggageBytes = 10
	for _, tt := range []struct {
		name string
		opts []Option
		key  string
		want string
	}{
		{"key not allowed", []Option{WithBaggageRestrictions(only{})}, "password", "event=baggage key=password length=16 invalid=true"},
		{"restrictions that panic", []Option{WithBaggageRestrictions(panicky{})}, "password", "event=baggage key=password length=16 invalid=true"},
		{"too long", []Option{WithLimits(few)}, "password", "event=baggage key=password length=16 invalid=true"},
		{"too many", []Option{WithLimits(few), WithBaggageRestrictions(only{})}, "short", "event=baggage key=short length=16 truncated=true invalid=true"},
		{"cut", []Option{WithBaggageRestrictions(only{})}, "short", "event=baggage key=short value=hunt truncated=true"},
	} {
		for _, opts := range [][]Option{tt.opts, append(tt.opts, redactor)} {
			t.Run(tt.name, func(t *testing.T) {
				redacted.Reset()
				tracer, got := newTestTracer(t, opts...)
				from := NewSpanContext(model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Flags: 1})
				if tt.name == "too many" {
					from = from.WithBaggageItem("o", "x")
				}
				s := tracer.StartSpan("op", opentracing.ChildOf(from))
				s.SetBaggageItem(tt.key, secret)
				s.Finish()
				var fields []string
				for _, f := range got.only(t).Logs[0].Fields {
					fields = append(fields, f.Key+"="+f.Value.String())
				}
				if log := strings.Join(fields, " "); log != tt.want {
					t.Errorf("logged %q, want %q", log, tt.want)
				}
				if strings.Contains(redacted.String(), "hunter2") {
					t.Errorf("the redactor was shown %q", redacted.String())
				}
			})
		}
	}
}
