// SPDX-License-Identifier: Apache-2.0

package cassandra

import "github.com/prometheus/client_golang/prometheus"

// metrics are counted here and read by Prometheus.
type metrics struct {
	requests  *prometheus.CounterVec // by table
	failures  prometheus.Counter
	rows      prometheus.Counter
	unindexed prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) (m metrics, err error) {
	m.requests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "spur_cassandra_write_requests_total", Help: "Requests that wrote rows of a table.",
	}, []string{"table"})
	m.failures = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "spur_cassandra_write_failures_total", Help: "Such requests that failed, all attempts counted as one.",
	})
	m.rows = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "spur_cassandra_rows_total", Help: "Rows that were written, those of indexes included.",
	})
	m.unindexed = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "spur_cassandra_unindexed_total", Help: "Rows of indexes left out, because the name of a service or operation is empty or too long for a key.",
	})
	if reg == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.requests, m.failures, m.rows, m.unindexed} {
		if err := reg.Register(c); err != nil {
			return m, err
		}
	}
	return m, nil
}
