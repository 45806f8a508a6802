// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// throttle notes what it is asked, and is an io.Closer.
type throttle struct {
	allow  func(string) bool
	asked  []string
	closed int
	err    error
}

func (d *throttle) Allow(operation string) bool {
	d.asked = append(d.asked, operation)
	return d.allow(operation)
}
func (d *throttle) Close() error { d.closed++; return d.err }

// debugRequest is a span whose caller asked for debug in one of two ways.
func debugRequest(t *testing.T, tracer *Tracer, operation string, byID bool) *Span {
	t.Helper()
	header := http.Header{"Uber-Trace-Id": {"1:2:0:3"}}
	if byID {
		header = http.Header{"Jaeger-Debug-Id": {"some-id"}}
	}
	c, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
	if err != nil {
		t.Fatal(err)
	}
	return tracer.StartSpan(operation, opentracing.ChildOf(c)).(*Span)
}

func TestDebugThrottler(t *testing.T) {
	for _, byID := range []bool{false, true} {
		refused, reported := model.Flags(1), 5 // a caller that samples is followed
		if byID {
			refused, reported = 0, 2 // the sampler is asked
		}
		d := &throttle{allow: func(operation string) bool {
			if operation == "bomb" {
				panic("no")
			}
			return operation == "good"
		}}
		tracer, got := newTestTracer(t, WithDebugThrottler(d), WithSampler(sampler.NewParentBased(sampler.NewConst(false))), WithLimits(Limits{DebugPerSec: -1, OperationLength: 8}))
		for _, tt := range []struct {
			operation string
			flags     model.Flags
			asked     string
			capped    uint64
			panics    uint64
		}{
			{"good", 3, "good", 0, 0}, {"bad", refused, "bad", 1, 0}, {"bomb", refused, "bomb", 2, 1}, {"a long name", refused, "a lon…", 3, 1}, {"good", 3, "good", 3, 1},
		} {
			s := debugRequest(t, tracer, tt.operation, byID)
			s.Finish()
			cut := tracer.Stats().Cut
			if f := s.SpanContext().Flags(); f != tt.flags || d.asked[len(d.asked)-1] != tt.asked || cut.DebugCapped != tt.capped || cut.Panics != tt.panics {
				t.Errorf("by id %v, %s: flags %d, asked about %q, counted %+v; want %d, %q, %d and %d", byID, tt.operation, f, d.asked, cut, tt.flags, tt.asked, tt.capped, tt.panics)
			}
		}
		if len(d.asked) != 5 || len(got.all()) != reported {
			t.Errorf("by id %v: asked %q, %d reported; want 5 and %d", byID, d.asked, len(got.all()), reported)
		}
	}
}

// The throttler is there for people outside, not for the program.
func TestDebugThrottlerIsNotAsked(t *testing.T) {
	d := &throttle{allow: func(string) bool { return false }}
	tracer, _ := newTestTracer(t, WithDebugThrottler(d))
	other, _ := newTestTracer(t)
	for name, start := range map[string]func() (*Span, model.Flags){
		"sampling.priority": func() (*Span, model.Flags) {
			s := tracer.StartSpan("op").(*Span)
			ext.SamplingPriority.Set(s, 1)
			return s, 3
		},
		"sampling.priority at the start": func() (*Span, model.Flags) {
			return tracer.StartSpan("op", opentracing.Tag{Key: "sampling.priority", Value: 1}).(*Span), 3
		},
		"another tracer's debug flag": func() (*Span, model.Flags) {
			parent := other.StartSpan("op", opentracing.Tag{Key: "sampling.priority", Value: 1})
			defer parent.Finish()
			return tracer.StartSpan("op", opentracing.ChildOf(parent.Context())).(*Span), 3
		},
		"debug flag alone": func() (*Span, model.Flags) {
			parent := NewSpanContext(model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Flags: 2, State: model.StateRemote})
			return tracer.StartSpan("op", opentracing.ChildOf(parent)).(*Span), 2
		},
		"no debug flag": func() (*Span, model.Flags) { return tracer.StartSpan("op").(*Span), 1 },
		"a child": func() (*Span, model.Flags) {
			parent := tracer.StartSpan("op", opentracing.Tag{Key: "sampling.priority", Value: 1})
			defer parent.Finish()
			return tracer.StartSpan("op", opentracing.ChildOf(parent.Context())).(*Span), 3
		},
	} {
		s, want := start()
		s.Finish()
		if f := s.SpanContext().Flags(); f != want || len(d.asked) != 0 {
			t.Errorf("%s: flags %d, want %d; asked %q", name, f, want, d.asked)
		}
	}
}

func TestDebugThrottlerIsClosed(t *testing.T) {
	for _, disabled := range []bool{false, true} {
		d := &throttle{err: errors.New("boom")}
		tracer, err := New("orders", WithDisabled(disabled), WithLogger(nil), WithReporter(&collector{}), WithDebugThrottler(&throttle{}), WithDebugThrottler(d))
		if err != nil {
			t.Fatal(err)
		}
		if err := tracer.Close(); !errors.Is(err, d.err) {
			t.Errorf("Close = %v, want the throttler's error", err)
		}
		if err := tracer.Close(); err != nil || d.closed != 1 {
			t.Errorf("Close again = %v, closed %d times", err, d.closed)
		}
	}
	_, err := New("orders", WithDebugThrottler(nil))
	var bad *ConfigError
	if !errors.As(err, &bad) || bad.Name != "WithDebugThrottler" {
		t.Errorf("nil: %v", err)
	}
}

func TestDefaultThrottler(t *testing.T) {
	for _, tt := range []struct {
		perSec float64
		want   int // of 20 at once
	}{
		{0, 1},
		{1, 1},
		{0.001, 1},
		{2.5, 2},
		{10, 10},
		{1e300, 20},
		{math.Inf(1), 20},
		{-1, 0},
		{math.Inf(-1), 0},
		{math.NaN(), 0},
	} {
		tracer, _ := newTestTracer(t, WithLimits(Limits{DebugPerSec: tt.perSec}), WithClock(func() time.Time { return time.Unix(1e9, 0) }))
		debug := 0
		for range 20 {
			s := debugRequest(t, tracer, "op", false)
			if s.SpanContext().IsDebug() {
				debug++
			}
			s.Finish()
		}
		if n := tracer.Stats().Cut.DebugCapped; debug != tt.want || n != uint64(20-tt.want) {
			t.Errorf("%v a second: %d honoured, %d capped; want %d", tt.perSec, debug, n, tt.want)
		}
	}
}

func TestNewRemoteDebugThrottlerErrors(t *testing.T) {
	for _, tt := range []struct {
		service, name string
		o             RemoteThrottlerOptions
	}{
		{"", "NewRemoteDebugThrottler", RemoteThrottlerOptions{}},
		{"a", "RemoteThrottlerOptions.RefreshInterval", RemoteThrottlerOptions{RefreshInterval: -1}},
		{"a", "RemoteThrottlerOptions.Timeout", RemoteThrottlerOptions{Timeout: -1}},
		{"a", "RemoteThrottlerOptions.Endpoint", RemoteThrottlerOptions{Endpoint: "ftp://user:secret@x/?token=secret"}},
	} {
		r, err := NewRemoteDebugThrottler(tt.service, tt.o)
		var bad *ConfigError
		if !errors.As(err, &bad) || bad.Name != tt.name || r != nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v, %v; want an error of %s", tt.o, r, err, tt.name)
		}
	}
}

func TestParseCredits(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       []creditBalance
		err        string
	}{
		{"some", `{"balances":[{"operation":"a","balance":2.5},{"operation":"","balance":0}],"more":1}`, []creditBalance{{"a", 2.5}, {"", 0}}, ""},
		{"none", ` {"balances":[]} `, []creditBalance{}, ""},
		{"nothing", `{}`, nil, "no balances"},
		{"null", `null`, nil, "no balances"},
		{"null balances", `{"balances":null}`, nil, "no balances"},
		{"null entry", `{"balances":[null]}`, nil, "balance 0 has no operation"},
		{"no balance", `{"balances":[{"operation":"a","balance":1},{"operation":"a"}]}`, nil, "balance 1 is not a number"},
		{"negative", `{"balances":[{"operation":"a","balance":-1}]}`, nil, "balance 0 is not a number of 0"},
		{"text", `{"balances":[{"operation":"a","balance":"1"}]}`, nil, "string"},
		{"NaN", `{"balances":[{"operation":"a","balance":NaN}]}`, nil, "invalid character"},
		{"huge", `{"balances":[{"operation":"a","balance":1e999}]}`, nil, "1e999"},
		{"a list", `[]`, nil, "array"},
		{"two", `{"balances":[]}{}`, nil, "something follows"},
		{"too many", `{"balances":[` + strings.Repeat(`{"operation":"a","balance":1},`, 10_000) + `{"operation":"a","balance":1}]}`, nil, "more than 10000"},
	} {
		got, err := parseCredits([]byte(tt.body))
		if !reflect.DeepEqual(got, tt.want) || (err == nil) != (tt.err == "") {
			t.Errorf("%s: %v, %v; want %v", tt.name, got, err, tt.want)
		}
		if err != nil && (!errors.Is(err, errCredits) || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.err)
		}
	}
}

// FuzzCredits: whatever a server answers, credits stay numbers that run out.
func FuzzCredits(f *testing.F) {
	f.Add(`{"balances":[{"operation":"a","balance":2.5}]}`)
	f.Add(`{"balances":[{"operation":"a","balance":1e308},{"operation":"a","balance":1e308}]}`)
	f.Add(`{"balances":[null]}`) // null entries crash jaeger-client-go's sampler
	f.Add(`{"balances":[{"operation":"a","balance":NaN}]}`)
	f.Add(`{"balances":{}}`)
	f.Fuzz(func(t *testing.T, body string) {
		balances, err := parseCredits([]byte(body))
		if err != nil {
			return
		}
		var a accounts
		a.spend("a")
		before := 0.0
		for _, b := range balances {
			if !(b.credits >= 0) {
				t.Fatalf("%+v", b)
			}
			if b.operation == "a" {
				before += b.credits
			}
		}
		a.add(balances)
		if a.len() != 1 || a.of["a"].credits != before || a.spend("a") != (before >= 1) {
			t.Fatalf("%d accounts, %+v after %v", a.len(), a.of["a"], before)
		}
	})
}

func TestAccountsAreBounded(t *testing.T) {
	t.Run("names", func(t *testing.T) {
		var a accounts
		for i := range 5000 {
			if a.spend(fmt.Sprint("op", i)) {
				t.Fatal("allowed without a credit")
			}
		}
		if a.len() != maxAccounts {
			t.Errorf("%d known, want %d", a.len(), maxAccounts)
		}
	})
	t.Run("bytes", func(t *testing.T) {
		var a accounts
		for i := range 5000 {
			a.spend(strings.Repeat("é", 500) + fmt.Sprint(i)) // six bytes each in a query
		}
		if n := a.len(); n != maxAccountNames/3020 {
			t.Errorf("%d known", n)
		}
		total := 0
		for _, q := range a.queries() {
			if len(q) > maxCreditsQuery {
				t.Errorf("a query of %d bytes", len(q))
			}
			total += strings.Count(q, "&operations=")
		}
		if total != a.len() {
			t.Errorf("%d asked about, %d known", total, a.len())
		}
	})
	t.Run("one name", func(t *testing.T) {
		var a accounts
		a.spend(strings.Repeat("x", maxCreditsQuery-len("&operations=")))
		a.spend(strings.Repeat("x", maxCreditsQuery-len("&operations=")+1))
		a.spend(strings.Repeat("\x00", 4000))
		a.spend(strings.Repeat("x", 1<<20))
		if a.len() != 1 {
			t.Errorf("%d known, want 1", a.len())
		}
	})
}
