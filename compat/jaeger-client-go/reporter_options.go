// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"time"

	"github.com/uber/jaeger-client-go/log"
)

// ReporterOption changes what NewRemoteReporter makes.
type ReporterOption func(c *reporterOptions)

// ReporterOptions makes the options of NewRemoteReporter.
var ReporterOptions reporterOptions

// reporterOptions is what options have said. Zero fields mean the defaults.
type reporterOptions struct {
	queueSize           int
	bufferFlushInterval time.Duration
	logger              log.DebugLogger
	metrics             *Metrics
}

// QueueSize is how many spans may wait to be sent. By default spur bounds their memory, to
// 16 MiB; a transport of the program's own gets a queue of 100 spans.
func (reporterOptions) QueueSize(queueSize int) ReporterOption {
	return func(r *reporterOptions) { r.queueSize = queueSize }
}

// Metrics counts in metrics. What is nil in it is not counted.
func (reporterOptions) Metrics(metrics *Metrics) ReporterOption {
	return func(r *reporterOptions) { r.metrics = metrics }
}

// BufferFlushInterval is how long a span waits at most for others to be sent with it; a
// second by default.
func (reporterOptions) BufferFlushInterval(bufferFlushInterval time.Duration) ReporterOption {
	return func(r *reporterOptions) { r.bufferFlushInterval = bufferFlushInterval }
}

// Logger is told of spans that cannot be sent; nobody is by default.
func (reporterOptions) Logger(logger Logger) ReporterOption {
	return func(r *reporterOptions) { r.logger = newSafeLogger(logger) }
}

// complete applies options and sets the defaults that all remote reporters have.
func (r *reporterOptions) complete(options []ReporterOption) {
	for _, o := range options {
		if o != nil {
			o(r)
		}
	}
	if r.bufferFlushInterval <= 0 {
		r.bufferFlushInterval = defaultFlushInterval
	}
	if r.logger == nil {
		r.logger = log.NullLogger
	}
	r.queueSize = max(r.queueSize, 0)
}
