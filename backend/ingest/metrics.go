// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/trace"
)

// What /metrics shows. The names of the partitions' are Jaeger 1.62's; what the others
// sum up to is the law: received = stored + refused + waiting.
var (
	descReceived = prometheus.NewDesc("spur_ingester_spans_received_total", "Spans found in messages.", []string{"format"}, nil)
	descStored   = prometheus.NewDesc("spur_ingester_spans_stored_total", "Spans that the store has.", nil, nil)
	descRefused  = prometheus.NewDesc("spur_ingester_spans_refused_total", "Spans found and not stored, by reason.", []string{"reason"}, nil)
	descWaiting  = prometheus.NewDesc("spur_ingester_spans_waiting", "Spans being written.", nil, nil)
	descMended   = prometheus.NewDesc("spur_ingester_spans_mended_total", "Spans that had something put right.", nil, nil)
	descUnread   = prometheus.NewDesc("spur_ingester_messages_unread_total", "Messages whose spans could not be counted, by reason.", []string{"reason"}, nil)
	descDead     = prometheus.NewDesc("spur_ingester_dead_letters_total", "Messages sent to the topic of dead letters.", nil, nil)
	descMessages = prometheus.NewDesc("jaeger_ingester_sarama_consumer_messages_total", "Messages stored, or sent to the dead letters.", []string{"topic", "partition"}, nil)
	descOffset   = prometheus.NewDesc("jaeger_ingester_sarama_consumer_current_offset", "The last of them.", []string{"topic", "partition"}, nil)
	descLag      = prometheus.NewDesc("jaeger_ingester_sarama_consumer_offset_lag", "Messages that the group has not committed.", []string{"topic", "partition"}, nil)
	descHeld     = prometheus.NewDesc("jaeger_ingester_sarama_consumer_partitions_held", "Partitions that this process reads.", nil, nil)
)

// metrics shows an Ingester's books to Prometheus.
type metrics struct{ in *Ingester }

func (m metrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descReceived, descStored, descRefused, descWaiting, descMended, descUnread, descDead,
		descMessages, descOffset, descLag, descHeld,
	} {
		out <- d
	}
}

func (m metrics) Collect(out chan<- prometheus.Metric) {
	show := func(d *prometheus.Desc, kind prometheus.ValueType, v int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, float64(v), labels...)
	}
	b := m.in.Books()
	show(descReceived, prometheus.CounterValue, b.Received, m.in.config.Encoding)
	show(descStored, prometheus.CounterValue, b.Stored)
	for reason, n := range b.Refused {
		show(descRefused, prometheus.CounterValue, n, string(reason))
	}
	show(descWaiting, prometheus.GaugeValue, b.Waiting)
	show(descMended, prometheus.CounterValue, b.Mended)
	for _, reason := range []trace.Reason{trace.ReasonMalformed, ReasonPacked, ReasonExpired} {
		show(descUnread, prometheus.CounterValue, b.Unread[reason], string(reason))
	}
	show(descDead, prometheus.CounterValue, m.in.DeadLetters())
	all := m.in.Partitions()
	for _, p := range all {
		n := strconv.Itoa(int(p.Number))
		show(descMessages, prometheus.CounterValue, p.Messages, m.in.config.Topic, n)
		if p.Offset >= 0 {
			show(descOffset, prometheus.GaugeValue, p.Offset, m.in.config.Topic, n)
		}
		if p.Lag >= 0 {
			show(descLag, prometheus.GaugeValue, p.Lag, m.in.config.Topic, n)
		}
	}
	show(descHeld, prometheus.GaugeValue, int64(len(all)))
}

// askLag asks brokers how far behind the group is, each lagEvery.
func (in *Ingester) askLag() {
	ticker := time.NewTicker(lagEvery)
	defer ticker.Stop()
	for {
		select {
		case <-in.stopping.Done():
			return
		case <-ticker.C:
		}
		ctx, cancel := context.WithTimeout(in.stopping, letterTime)
		in.updateLag(ctx)
		cancel()
	}
}

// updateLag sets the lag of the partitions that are read; it is unknown when brokers
// do not say.
func (in *Ingester) updateLag(ctx context.Context) {
	lags, _ := in.admin.Lag(ctx, in.config.Group)
	group := lags[in.config.Group].Lag[in.config.Topic]
	in.mu.Lock()
	defer in.mu.Unlock()
	for n, p := range in.books.partitions {
		p.Lag = -1
		if l, ok := group[n]; ok && l.Err == nil {
			p.Lag = l.Lag
		}
	}
}
