// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// What /metrics shows. The first name is Jaeger's.
var (
	descWritten  = prometheus.NewDesc("jaeger_kafka_spans_written_total", "Spans that brokers have acknowledged (success), or that were too large for them (failure).", []string{"status"}, nil)
	descMessages = prometheus.NewDesc("spur_kafka_messages_produced_total", "Messages that brokers have answered.", nil, nil)
)

// counts is a prometheus.Collector.
type counts struct{ sent, dropped, messages atomic.Int64 }

func (c *counts) Describe(out chan<- *prometheus.Desc) {
	out <- descWritten
	out <- descMessages
}

func (c *counts) Collect(out chan<- prometheus.Metric) {
	show := func(d *prometheus.Desc, n int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	show(descWritten, c.sent.Load(), "success")
	show(descWritten, c.dropped.Load(), "failure")
	show(descMessages, c.messages.Load())
}
