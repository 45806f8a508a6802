// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/baggage"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/throttler"
)

// Option configures New. Options are applied in order: of two that set the same
// thing the later one wins, FromEnv included.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// given is an option that sets v, unless that is nil.
func given(name string, v any, set func(*config)) Option {
	return optionFunc(func(c *config) {
		if isNil(v) {
			c.fail(name, nilValue(v), errNil)
			return
		}
		set(c)
	})
}

// isNil reports whether v is nil, a nil pointer or a nil function: calling its
// methods would panic.
func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return v == nil || (r.Kind() == reflect.Pointer || r.Kind() == reflect.Func) && r.IsNil()
}

// nilValue is what an error says of a v that isNil.
func nilValue(v any) string {
	if v == nil {
		return "nil"
	}
	return fmt.Sprintf("(%T)(nil)", v)
}

// WithSampler sets the sampler of new traces. Callers' decisions are followed: s is
// wrapped in sampler.NewParentBased unless it is a *sampler.ParentBased, or a
// *sampler.Overruling, which is asked in any case. The tracer closes s if it is an
// io.Closer. The default asks the sampling server: see New.
func WithSampler(s sampler.Sampler) Option {
	return given("WithSampler", s, func(c *config) { c.sampler = s })
}

// SampleAll samples all new traces: WithSampler with a sampler.Const, for development.
// Traces of callers who do not sample are not recorded even so.
func SampleAll() Option { return WithSampler(sampler.NewConst(true)) }

// WithReporter adds a destination for finished spans, with its own books; the first one
// replaces the default, Jaeger's agent, and what the environment names. The tracer closes it.
func WithReporter(r reporter.Reporter) Option {
	return given("WithReporter", r, func(c *config) { c.reporters = append(c.reporters, r) })
}

// WithFormats sets the formats that opentracing.HTTPHeaders and TextMap read, the
// preferred one first, and write. The default reads Jaeger's, W3C's and B3 and
// writes Jaeger's and W3C's.
func WithFormats(extract, inject []propagation.Format) Option {
	extract, inject = slices.Clone(extract), slices.Clone(inject)
	return optionFunc(func(c *config) { c.headerFormats = &headerFormats{extract, inject} })
}

// WithJaegerHeaders renames the headers of Jaeger's own format, in any case. Empty
// fields keep their names.
func WithJaegerHeaders(h propagation.JaegerHeaders) Option {
	return optionFunc(func(c *config) { c.headers = h })
}

// WithPropagation sets how contexts travel in a textual format: one of
// opentracing.HTTPHeaders and TextMap, or a comparable value of your own. Its carriers
// are an opentracing.TextMapWriter and an opentracing.TextMapReader.
func WithPropagation(name any, p propagation.Propagator) Option {
	return given("WithPropagation", p, func(c *config) { c.setFormat("WithPropagation", name, codec{text: p}) })
}

// WithBinaryPropagation sets how contexts travel in a binary format:
// opentracing.Binary, or a comparable value of your own. Its carriers are an io.Writer
// and an io.Reader, of which at most 64 KiB are read, or what a propagation.FrameReader
// reads.
func WithBinaryPropagation(name any, p propagation.BinaryPropagator) Option {
	return given("WithBinaryPropagation", p, func(c *config) { c.setFormat("WithBinaryPropagation", name, codec{binary: p}) })
}

// WithTags adds tags of the process. Of two with the same key the later one wins;
// hostname and ip replace what the tracer finds out itself.
func WithTags(tags ...opentracing.Tag) Option {
	return optionFunc(func(c *config) {
		for _, tag := range tags {
			c.setProcessTag(tag.Key, tag.Value)
		}
	})
}

// WithLimits sets the limits of spans and headers. One that is negative is a
// ConfigError.
func WithLimits(l Limits) Option {
	return optionFunc(func(c *config) {
		c.limits = l
		l.check(func(value string, err error) { c.fail("WithLimits", value, err) })
	})
}

// WithLogger sets where the tracer reports its own troubles, at most a line a
// minute for each kind. The default is slog.Default() at the time of New; nil
// silences the tracer. A logger without a handler is a ConfigError.
func WithLogger(l *slog.Logger) Option {
	if l == nil {
		l = slog.New(discardHandler{})
	}
	return given("WithLogger", l.Handler(), func(c *config) { c.logger = l })
}

// WithObserver adds an observer: see Observer.
func WithObserver(o Observer) Option {
	return given("WithObserver", o, func(c *config) {
		if !c.observers.add(o) {
			c.fail("WithObserver", fmt.Sprintf("%T", o), errors.New("implements none of the observer interfaces"))
			return
		}
		if k, ok := o.(reporter.SpanKeeper); ok {
			c.keepers = append(c.keepers, k)
		}
	})
}

// WithRedactor sets the function that every value passes first: see Redactor.
func WithRedactor(r Redactor) Option {
	return given("WithRedactor", r, func(c *config) { c.redactor = r })
}

// WithTraceID128 says whether new trace ids have 128 random bits, the default,
// or 64.
func WithTraceID128(on bool) Option { return optionFunc(func(c *config) { c.traceID128 = on }) }

// WithClock replaces the clock. now is called from any goroutine.
func WithClock(now func() time.Time) Option {
	return given("WithClock", now, func(c *config) { c.clock = now })
}

// IDGenerator makes ids for new traces and spans. Both methods are called from
// any goroutine, must not block, and must not return zero. A root span's id is
// its trace id's low half.
type IDGenerator interface {
	TraceID() model.TraceID
	SpanID() model.SpanID
}

// WithIDGenerator replaces the random ids.
func WithIDGenerator(g IDGenerator) Option {
	return given("WithIDGenerator", g, func(c *config) { c.ids = g })
}

// WithDisabled makes a tracer that records nothing and makes no ids of its own.
// What arrives in headers is passed on as it came.
func WithDisabled(on bool) Option { return optionFunc(func(c *config) { c.disabled = on }) }

// WithNoDebugFlag makes sampling.priority set the sampled flag alone. By default
// it sets Jaeger's debug flag as well, which keeps the backend from downsampling.
func WithNoDebugFlag() Option { return optionFunc(func(c *config) { c.noDebugFlag = true }) }

// WithBaggageRestrictions restricts what SetBaggageItem may set; see package
// baggage. Refused items are counted in Stats.Cut.Baggage, cut values in
// Stats.Cut.Values. Any item may be removed, and what arrives in headers or is set by
// SpanContext.WithBaggageItem is passed on in any case. Shutdown closes r if it is an
// io.Closer. By default everything is allowed that fits the limits of the formats.
func WithBaggageRestrictions(r baggage.Restrictions) Option {
	return given("WithBaggageRestrictions", r, func(c *config) { c.restrictions = r })
}

// WithDebugThrottler sets who decides how many debug requests are honoured; see
// package throttler. The default is a throttler.Local with Limits.DebugPerSec for all
// operations together. Refusals are counted in Stats.Cut.DebugCapped. Shutdown closes d
// if it is an io.Closer.
func WithDebugThrottler(d throttler.Throttler) Option {
	return given("WithDebugThrottler", d, func(c *config) { c.throttler = d })
}
