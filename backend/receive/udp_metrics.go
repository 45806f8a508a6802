// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type udpCounters struct {
	processed, malformed, dropped, errors prometheus.Counter
	size                                  prometheus.Gauge
}

// newUDPCounters makes the metrics of Jaeger's agent. waiting returns how many
// datagrams are in the queue.
func newUDPCounters(reg prometheus.Registerer, p Protocol, waiting func() float64) udpCounters {
	with := promauto.With(reg)
	labels := prometheus.Labels{"model": "jaeger", "protocol": string(p)}
	counter := func(name, help string) prometheus.Counter {
		return with.NewCounter(prometheus.CounterOpts{Name: "jaeger_agent_thrift_udp_" + name, Help: help, ConstLabels: labels})
	}
	with.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "jaeger_agent_thrift_udp_server_queue_size", Help: "Datagrams that wait to be decoded.", ConstLabels: labels,
	}, waiting)
	return udpCounters{
		processed: counter("server_packets_processed_total", "Datagrams that were read and decoded."),
		malformed: counter("t_processor_handler_errors_total", "Datagrams that could not be decoded."),
		dropped:   counter("server_packets_dropped_total", "Datagrams that the socket's buffer had no room for."),
		errors:    counter("server_read_errors_total", "Reads that failed."),
		size: with.NewGauge(prometheus.GaugeOpts{
			Name: "jaeger_agent_thrift_udp_server_packet_size", Help: "Bytes of the last datagram.", ConstLabels: labels,
		}),
	}
}
