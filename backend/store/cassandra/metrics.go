// SPDX-License-Identifier: Apache-2.0

package cassandra

import "github.com/prometheus/client_golang/prometheus"

// metrics are counted here and read by Prometheus.
type metrics struct {
	requests  *prometheus.CounterVec // by table
	failures  prometheus.Counter
	rows      prometheus.Counter
	unindexed prometheus.Counter
	rejected  *prometheus.CounterVec // by table
	leftOut   *prometheus.CounterVec // by reason
}

// Why something is not in an answer.
const (
	unreadable = "unreadable"
	tooLarge   = "too_large"
)

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
	m.rejected = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "spur_cassandra_rejected_rows_total", Help: "Rows of a table that the server does not take. A span is refused when its row in the table traces is one.",
	}, []string{"table"})
	m.leftOut = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "spur_cassandra_left_out_total", Help: "What is missing in answers: rows that cannot be read (unreadable), traces too large for a search to compare (too_large). Each answer counts.",
	}, []string{"reason"})
	if reg == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.requests, m.failures, m.rows, m.unindexed, m.rejected, m.leftOut} {
		if err := reg.Register(c); err != nil {
			return m, err
		}
	}
	return m, nil
}
