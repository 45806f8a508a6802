// SPDX-License-Identifier: Apache-2.0

// Package spurprom gives Prometheus everything that a tracer counts.
//
//	prometheus.MustRegister(spurprom.NewCollector(tracer))
//
// All metrics have the label service. While no span is being finished, this holds at
// each destination: every finished sampled span is sent, unconfirmed, dropped or
// waiting.
//
//	spur_spans_finished_total{sampled="true"} = spur_spans_sent_total + spur_spans_unconfirmed_total
//	                                          + spur_spans_dropped_total + spur_queue_spans
//
// Three alerts see what goes wrong; alerts.yml has them as Prometheus reads them.
// Spans are lost, or nobody knows:
//
//	increase(spur_spans_dropped_total[5m]) > 0 or increase(spur_spans_unconfirmed_total[5m]) > 0
//
// The sampling server does not answer:
//
//	increase(spur_sampling_fetches_total{result="failure"}[10m]) > 0
//	  unless ignoring (result) increase(spur_sampling_fetches_total{result="success"}[10m]) > 0
//
// A destination does not keep up, and half of its queue, which holds 16 MiB by
// default, is full:
//
//	spur_queue_bytes > 8 * 1024 * 1024
package spurprom
