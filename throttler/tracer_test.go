// SPDX-License-Identifier: Apache-2.0

package throttler_test

import (
	"errors"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurtest"
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
func debugRequest(t *testing.T, tracer *spur.Tracer, operation string, byID bool) *spur.Span {
	t.Helper()
	header := http.Header{"Uber-Trace-Id": {"1:2:0:3"}}
	if byID {
		header = http.Header{"Jaeger-Debug-Id": {"some-id"}}
	}
	c, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
	if err != nil {
		t.Fatal(err)
	}
	return tracer.StartSpan(operation, opentracing.ChildOf(c)).(*spur.Span)
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
		tracer, got := spurtest.New(t, spur.WithDebugThrottler(d), spur.WithSampler(sampler.NewParentBased(sampler.NewConst(false))), spur.WithLimits(spur.Limits{DebugPerSec: -1, OperationLength: 8}))
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
		if len(d.asked) != 5 || len(got.Spans()) != reported {
			t.Errorf("by id %v: asked %q, %d reported; want 5 and %d", byID, d.asked, len(got.Spans()), reported)
		}
	}
}

// The throttler is there for people outside, not for the program.
func TestDebugThrottlerIsNotAsked(t *testing.T) {
	d := &throttle{allow: func(string) bool { return false }}
	tracer, _ := spurtest.New(t, spur.WithDebugThrottler(d))
	other, _ := spurtest.New(t)
	for name, start := range map[string]func() (*spur.Span, model.Flags){
		"sampling.priority": func() (*spur.Span, model.Flags) {
			s := tracer.StartSpan("op").(*spur.Span)
			ext.SamplingPriority.Set(s, 1)
			return s, 3
		},
		"sampling.priority at the start": func() (*spur.Span, model.Flags) {
			return tracer.StartSpan("op", opentracing.Tag{Key: "sampling.priority", Value: 1}).(*spur.Span), 3
		},
		"another tracer's debug flag": func() (*spur.Span, model.Flags) {
			parent := other.StartSpan("op", opentracing.Tag{Key: "sampling.priority", Value: 1})
			defer parent.Finish()
			return tracer.StartSpan("op", opentracing.ChildOf(parent.Context())).(*spur.Span), 3
		},
		"debug flag alone": func() (*spur.Span, model.Flags) {
			parent := spur.NewSpanContext(model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Flags: 2, State: model.StateRemote})
			return tracer.StartSpan("op", opentracing.ChildOf(parent)).(*spur.Span), 2
		},
		"no debug flag": func() (*spur.Span, model.Flags) { return tracer.StartSpan("op").(*spur.Span), 1 },
		"a child": func() (*spur.Span, model.Flags) {
			parent := tracer.StartSpan("op", opentracing.Tag{Key: "sampling.priority", Value: 1})
			defer parent.Finish()
			return tracer.StartSpan("op", opentracing.ChildOf(parent.Context())).(*spur.Span), 3
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
		tracer, err := spur.New("orders", spur.WithDisabled(disabled), spur.WithLogger(nil), spur.WithReporter(reporter.Null{}), spur.WithDebugThrottler(&throttle{}), spur.WithDebugThrottler(d))
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
	_, err := spur.New("orders", spur.WithDebugThrottler(nil))
	var bad *spur.ConfigError
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
	} {
		tracer, _ := spurtest.New(t, spur.WithLimits(spur.Limits{DebugPerSec: tt.perSec}), spur.WithClock(func() time.Time { return time.Unix(1e9, 0) }))
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
