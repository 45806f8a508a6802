// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"fmt"
	"io"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/uber/jaeger-client-go/log"
)

// Tracer is an opentracing.Tracer with the API of jaeger-client-go. Make one with
// NewTracer, or with package config. All methods may be called from any goroutine; only
// Close waits.
type Tracer struct {
	spur *spur.Tracer

	serviceName string
	hostIPv4    uint32
	tags        []Tag
	process     Process
	sampler     SamplerV2
	reporter    Reporter
	metrics     *Metrics // never nil
	counted     bool     // metrics are the program's
	logger      log.DebugLogger
	injectors   map[interface{}]Injector
	extractors  map[interface{}]Extractor
	observers   []ContribObserver
	options     tracerOptions

	late      SamplerV2  // asked with spans, while a trace is undecided; nil: spur asks alone
	custom    []Reporter // that want a *Span
	watches   bool       // spans have a watch
	keepsOnly bool       // for custom alone
	recent    *recent    // with NullReporter

	readsOptions bool // of StartSpan: it counts, or tells the logger what is wrong with them
}

// SpurTracer returns the tracer behind this one, for Stats and Flush, and for spur's
// middleware.
func (t *Tracer) SpurTracer() *spur.Tracer { return t.spur }

// NewTracer makes a tracer and what closes it, which is the same. Package config makes the
// sampler and the reporter as well.
//
// Close of the tracer closes the reporter, and a sampler that is a SamplerV2. A setting that cannot be used is logged, and left out.
func NewTracer(serviceName string, sampler Sampler, reporter Reporter, options ...TracerOption) (opentracing.Tracer, io.Closer) {
	t := &Tracer{
		serviceName: serviceName, reporter: reporter, metrics: NewNullMetrics(), logger: log.NullLogger,
		injectors: map[interface{}]Injector{}, extractors: map[interface{}]Extractor{},
	}
	for _, option := range options {
		if option != nil {
			option(t)
		}
	}
	t.build(sampler)
	return t, t
}

// made reports whether NewTracer has made the tracer. One that it has not, such as that of a
// zero Span, is disabled.
func (t *Tracer) made() bool { return t != nil && t.spur != nil }

// Sampler returns the sampler that the tracer was made with.
func (t *Tracer) Sampler() SamplerV2 { return t.sampler }

// Tags returns a copy of the process tags.
func (t *Tracer) Tags() []opentracing.Tag {
	tags := make([]opentracing.Tag, len(t.tags))
	for i, tag := range t.tags {
		tags[i] = opentracing.Tag{Key: tag.key, Value: tag.value}
	}
	return tags
}

// Close sends what waits and closes reporter, sampler, baggage restrictions and debug
// throttler. It returns after 5 seconds at the latest. Spans for which there was no time are
// counted as lost.
func (t *Tracer) Close() error {
	if !t.made() {
		return nil
	}
	t.logger.Debugf("closing tracer")
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	t.guardWithin(ctx, "the reporter's Close", t.reporter.Close)
	t.guardWithin(ctx, "the sampler's Close", t.sampler.Close)
	if err := t.spur.Shutdown(ctx); err != nil {
		t.logger.Error(fmt.Sprintf("closing tracer: %s", err))
	}
	return nil
}

// Inject writes a context into a carrier. Baggage that would break the carrier, or is too
// large, is left out.
func (t *Tracer) Inject(ctx opentracing.SpanContext, format interface{}, carrier interface{}) (err error) {
	c, ok := t.ownContext(ctx)
	if !ok || !t.made() {
		return opentracing.ErrInvalidSpanContext
	}
	if i, ok := codec(t.injectors, format); ok {
		if !t.guard("an injector", func() { err = i.Inject(c, carrier) }) {
			return errPanicked
		}
		return err
	}
	return t.spur.Inject(c.ctx, format, carrier)
}

// Extract reads the context in a carrier.
func (t *Tracer) Extract(format interface{}, carrier interface{}) (opentracing.SpanContext, error) {
	if !t.made() {
		return nil, opentracing.ErrSpanContextNotFound
	}
	if e, ok := codec(t.extractors, format); ok {
		return t.extractCustom(e, carrier)
	}
	ctx, err := t.spur.Extract(format, carrier)
	if err != nil {
		return nil, t.extractError(format, carrier, err)
	}
	return contextOf(ctx.(spur.SpanContext)), nil
}

// ownContext returns the context of a span of this package, or of spur's.
func (t *Tracer) ownContext(ctx opentracing.SpanContext) (SpanContext, bool) {
	switch c := ctx.(type) {
	case SpanContext:
		return c, true
	case spur.SpanContext:
		return contextOf(c), true
	}
	return SpanContext{}, false
}

// SelfRef is a start option: the span gets ctx's own ids instead of new ones.
func SelfRef(ctx SpanContext) opentracing.SpanReference {
	return opentracing.SpanReference{Type: selfRefType, ReferencedContext: ctx}
}
