// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/baggage"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/throttler"
)

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
