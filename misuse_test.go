// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/baggage"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/throttler"
)

// A mistake in the options of New is a ConfigError that names the option and what is
// wrong with it.
func TestMisusedOptions(t *testing.T) {
	limits := func(l Limits) Option { return WithLimits(l) }
	formats := func(f ...propagation.Format) Option { return WithFormats(f, f) }
	for _, tt := range []struct {
		name   string
		option Option
		want   string // in the text
	}{
		{"service", WithDisabled(false), "no service name"},
		{"WithEndpoint", WithEndpoint(""), `""`},
		{"WithEndpoint", WithEndpoint("localhost:6831"), "not a udp, http or https URL"},
		{"WithEndpoint", WithEndpoint("ftp://collector"), "not a udp, http or https URL"},
		{"WithEndpoint", WithEndpoint("udp://"), "udp://"},
		{"WithEndpoint", WithEndpoint("udp://agent:99999"), "99999"},
		{"WithEndpoint", WithEndpoint("udp://agent:6831/api"), "udp://agent:6831/api"},
		{"WithEndpoint", WithEndpoint("udp://agent?format=json"), "format"},
		{"WithEndpoint", WithEndpoint("http://"), `"http://"`},
		{"WithEndpoint", WithEndpoint("http://collector:0"), "port"},
		{"WithEndpoint", WithEndpoint("http://collector\n:4318"), "not a udp, http or https URL"},
		{"WithLimits", limits(Limits{KeyLength: -1}), "KeyLength: -1"},
		{"WithLimits", limits(Limits{LogsPerSpan: -1000}), "LogsPerSpan: -1000"},
		{"WithLimits", limits(Limits{BytesPerSpan: math.MinInt32}), "BytesPerSpan: -2147483648"},
		{"WithLimits", limits(Limits{OperationLength: 65_536}), "OperationLength: 65536"},
		{"WithLimits", limits(Limits{DebugPerSec: math.NaN()}), "DebugPerSec: NaN"},
		{"WithLimits", limits(Limits{Propagation: propagation.Limits{BaggageBytes: -1}}), "BaggageBytes"},
		{"WithEdgePolicy", WithEdgePolicy(9), "EdgePolicy(9)"},
		{"WithFormats", formats(99), "99"},
		{"WithJaegerHeaders", WithJaegerHeaders(propagation.JaegerHeaders{TraceContext: "a b"}), "a b"},
		{"WithJaegerHeaders", WithJaegerHeaders(propagation.JaegerHeaders{TraceContext: "same", DebugID: "same"}), "same"},
		{"WithPropagation", WithPropagation([]int{1}, ownPropagator{}), "comparable"},
		{"WithPropagation", WithPropagation(opentracing.Binary, ownPropagator{}), "textual"},
		{"WithBinaryPropagation", WithBinaryPropagation(opentracing.HTTPHeaders, &forgetfulBinary{}), "textual"},
		{"WithBinaryPropagation", WithBinaryPropagation(map[string]int{}, &forgetfulBinary{}), "comparable"},
		{"WithObserver", WithObserver(struct{}{}), "struct {}"},
		{"WithObserver", WithObserver(func(*Span) {}), "func(*spur.Span)"},
	} {
		t.Run(tt.name+" "+tt.want, func(t *testing.T) {
			service := "orders"
			if tt.name == "service" {
				service = " \n"
			}
			tracer, err := New(service, WithReporter(reporter.Null{}), WithSampler(sampler.NewConst(true)), WithLogger(nil), tt.option)
			var ce *ConfigError
			if tracer != nil || !errors.As(err, &ce) || ce.Name != tt.name {
				t.Fatalf("%v; want a ConfigError of %s", err, tt.name)
			}
			if text := err.Error(); !strings.Contains(text, tt.want) || strings.Contains(text, "\n") {
				t.Errorf("%q, want %q in it", text, tt.want)
			}
		})
	}
}

// Options that can be served, but hardly mean what they say, are one line of the log.
func TestDoubtfulOptions(t *testing.T) {
	w3c := []propagation.Format{propagation.FormatW3C}
	for _, tt := range []struct {
		name    string
		options []Option
		want    string
	}{
		{"the gRPC port", []Option{WithEndpoint("http://127.0.0.1:4317/v1/traces")}, "gRPC"},
		{"the port of the UI", []Option{WithEndpoint("http://127.0.0.1:16686")}, "user interface"},
		{"the agent's port over HTTP", []Option{WithEndpoint("http://127.0.0.1:6831")}, "6831"},
		{"a collector's port over UDP", []Option{WithEndpoint("udp://127.0.0.1:4318")}, "4318"},
		{"an unknown path", []Option{WithEndpoint("http://127.0.0.1:4318/v1/trace")}, "/v1/trace"},
		{"an endpoint twice", []Option{WithEndpoint("udp://127.0.0.1"), WithEndpoint("udp://127.0.0.1:6831")}, "twice"},
		{"OTLP's names over UDP", []Option{WithEndpoint("udp://127.0.0.1"), WithSemanticNames()}, "WithSemanticNames"},
		{"in-band numbers over UDP", []Option{WithEndpoint("udp://127.0.0.1"), WithInBandStats()}, "WithInBandStats"},
		{"two limits of debug", []Option{WithLimits(Limits{DebugPerSec: 5}), WithDebugThrottler(throttler.NewLocal(1))}, "DebugPerSec"},
		{"a service name without end", nil, "bytes=2097152"},
		{"headers nobody reads", []Option{WithFormats(w3c, w3c), WithJaegerHeaders(propagation.JaegerHeaders{TraceContext: "x-trace"})}, "WithJaegerHeaders"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clearEnv(t)
			var logged syncBuffer
			service := "orders"
			if tt.name == "a service name without end" {
				service = strings.Repeat("é", 1<<20)
			}
			tracer, err := New(service, append(tt.options, WithSampler(sampler.NewConst(false)), WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))...)
			if err != nil {
				t.Fatal(err)
			}
			if err := tracer.Close(); err != nil {
				t.Error(err)
			}
			if n := len(tracer.ServiceName()); n > 1024 {
				t.Errorf("a service name of %d bytes", n)
			}
			if text := logged.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "level=WARN") || !strings.Contains(text, tt.want) {
				t.Errorf("logged, want a line with %q:\n%s", tt.want, text)
			}
		})
	}
}

// The options of a span that mean nothing are counted, and cost the span nothing else.
func TestMisusedStartOptions(t *testing.T) {
	tracer, got := newTestTracer(t)
	foreign := opentracing.NoopTracer{}.StartSpan("foreign").Context()
	s := tracer.StartSpan("op", opentracing.ChildOf(foreign), SelfRef(NewSpanContext(model.Context{})), opentracing.Tag{Key: "k", Value: make(chan int)})
	s.LogKV("odd")
	s.SetBaggageItem("k", strings.Repeat("x", 10_000))
	s.Finish()
	s.Finish()
	s.SetTag("late", true)
	st := tracer.Stats()
	if st.Cut.Foreign != 1 || st.Cut.Baggage != 1 || st.Spans.DoubleFinish != 1 || st.Spans.UseAfterFinish != 1 {
		t.Errorf("%+v, %+v", st.Cut, st.Spans)
	}
	if span := got.only(t); span.ParentID != 0 || len(span.Logs) != 2 || tagMap(span.Logs[0].Fields)["error.object"] == nil && tagMap(span.Logs[0].Fields)["error"] == nil {
		t.Errorf("%+v", span)
	}
}

type ownFormat struct{ propagation.Propagator }

type ownBinary struct{ propagation.BinaryPropagator }

type ownIDs struct{ IDGenerator }

type ownObserver struct{ StartObserver }

// What is nil is an error of New that says which option it was given to, and no panic
// of New or of a span.
func TestNilOptions(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		option      Option
	}{
		{"option 2", "nil", nil},
		{"option 2", "nil", optionFunc(nil)},
		{"WithSampler", "nil", WithSampler(nil)},
		{"WithSampler", "(*sampler.Const)(nil)", WithSampler((*sampler.Const)(nil))},
		{"WithReporter", "nil", WithReporter(nil)},
		{"WithReporter", "(*reporter.Memory)(nil)", WithReporter((*reporter.Memory)(nil))},
		{"WithReporter", "(*reporter.Batching)(nil)", WithReporter((*reporter.Batching)(nil))},
		{"WithPropagation", "nil", WithPropagation("x", nil)},
		{"WithPropagation", "(*spur.ownFormat)(nil)", WithPropagation("x", (*ownFormat)(nil))},
		{"WithPropagation", "<nil>", WithPropagation(nil, ownPropagator{})},
		{"WithBinaryPropagation", "nil", WithBinaryPropagation(opentracing.Binary, nil)},
		{"WithBinaryPropagation", "(*spur.ownBinary)(nil)", WithBinaryPropagation(opentracing.Binary, (*ownBinary)(nil))},
		{"WithObserver", "nil", WithObserver(nil)},
		{"WithObserver", "(*spur.ownObserver)(nil)", WithObserver((*ownObserver)(nil))},
		{"WithRedactor", "(spur.Redactor)(nil)", WithRedactor(nil)},
		{"WithClock", "(func() time.Time)(nil)", WithClock(nil)},
		{"WithIDGenerator", "nil", WithIDGenerator(nil)},
		{"WithIDGenerator", "(*spur.ownIDs)(nil)", WithIDGenerator((*ownIDs)(nil))},
		{"WithBaggageRestrictions", "nil", WithBaggageRestrictions(nil)},
		{"WithBaggageRestrictions", "(*baggage.AllowList)(nil)", WithBaggageRestrictions((*baggage.AllowList)(nil))},
		{"WithDebugThrottler", "nil", WithDebugThrottler(nil)},
		{"WithDebugThrottler", "(*throttler.Local)(nil)", WithDebugThrottler((*throttler.Local)(nil))},
		{"WithLogger", "nil", WithLogger(&slog.Logger{})},
		{"WithLogger", "(*slog.TextHandler)(nil)", WithLogger(slog.New((*slog.TextHandler)(nil)))},
	} {
		t.Run(tt.name+" "+tt.value, func(t *testing.T) {
			tracer, err := New("orders", WithReporter(reporter.Null{}), tt.option)
			var ce *ConfigError
			if tracer != nil || !errors.As(err, &ce) || ce.Name != tt.name || ce.Value != tt.value {
				t.Fatalf("%v; want a ConfigError of %s", err, tt.name)
			}
			if text := err.Error(); strings.Count(text, "\n") > 0 || !strings.Contains(text, tt.name) {
				t.Errorf("%q", text)
			}
		})
	}
	tracer, err := New("orders", WithReporter(reporter.Null{}), WithSampler(sampler.NewConst(true)))
	if err != nil {
		t.Fatal(err)
	}
	defer tracer.Close()
	for _, s := range []sampler.Sampler{nil, (*sampler.Const)(nil)} {
		if err := tracer.SetSampler(s); !errors.Is(err, errNil) {
			t.Errorf("SetSampler(%T): %v", s, err)
		}
	}
}
