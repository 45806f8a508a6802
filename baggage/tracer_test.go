// SPDX-License-Identifier: Apache-2.0

package baggage_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/baggage"
	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurtest"
)

// restrictionFunc is a BaggageRestrictions and an io.Closer.
type restrictionFunc struct {
	allowed func(service, key string) (int, bool)
	closed  *int
	err     error
}

func (f restrictionFunc) Allowed(service, key string) (int, bool) { return f.allowed(service, key) }
func (f restrictionFunc) Close() error                            { *f.closed++; return f.err }

func TestBaggageRestrictions(t *testing.T) {
	list, err := baggage.NewAllowList(map[string]int{"k": 5, "one": 1, "std": 0}, baggage.AllowListOptions{DenyUnknown: true, DefaultLength: 7})
	if err != nil {
		t.Fatal(err)
	}
	type item struct{ key, value string }
	for _, tt := range []struct {
		name        string
		set         []item
		key, want   string // what the span has in the end
		log         string // the last one's fields
		cut, refuse uint64
	}{
		{"fits", []item{{"k", "12345"}}, "k", "12345", "event=baggage key=k value=12345", 0, 0},
		{"override", []item{{"k", "1"}, {"k", "2"}}, "k", "2", "event=baggage key=k value=2 override=true", 0, 0},
		{"too long", []item{{"k", "123456"}}, "k", "12345", "event=baggage key=k value=12345 truncated=true", 1, 0},
		{"too long again", []item{{"k", "1"}, {"k", "123456"}}, "k", "12345", "event=baggage key=k value=12345 override=true truncated=true", 1, 0},
		{"cut before a rune", []item{{"k", "123éé"}}, "k", "123é", "event=baggage key=k value=123é truncated=true", 1, 0},
		{"cut inside a rune", []item{{"k", "1234é"}}, "k", "1234", "event=baggage key=k value=1234 truncated=true", 1, 0},
		{"nothing would be left", []item{{"one", "x"}, {"one", "é"}}, "one", "x", "event=baggage key=one length=2 invalid=true", 0, 1},
		{"default length", []item{{"std", "12345678"}}, "std", "1234567", "event=baggage key=std value=1234567 truncated=true", 1, 0},
		{"unknown", []item{{"K", "v"}}, "K", "", "event=baggage key=K length=1 invalid=true", 0, 1},
		{"removal", []item{{"k", "1"}, {"k", ""}}, "k", "", "event=baggage key=k value= override=true", 0, 0},
		{"removal of an unknown key", []item{{"sneaked", ""}}, "sneaked", "", "event=baggage key=sneaked value= override=true", 0, 0},
		{"unknown key that arrived", []item{{"sneaked", "mine"}}, "sneaked", "in", "event=baggage key=sneaked length=4 invalid=true", 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := spurtest.New(t, spur.WithBaggageRestrictions(list))
			caller, err := tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"uber-trace-id": "1:1:0:1", "uberctx-sneaked": "in"})
			if err != nil {
				t.Fatal(err)
			}
			s := tracer.StartSpan("op", opentracing.ChildOf(caller))
			if v := s.BaggageItem("sneaked"); v != "in" {
				t.Errorf("arrived baggage is %q: it is not restricted", v)
			}
			for _, i := range tt.set {
				s.SetBaggageItem(i.key, i.value)
			}
			if v := s.BaggageItem(tt.key); v != tt.want {
				t.Errorf("%s=%q, want %q", tt.key, v, tt.want)
			}
			s.Finish()
			logs := got.Spans()[0].Logs
			var fields []string
			for _, f := range logs[len(logs)-1].Fields {
				fields = append(fields, f.Key+"="+f.Value.String())
			}
			if line := strings.Join(fields, " "); line != tt.log || len(logs) != len(tt.set) {
				t.Errorf("%d logs, the last %q, want %q", len(logs), line, tt.log)
			}
			if c := tracer.Stats().Cut; c.Values != tt.cut || c.Baggage != tt.refuse {
				t.Errorf("%d cut, %d refused; want %d, %d", c.Values, c.Baggage, tt.cut, tt.refuse)
			}
		})
	}
}

// TestRestrictionsAndLimits: the limits of the formats hold as well, for what is
// left of a value.
func TestRestrictionsAndLimits(t *testing.T) {
	long, err := baggage.NewAllowList(map[string]int{"k": 9000, "short": 100}, baggage.AllowListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tracer, _ := spurtest.New(t, spur.WithBaggageRestrictions(long))
	s := tracer.StartSpan("op")
	s.SetBaggageItem("k", strings.Repeat("x", 10_000)).SetBaggageItem("short", strings.Repeat("x", 10_000))
	if s.BaggageItem("k") != "" || len(s.BaggageItem("short")) != 100 {
		t.Errorf("%d and %d bytes", len(s.BaggageItem("k")), len(s.BaggageItem("short")))
	}
	if c := tracer.Stats().Cut; c.Baggage != 1 || c.Values != 1 {
		t.Errorf("%+v", c)
	}
	s.Finish()
}

func TestRestrictionsAreAsked(t *testing.T) {
	var asked []string
	closed := 0
	boom := errors.New("boom")
	r := restrictionFunc{closed: &closed, err: boom, allowed: func(service, key string) (int, bool) {
		asked = append(asked, service+"/"+key)
		switch key {
		case "panics":
			panic("x")
		case "negative":
			return -1, true
		}
		return 3, true
	}}
	tracer, err := spur.New("orders", spur.WithReporter(reporter.Null{}), spur.WithLogger(nil), spur.WithBaggageRestrictions(r))
	if err != nil {
		t.Fatal(err)
	}
	s := tracer.StartSpan("op")
	for _, key := range []string{"a", "panics", "negative"} {
		s.SetBaggageItem(key, "value")
	}
	s.SetBaggageItem("a", "")
	if got := strings.Join(asked, " "); got != "orders/a orders/panics orders/negative" {
		t.Errorf("asked for %s", got)
	}
	if b := s.Context().(spur.SpanContext).Baggage(); b.Len() != 0 {
		t.Errorf("%v", b)
	}
	if c := tracer.Stats().Cut; c.Panics != 1 || c.Baggage != 2 || c.Values != 1 {
		t.Errorf("%+v", c)
	}
	if err := tracer.Close(); !errors.Is(err, boom) || closed != 1 {
		t.Errorf("%v, closed %d times", err, closed)
	}
	if err := tracer.Close(); err != nil || closed != 1 {
		t.Errorf("%v, closed %d times", err, closed)
	}
	if _, err := spur.New("orders", spur.WithSampler(nil), spur.WithBaggageRestrictions(r)); err == nil || closed != 1 {
		t.Errorf("%v: what New does not take it does not close, %d", err, closed)
	}
	if _, err := spur.New("orders", spur.WithBaggageRestrictions(nil)); err == nil || !strings.Contains(err.Error(), "WithBaggageRestrictions") {
		t.Errorf("nil: %v", err)
	}
}

// TestRestrictionsWhenDisabled: such a tracer passes baggage on, so it asks too.
func TestRestrictionsWhenDisabled(t *testing.T) {
	list, err := baggage.NewAllowList(nil, baggage.AllowListOptions{DenyUnknown: true})
	if err != nil {
		t.Fatal(err)
	}
	tracer, _ := spurtest.New(t, spur.WithDisabled(true), spur.WithBaggageRestrictions(list))
	if v := tracer.StartSpan("op").SetBaggageItem("k", "v").BaggageItem("k"); v != "" {
		t.Errorf("set %q", v)
	}
}

func TestRestrictionAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	list, err := baggage.NewAllowList(map[string]int{"k": 10}, baggage.AllowListOptions{DenyUnknown: true})
	if err != nil {
		t.Fatal(err)
	}
	tracer, _ := spurtest.New(t, spur.WithSampler(sampler.NewConst(false)), spur.WithBaggageRestrictions(list))
	s := tracer.StartSpan("op")
	for _, tt := range []struct {
		name, key, value string
		want             float64
	}{
		{"allowed", "k", "v", 1},
		{"cut", "k", "longer than ten", 2}, // the copy that does not hold on to the rest
		{"refused", "x", "v", 0},
	} {
		if got := testing.AllocsPerRun(200, func() { s.SetBaggageItem(tt.key, tt.value) }); got != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
}
