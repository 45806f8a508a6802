// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"maps"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/trace"
)

// latencies are the two histograms of Jaeger's collector, by batch instead of by
// span.
type latencies struct {
	queued, saved prometheus.Histogram
}

func newLatencies() latencies {
	histogram := func(name, help string) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: prometheus.DefBuckets})
	}
	return latencies{
		queued: histogram("jaeger_collector_in_queue_latency", "Seconds that the first span of a batch waited to be written."),
		saved:  histogram("jaeger_collector_save_latency", "Seconds that the store took to write a batch, or to fail to."),
	}
}

// What /metrics shows of the books. Names are those of Jaeger 1.62 where they count
// the same; what they sum up to is the law: received = saved + refused + length.
var (
	descReceived = prometheus.NewDesc("jaeger_collector_spans_received_total", "Spans received.", []string{"format", "transport"}, nil)
	descSaved    = prometheus.NewDesc("jaeger_collector_spans_saved_by_svc_total", "Spans that the store has written (ok), or failed to write (err).", []string{"result"}, nil)
	descDropped  = prometheus.NewDesc("jaeger_collector_spans_dropped_total", "Spans refused because the queue was full.", nil, nil)
	descLength   = prometheus.NewDesc("jaeger_collector_queue_length", "Spans waiting to be written, or being written.", nil, nil)
	descCapacity = prometheus.NewDesc("jaeger_collector_queue_capacity", "Spans that may wait.", nil, nil)
	descBytes    = prometheus.NewDesc("jaeger_collector_spans_bytes", "Memory that waiting spans take, estimated.", nil, nil)
	descRefused  = prometheus.NewDesc("spur_collector_spans_refused_total", "Spans received and not stored, by reason.", []string{"reason"}, nil)
	descUnread   = prometheus.NewDesc("spur_collector_unread_total", "Datagrams and bodies whose spans could not be counted, by reason.", []string{"reason"}, nil)
	descMended   = prometheus.NewDesc("spur_collector_spans_mended_total", "Spans that had something put right.", nil, nil)
	descInFlight = prometheus.NewDesc("spur_collector_inflight_bytes", "Memory set aside for bodies that are being read.", nil, nil)
)

// metrics shows a Collector's books to Prometheus.
type metrics struct{ c *Collector }

func (m metrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descReceived, descSaved, descDropped, descLength, descCapacity,
		descBytes, descRefused, descUnread, descMended, descInFlight,
	} {
		out <- d
	}
}

func (m metrics) Collect(out chan<- prometheus.Metric) {
	m.c.mu.Lock()
	b := m.c.books.sum(m.c.queue.spans)
	received := maps.Clone(m.c.books.received)
	memory := m.c.queue.memory
	m.c.mu.Unlock()

	counter := func(d *prometheus.Desc, v int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge := func(d *prometheus.Desc, v int64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v))
	}
	for from, n := range received {
		counter(descReceived, n, from.Protocol, from.Transport)
	}
	counter(descSaved, b.Stored, "ok")
	counter(descSaved, b.Refused[trace.ReasonStore], "err")
	counter(descDropped, b.Refused[trace.ReasonQueueFull])
	for reason, n := range b.Refused {
		counter(descRefused, n, string(reason))
	}
	for reason, n := range b.Unread {
		counter(descUnread, n, string(reason))
	}
	counter(descMended, b.Mended)
	gauge(descLength, b.Waiting)
	gauge(descCapacity, int64(m.c.config.QueueSpans))
	gauge(descBytes, memory)
	gauge(descInFlight, m.c.inFlight.Load())
}
