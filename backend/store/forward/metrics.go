// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// What /metrics shows of the books. What they sum up to is the law:
// taken + replayed = sent + rejected + dropped + waiting.
var (
	descTaken    = prometheus.NewDesc("spur_forward_spans_taken_total", "Spans taken to be sent on.", nil, nil)
	descReplayed = prometheus.NewDesc("spur_forward_spans_replayed_total", "Spans found in the spool at the start.", nil, nil)
	descSent     = prometheus.NewDesc("spur_forward_spans_sent_total", "Spans that a receiver has taken.", nil, nil)
	descRejected = prometheus.NewDesc("spur_forward_spans_rejected_total", "Spans that a receiver refused when it took others.", nil, nil)
	descDropped  = prometheus.NewDesc("spur_forward_spans_dropped_total", "Spans dropped, by reason.", []string{"reason"}, nil)
	descWaiting  = prometheus.NewDesc("spur_forward_spans_waiting", "Spans waiting to be sent, or on their way.", nil, nil)
	descBytes    = prometheus.NewDesc("spur_forward_waiting_bytes", "What they take: in memory, or the files of the spool.", nil, nil)
	descDamaged  = prometheus.NewDesc("spur_forward_spool_damaged_total", "Places in files of the spool that cannot be read.", nil, nil)
	descRequests = prometheus.NewDesc("spur_forward_requests_total", "Requests, by target and outcome.", []string{"target", "outcome"}, nil)
	descUp       = prometheus.NewDesc("spur_forward_target_up", "1 for a target that is used, 0 for one that is left alone because it failed.", []string{"target"}, nil)
)

// metrics shows a Store's books to Prometheus.
type metrics struct{ s *Store }

func (m metrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descTaken, descReplayed, descSent, descRejected, descDropped, descWaiting, descBytes, descDamaged, descRequests, descUp,
	} {
		out <- d
	}
}

func (m metrics) Collect(out chan<- prometheus.Metric) {
	show := func(d *prometheus.Desc, kind prometheus.ValueType, v int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, float64(v), labels...)
	}
	b := m.s.Books()
	show(descTaken, prometheus.CounterValue, b.Taken)
	show(descReplayed, prometheus.CounterValue, b.Replayed)
	show(descSent, prometheus.CounterValue, b.Sent)
	show(descRejected, prometheus.CounterValue, b.Rejected)
	for reason, n := range b.Dropped {
		show(descDropped, prometheus.CounterValue, n, string(reason))
	}
	show(descWaiting, prometheus.GaugeValue, b.Waiting)
	show(descBytes, prometheus.GaugeValue, m.s.queue.size())
	show(descDamaged, prometheus.CounterValue, b.Damaged)

	ts := m.s.targets
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for _, t := range ts.list {
		up := int64(1)
		if t.failures > 0 || t.until.After(time.Now()) {
			up = 0
		}
		show(descUp, prometheus.GaugeValue, up, t.name)
		for outcome, n := range t.requests {
			show(descRequests, prometheus.CounterValue, n, t.name, outcome)
		}
	}
}
