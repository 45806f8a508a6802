// SPDX-License-Identifier: Apache-2.0

package rpcmetrics

import (
	"time"

	"github.com/uber/jaeger-lib/metrics"
)

// Metrics are those of one endpoint.
type Metrics struct {
	// RequestCountSuccess and RequestCountFailures count requests without and with the
	// tag error=true.
	RequestCountSuccess  metrics.Counter `metric:"requests" tags:"error=false"`
	RequestCountFailures metrics.Counter `metric:"requests" tags:"error=true"`

	// RequestLatencySuccess and RequestLatencyFailures are how long they took.
	RequestLatencySuccess  metrics.Timer `metric:"request_latency" tags:"error=false"`
	RequestLatencyFailures metrics.Timer `metric:"request_latency" tags:"error=true"`

	// HTTPStatusCode2xx and the others count requests by the tag http.status_code.
	HTTPStatusCode2xx metrics.Counter `metric:"http_requests" tags:"status_code=2xx"`
	HTTPStatusCode3xx metrics.Counter `metric:"http_requests" tags:"status_code=3xx"`
	HTTPStatusCode4xx metrics.Counter `metric:"http_requests" tags:"status_code=4xx"`
	HTTPStatusCode5xx metrics.Counter `metric:"http_requests" tags:"status_code=5xx"`
}

// count counts a request. A status that is no HTTP status counts as none.
func (m *Metrics) count(failed bool, latency time.Duration, status int) {
	if failed {
		m.RequestCountFailures.Inc(1)
		m.RequestLatencyFailures.Record(latency)
	} else {
		m.RequestCountSuccess.Inc(1)
		m.RequestLatencySuccess.Record(latency)
	}
	switch status / 100 {
	case 2:
		m.HTTPStatusCode2xx.Inc(1)
	case 3:
		m.HTTPStatusCode3xx.Inc(1)
	case 4:
		m.HTTPStatusCode4xx.Inc(1)
	case 5:
		m.HTTPStatusCode5xx.Inc(1)
	}
}
