// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"reflect"

	"github.com/uber/jaeger-lib/metrics"
)

// Metrics are the counters and gauges of a tracer and its parts.
type Metrics struct {
	TracesStartedSampled             metrics.Counter `metric:"traces" tags:"state=started,sampled=y" help:"Number of traces started by this tracer as sampled"`
	TracesStartedNotSampled          metrics.Counter `metric:"traces" tags:"state=started,sampled=n" help:"Number of traces started by this tracer as not sampled"`
	TracesStartedDelayedSampling     metrics.Counter `metric:"traces" tags:"state=started,sampled=n" help:"Number of traces started by this tracer with delayed sampling"`
	TracesJoinedSampled              metrics.Counter `metric:"traces" tags:"state=joined,sampled=y" help:"Number of externally started sampled traces this tracer joined"`
	TracesJoinedNotSampled           metrics.Counter `metric:"traces" tags:"state=joined,sampled=n" help:"Number of externally started not-sampled traces this tracer joined"`
	SpansStartedSampled              metrics.Counter `metric:"started_spans" tags:"sampled=y" help:"Number of spans started by this tracer as sampled"`
	SpansStartedNotSampled           metrics.Counter `metric:"started_spans" tags:"sampled=n" help:"Number of spans started by this tracer as not sampled"`
	SpansStartedDelayedSampling      metrics.Counter `metric:"started_spans" tags:"sampled=delayed" help:"Number of spans started by this tracer with delayed sampling"`
	SpansFinishedSampled             metrics.Counter `metric:"finished_spans" tags:"sampled=y" help:"Number of sampled spans finished by this tracer"`
	SpansFinishedNotSampled          metrics.Counter `metric:"finished_spans" tags:"sampled=n" help:"Number of not-sampled spans finished by this tracer"`
	SpansFinishedDelayedSampling     metrics.Counter `metric:"finished_spans" tags:"sampled=delayed" help:"Number of spans with delayed sampling finished by this tracer"`
	DecodingErrors                   metrics.Counter `metric:"span_context_decoding_errors" help:"Number of errors decoding tracing context"`
	ReporterSuccess                  metrics.Counter `metric:"reporter_spans" tags:"result=ok" help:"Number of spans successfully reported"`
	ReporterFailure                  metrics.Counter `metric:"reporter_spans" tags:"result=err" help:"Number of spans not reported due to a Sender failure"`
	ReporterDropped                  metrics.Counter `metric:"reporter_spans" tags:"result=dropped" help:"Number of spans dropped due to internal queue overflow"`
	ReporterQueueLength              metrics.Gauge   `metric:"reporter_queue_length" help:"Current number of spans in the reporter queue"`
	SamplerRetrieved                 metrics.Counter `metric:"sampler_queries" tags:"result=ok" help:"Number of times the Sampler succeeded to retrieve sampling strategy"`
	SamplerQueryFailure              metrics.Counter `metric:"sampler_queries" tags:"result=err" help:"Number of times the Sampler failed to retrieve sampling strategy"`
	SamplerUpdated                   metrics.Counter `metric:"sampler_updates" tags:"result=ok" help:"Number of times the Sampler succeeded to retrieve and update sampling strategy"`
	SamplerUpdateFailure             metrics.Counter `metric:"sampler_updates" tags:"result=err" help:"Number of times the Sampler failed to update sampling strategy"`
	BaggageUpdateSuccess             metrics.Counter `metric:"baggage_updates" tags:"result=ok" help:"Number of times baggage was successfully written or updated on spans"`
	BaggageUpdateFailure             metrics.Counter `metric:"baggage_updates" tags:"result=err" help:"Number of times baggage failed to write or update on spans"`
	BaggageTruncate                  metrics.Counter `metric:"baggage_truncations" help:"Number of times baggage was truncated as per baggage restrictions"`
	BaggageRestrictionsUpdateSuccess metrics.Counter `metric:"baggage_restrictions_updates" tags:"result=ok" help:"Number of times baggage restrictions were successfully updated"`
	BaggageRestrictionsUpdateFailure metrics.Counter `metric:"baggage_restrictions_updates" tags:"result=err" help:"Number of times baggage restrictions failed to update"`
	ThrottledDebugSpans              metrics.Counter `metric:"throttled_debug_spans" help:"Number of times debug spans were throttled"`
	ThrottlerUpdateSuccess           metrics.Counter `metric:"throttler_updates" tags:"result=ok" help:"Number of times throttler successfully updated"`
	ThrottlerUpdateFailure           metrics.Counter `metric:"throttler_updates" tags:"result=err" help:"Number of times throttler failed to update"`
}

// NewMetrics makes the metrics with a factory, under the name jaeger.tracer, with tags that
// all of them get. It panics if the factory does.
func NewMetrics(factory metrics.Factory, globalTags map[string]string) *Metrics {
	m := &Metrics{}
	tracer := factory.Namespace(metrics.NSOptions{Name: "jaeger"}).Namespace(metrics.NSOptions{Name: "tracer"})
	metrics.MustInit(m, tracer, globalTags)
	return m
}

// NewNullMetrics makes metrics that count nothing.
func NewNullMetrics() *Metrics { return NewMetrics(metrics.NullFactory, nil) }

// complete returns a copy of m in which what is nil counts nothing, and what panics is
// survived.
func (m *Metrics) complete() *Metrics {
	all := NewNullMetrics()
	if m == nil {
		return all
	}
	from, to := reflect.ValueOf(m).Elem(), reflect.ValueOf(all).Elem()
	for i := range from.NumField() {
		switch f := from.Field(i).Addr().Interface().(type) {
		case *metrics.Counter:
			if *f != nil {
				to.Field(i).Set(reflect.ValueOf(safeCounter{*f}))
			}
		case *metrics.Gauge:
			if *f != nil {
				to.Field(i).Set(reflect.ValueOf(safeGauge{*f}))
			}
		}
	}
	return all
}

// safeCounter survives the panics of a counter of the program's own.
type safeCounter struct{ counter metrics.Counter }

// Inc implements metrics.Counter.
func (c safeCounter) Inc(delta int64) { survive(func() { c.counter.Inc(delta) }) }

// safeGauge survives the panics of a gauge of the program's own.
type safeGauge struct{ gauge metrics.Gauge }

// Update implements metrics.Gauge.
func (g safeGauge) Update(value int64) { survive(func() { g.gauge.Update(value) }) }
