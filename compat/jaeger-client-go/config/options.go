// SPDX-License-Identifier: Apache-2.0

package config

import (
	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-lib/metrics"

	"github.com/uber/jaeger-client-go"
)

// Option changes what NewTracer makes of a Configuration.
type Option func(c *Options)

// Options is what options have said.
type Options struct {
	metrics                     metrics.Factory
	logger                      jaeger.Logger
	reporter                    jaeger.Reporter
	sampler                     jaeger.Sampler
	contribObservers            []jaeger.ContribObserver
	observers                   []jaeger.Observer
	gen128Bit                   bool
	poolSpans                   bool
	zipkinSharedRPCSpan         bool
	maxTagValueLength           int
	noDebugFlagOnForcedSampling bool
	tags                        []opentracing.Tag
	injectors                   map[interface{}]jaeger.Injector
	extractors                  map[interface{}]jaeger.Extractor
	randomNumber                func() uint64
}

// Metrics makes the tracer's metrics with a factory.
func Metrics(factory metrics.Factory) Option {
	return func(c *Options) { c.metrics = factory }
}

// Logger is where the tracer writes about itself, and spans with
// ReporterConfig.LogSpans; nowhere by default.
func Logger(logger jaeger.Logger) Option {
	return func(c *Options) { c.logger = logger }
}

// Reporter takes the spans instead of what Configuration.Reporter describes.
func Reporter(reporter jaeger.Reporter) Option {
	return func(c *Options) { c.reporter = reporter }
}

// Sampler decides instead of what Configuration.Sampler describes.
func Sampler(sampler jaeger.Sampler) Option {
	return func(c *Options) { c.sampler = sampler }
}

// Observer is told of all spans.
func Observer(observer jaeger.Observer) Option {
	return func(c *Options) { c.observers = append(c.observers, observer) }
}

// ContribObserver is told of all spans, after those of Observer.
func ContribObserver(observer jaeger.ContribObserver) Option {
	return func(c *Options) { c.contribObservers = append(c.contribObservers, observer) }
}

// Gen128Bit makes trace ids of 128 bits, instead of 64.
func Gen128Bit(gen128Bit bool) Option {
	return func(c *Options) { c.gen128Bit = gen128Bit }
}

// PoolSpans does nothing: see jaeger.TracerOptions.
func PoolSpans(poolSpans bool) Option {
	return func(c *Options) { c.poolSpans = poolSpans }
}

// ZipkinSharedRPCSpan gives spans of RPC servers the ids of their clients' spans.
func ZipkinSharedRPCSpan(zipkinSharedRPCSpan bool) Option {
	return func(c *Options) { c.zipkinSharedRPCSpan = zipkinSharedRPCSpan }
}

// MaxTagValueLength is how many bytes of a tag's text or binary value are kept.
func MaxTagValueLength(maxTagValueLength int) Option {
	return func(c *Options) { c.maxTagValueLength = maxTagValueLength }
}

// NoDebugFlagOnForcedSampling keeps the tag sampling.priority from setting the debug flag.
func NoDebugFlagOnForcedSampling(noDebugFlagOnForcedSampling bool) Option {
	return func(c *Options) { c.noDebugFlagOnForcedSampling = noDebugFlagOnForcedSampling }
}

// Tag adds a tag to the process, before those of Configuration.Tags.
func Tag(key string, value interface{}) Option {
	return func(c *Options) { c.tags = append(c.tags, opentracing.Tag{Key: key, Value: value}) }
}

// Injector writes contexts for Tracer.Inject in a format.
func Injector(format interface{}, injector jaeger.Injector) Option {
	return func(c *Options) { c.injectors[format] = injector }
}

// Extractor reads contexts for Tracer.Extract in a format.
func Extractor(format interface{}, extractor jaeger.Extractor) Option {
	return func(c *Options) { c.extractors[format] = extractor }
}

// WithRandomNumber makes the ids with f, which is called from several goroutines.
func WithRandomNumber(f func() uint64) Option {
	return func(c *Options) { c.randomNumber = f }
}

// applyOptions collects what options say. Those that are nil are left out.
func applyOptions(options []Option) *Options {
	o := &Options{
		injectors:  map[interface{}]jaeger.Injector{},
		extractors: map[interface{}]jaeger.Extractor{},
	}
	for _, option := range options {
		if option != nil {
			option(o)
		}
	}
	if o.metrics == nil {
		o.metrics = metrics.NullFactory
	}
	if o.logger == nil {
		o.logger = jaeger.NullLogger
	}
	return o
}
