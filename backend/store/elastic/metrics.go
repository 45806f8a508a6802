// SPDX-License-Identifier: Apache-2.0

package elastic

import "github.com/prometheus/client_golang/prometheus"

// counters are the engine's metrics.
type counters struct {
	requests   prometheus.Counter
	documents  *prometheus.CounterVec
	retried    prometheus.Counter
	unreadable prometheus.Counter
	tooLarge   prometheus.Counter
}

func newCounters() *counters {
	c := &counters{
		requests: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "spur_elastic_requests_total", Help: "Requests to the server.",
		}),
		documents: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "spur_elastic_documents_total", Help: "Documents by what the server did: stored, known (there already), refused (that it will never take).",
		}, []string{"result"}),
		retried: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "spur_elastic_retried_documents_total", Help: "Documents sent again, because the server had no room or no time.",
		}),
		unreadable: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "spur_elastic_unreadable_documents_total", Help: "Documents left out of answers, because they are no spans.",
		}),
	}
	c.tooLarge = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "spur_elastic_large_traces_total", Help: "Traces left out of searches, because they are too large to be read.",
	})
	for _, result := range []string{"stored", "known", "refused"} {
		c.documents.WithLabelValues(result)
	}
	return c
}

func (c *counters) all() []prometheus.Collector {
	return []prometheus.Collector{c.requests, c.documents, c.retried, c.unreadable, c.tooLarge}
}

// Describe implements prometheus.Collector.
func (c *counters) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range c.all() {
		m.Describe(ch)
	}
}

// Collect implements prometheus.Collector.
func (c *counters) Collect(ch chan<- prometheus.Metric) {
	for _, m := range c.all() {
		m.Collect(ch)
	}
}
