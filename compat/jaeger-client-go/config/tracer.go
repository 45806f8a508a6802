// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"io"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-lib/metrics"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/internal/baggage/remote"
	throttler "github.com/uber/jaeger-client-go/internal/throttler/remote"
	"github.com/uber/jaeger-client-go/rpcmetrics"
)

var errNoServiceName = errors.New("no service name provided")

// New is NewTracer with a name for the service, unless that is empty.
//
// Deprecated: set ServiceName, and use NewTracer.
func (c Configuration) New(serviceName string, options ...Option) (opentracing.Tracer, io.Closer, error) {
	if serviceName != "" {
		c.ServiceName = serviceName
	}
	return c.NewTracer(options...)
}

// NewTracer makes a *jaeger.Tracer, and what closes it. It fails without ServiceName and
// when the sampler or the reporter cannot be made. When Disabled, it makes neither, and
// without ServiceName returns an *opentracing.NoopTracer.
func (c Configuration) NewTracer(options ...Option) (opentracing.Tracer, io.Closer, error) {
	o := applyOptions(options)
	switch {
	case c.Disabled && c.ServiceName == "":
		return &opentracing.NoopTracer{}, nothing{}, nil
	case c.Disabled:
		tracer, closer := c.passing(o)
		return tracer, closer, nil
	case c.ServiceName == "":
		return nil, nil, errNoServiceName
	}
	m := jaeger.NewMetrics(o.metrics, nil)
	sampler, err := c.sampler(o, m)
	if err != nil {
		return nil, nil, err
	}
	reporter, err := c.reporter(o, m)
	if err != nil {
		if o.sampler == nil {
			sampler.Close()
		}
		return nil, nil, err
	}
	tracer, closer := jaeger.NewTracer(c.ServiceName, sampler, reporter, c.tracerOptions(o, m)...)
	return tracer, closer, nil
}

// InitGlobalTracer makes a tracer as New does, sets it as OpenTracing's global one and
// returns what closes it. When Disabled, a global tracer that has been set stays.
func (c Configuration) InitGlobalTracer(serviceName string, options ...Option) (io.Closer, error) {
	tracer, closer, err := c.New(serviceName, options...)
	if err != nil {
		return nil, err
	}
	if !c.Disabled || !opentracing.IsGlobalTracerRegistered() {
		opentracing.SetGlobalTracer(tracer)
	}
	return closer, nil
}

// nothing is an io.Closer that does nothing.
type nothing struct{}

func (nothing) Close() error { return nil }

// passing makes the tracer of a Configuration that is Disabled.
func (c Configuration) passing(o *Options) (opentracing.Tracer, io.Closer) {
	return jaeger.NewTracer(c.ServiceName, jaeger.NewConstSampler(false), jaeger.NewNullReporter(),
		append(c.headerOptions(o), jaeger.TracerOptions.Disabled(true), jaeger.TracerOptions.Logger(o.logger))...)
}

func (c Configuration) sampler(o *Options, m *jaeger.Metrics) (jaeger.Sampler, error) {
	switch {
	case o.sampler != nil:
		return o.sampler, nil
	case c.Sampler == nil:
		return new(SamplerConfig).NewSampler(c.ServiceName, m)
	}
	return c.Sampler.NewSampler(c.ServiceName, m)
}

func (c Configuration) reporter(o *Options, m *jaeger.Metrics) (jaeger.Reporter, error) {
	switch {
	case o.reporter != nil:
		return o.reporter, nil
	case c.Reporter == nil:
		return new(ReporterConfig).NewReporter(c.ServiceName, m, o.logger)
	}
	return c.Reporter.NewReporter(c.ServiceName, m, o.logger)
}

// tracerOptions says the rest to jaeger.NewTracer.
func (c Configuration) tracerOptions(o *Options, m *jaeger.Metrics) []jaeger.TracerOption {
	to := jaeger.TracerOptions
	all := append(c.headerOptions(o),
		to.Logger(o.logger),
		to.PoolSpans(o.poolSpans),
		to.ZipkinSharedRPCSpan(o.zipkinSharedRPCSpan),
		to.MaxTagValueLength(o.maxTagValueLength),
		to.NoDebugFlagOnForcedSampling(o.noDebugFlagOnForcedSampling),
		to.Gen128Bit(c.Gen128Bit || o.gen128Bit),
	)
	if o.metrics != metrics.NullFactory { // counting for nobody would cost as much
		all = append(all, to.Metrics(m))
	}
	if o.randomNumber != nil {
		all = append(all, to.RandomNumber(o.randomNumber))
	}
	for _, tags := range [][]opentracing.Tag{o.tags, c.Tags} {
		for _, tag := range tags {
			all = append(all, to.Tag(tag.Key, tag.Value))
		}
	}
	for _, observer := range o.observers {
		all = append(all, to.Observer(observer))
	}
	if c.RPCMetrics {
		factory := o.metrics.Namespace(metrics.NSOptions{Name: "jaeger-rpc", Tags: map[string]string{"component": "jaeger"}})
		all = append(all, to.Observer(rpcmetrics.NewObserver(factory, rpcmetrics.DefaultNameNormalizer)))
	}
	for _, observer := range o.contribObservers {
		all = append(all, to.ContribObserver(observer))
	}
	if b := c.BaggageRestrictions; b != nil {
		all = append(all, to.BaggageRestrictionManager(remote.NewRestrictionManager(
			c.ServiceName,
			remote.Options.Metrics(m),
			remote.Options.Logger(o.logger),
			remote.Options.HostPort(b.HostPort),
			remote.Options.RefreshInterval(b.RefreshInterval),
			remote.Options.DenyBaggageOnInitializationFailure(b.DenyBaggageOnInitializationFailure),
		)))
	}
	if th := c.Throttler; th != nil {
		all = append(all, to.DebugThrottler(throttler.NewThrottler(
			c.ServiceName,
			throttler.Options.Metrics(m),
			throttler.Options.Logger(o.logger),
			throttler.Options.HostPort(th.HostPort),
			throttler.Options.RefreshInterval(th.RefreshInterval),
			throttler.Options.SynchronousInitialization(th.SynchronousInitialization),
		)))
	}
	return all
}

// headerOptions says how contexts travel.
func (c Configuration) headerOptions(o *Options) []jaeger.TracerOption {
	all := []jaeger.TracerOption{jaeger.TracerOptions.CustomHeaderKeys(c.Headers)}
	for format, injector := range o.injectors {
		all = append(all, jaeger.TracerOptions.Injector(format, injector))
	}
	for format, extractor := range o.extractors {
		all = append(all, jaeger.TracerOptions.Extractor(format, extractor))
	}
	return all
}
