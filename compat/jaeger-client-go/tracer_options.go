// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/uber/jaeger-client-go/internal/baggage"
	"github.com/uber/jaeger-client-go/internal/throttler"
)

// TracerOption changes what NewTracer makes.
type TracerOption func(tracer *Tracer)

// TracerOptions makes the options of NewTracer.
var TracerOptions TracerOptionsFactory

// TracerOptionsFactory is the type of TracerOptions.
type TracerOptionsFactory struct{}

// tracerOptions is what options have said, for NewTracer.
type tracerOptions struct {
	gen128Bit            bool
	highTraceIDGenerator func() uint64
	randomNumber         func() uint64
	timeNow              func() time.Time
	noDebugFlag          bool
	maxTagValueLength    int
	maxLogsPerSpan       int
	zipkinSharedRPCSpan  bool
	headerKeys           *HeadersConfig // complete
	disabled             bool
	restrictions         baggage.RestrictionManager
	throttler            throttler.Throttler
}

// Metrics counts in m. What is nil in it is not counted.
func (TracerOptionsFactory) Metrics(m *Metrics) TracerOption {
	return func(t *Tracer) { t.metrics, t.counted = m.complete(), m != nil }
}

// Logger is where the tracer writes about itself; nowhere by default.
func (TracerOptionsFactory) Logger(logger Logger) TracerOption {
	return func(t *Tracer) {
		if logger != nil {
			t.logger = newSafeLogger(logger)
		}
	}
}

// CustomHeaderKeys gives headers and text map keys other names, once. Its empty names are
// filled in; nil means the defaults.
func (TracerOptionsFactory) CustomHeaderKeys(headerKeys *HeadersConfig) TracerOption {
	return func(t *Tracer) {
		if headerKeys != nil && t.options.headerKeys == nil {
			keys := *headerKeys.ApplyDefaults()
			t.options.headerKeys = &keys
		}
	}
}

// Disabled makes a tracer that records nothing and makes no ids of its own: it passes on
// what arrives. jaeger-client-go has no such option; its package config returns
// OpenTracing's NoopTracer, with which traces end at the service.
func (TracerOptionsFactory) Disabled(disabled bool) TracerOption {
	return func(t *Tracer) { t.options.disabled = disabled }
}

// TimeNow is the clock, instead of the system's.
func (TracerOptionsFactory) TimeNow(timeNow func() time.Time) TracerOption {
	return func(t *Tracer) { t.options.timeNow = timeNow }
}

// RandomNumber makes the ids. It is called from several goroutines.
func (TracerOptionsFactory) RandomNumber(randomNumber func() uint64) TracerOption {
	return func(t *Tracer) { t.options.randomNumber = randomNumber }
}

// PoolSpans does nothing: what spans need is used again anyway, and never while somebody
// can still reach it.
func (TracerOptionsFactory) PoolSpans(bool) TracerOption { return func(*Tracer) {} }

// HostIPv4 is the address of this host in Zipkin's spans, instead of the process tag ip.
func (TracerOptionsFactory) HostIPv4(hostIPv4 uint32) TracerOption {
	return func(t *Tracer) { t.hostIPv4 = hostIPv4 }
}

// Injector writes contexts for Tracer.Inject in a format.
func (TracerOptionsFactory) Injector(format interface{}, injector Injector) TracerOption {
	return func(t *Tracer) { t.injectors[format] = injector }
}

// Extractor reads contexts for Tracer.Extract in a format.
func (TracerOptionsFactory) Extractor(format interface{}, extractor Extractor) TracerOption {
	return func(t *Tracer) { t.extractors[format] = extractor }
}

// Observer is told of all spans.
func (f TracerOptionsFactory) Observer(observer Observer) TracerOption {
	return f.ContribObserver(plainObserver{observer})
}

// ContribObserver is told of all spans.
func (TracerOptionsFactory) ContribObserver(observer ContribObserver) TracerOption {
	return func(t *Tracer) { t.observers = append(t.observers, observer) }
}

// Gen128Bit makes trace ids of 128 bits, instead of 64.
func (TracerOptionsFactory) Gen128Bit(gen128Bit bool) TracerOption {
	return func(t *Tracer) { t.options.gen128Bit = gen128Bit }
}

// NoDebugFlagOnForcedSampling keeps the tag sampling.priority from setting the debug flag.
func (TracerOptionsFactory) NoDebugFlagOnForcedSampling(noDebugFlagOnForcedSampling bool) TracerOption {
	return func(t *Tracer) { t.options.noDebugFlag = noDebugFlagOnForcedSampling }
}

// HighTraceIDGenerator makes the high half of trace ids, with Gen128Bit.
func (TracerOptionsFactory) HighTraceIDGenerator(highTraceIDGenerator func() uint64) TracerOption {
	return func(t *Tracer) { t.options.highTraceIDGenerator = highTraceIDGenerator }
}

// MaxTagValueLength is how many bytes of a tag's text or binary value are kept;
// DefaultMaxTagValueLength when 0.
func (TracerOptionsFactory) MaxTagValueLength(maxTagValueLength int) TracerOption {
	return func(t *Tracer) { t.options.maxTagValueLength = maxTagValueLength }
}

// MaxLogsPerSpan is how many logs of a span are kept: the first half and the newest; spur's
// 1,000 when 0.
func (TracerOptionsFactory) MaxLogsPerSpan(maxLogsPerSpan int) TracerOption {
	return func(t *Tracer) { t.options.maxLogsPerSpan = maxLogsPerSpan }
}

// ZipkinSharedRPCSpan gives spans of RPC servers the ids of their clients' spans.
func (TracerOptionsFactory) ZipkinSharedRPCSpan(zipkinSharedRPCSpan bool) TracerOption {
	return func(t *Tracer) { t.options.zipkinSharedRPCSpan = zipkinSharedRPCSpan }
}

// Tag adds a process tag.
func (TracerOptionsFactory) Tag(key string, value interface{}) TracerOption {
	return func(t *Tracer) { t.tags = append(t.tags, Tag{key: key, value: value}) }
}

// BaggageRestrictionManager decides which baggage may be set.
func (TracerOptionsFactory) BaggageRestrictionManager(mgr baggage.RestrictionManager) TracerOption {
	return func(t *Tracer) { t.options.restrictions = mgr }
}

// DebugThrottler decides which requests for debug traces are honoured.
func (TracerOptionsFactory) DebugThrottler(throttler throttler.Throttler) TracerOption {
	return func(t *Tracer) { t.options.throttler = throttler }
}

var _ opentracing.Tracer = (*Tracer)(nil)
