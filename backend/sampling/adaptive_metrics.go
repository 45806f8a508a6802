// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// adaptiveMetrics have the names of Jaeger 1.62 where they count the same.
type adaptiveMetrics struct {
	services, operations, ignored prometheus.Counter
	calculated                    prometheus.Gauge
	latency                       prometheus.Histogram
}

func newAdaptiveMetrics(reg prometheus.Registerer) adaptiveMetrics {
	with := promauto.With(reg)
	counter := func(name, help string) prometheus.Counter {
		return with.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	return adaptiveMetrics{
		services:   counter("jaeger_collector_sampling_services_total", "Services of which sampled traces were counted, each once an interval."),
		operations: counter("jaeger_collector_sampling_operations_total", "Operations of which sampled traces were counted, each once an interval."),
		ignored:    counter("spur_collector_sampling_ignored_total", "Sampled traces that were not counted: there were too many operations, a name was too long, or the store failed."),
		calculated: with.NewGauge(prometheus.GaugeOpts{
			Name: "jaeger_collector_adaptive_sampling_processor_operations_calculated",
			Help: "Operations that have a probability of their own.",
		}),
		latency: with.NewHistogram(prometheus.HistogramOpts{
			Name: "jaeger_collector_adaptive_sampling_processor_calculate_probabilities",
			Help: "Seconds that computing the probabilities took.", Buckets: prometheus.DefBuckets,
		}),
	}
}
