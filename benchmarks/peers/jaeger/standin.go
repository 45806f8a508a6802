// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur/benchmarks/workload"
)

// StandIn sets up spur in the place of jaeger-client-go. Its reporter is not wrapped,
// so that spur runs it as in a program that only changed its go.mod. Nobody can wait
// for its queue then.
func StandIn(c workload.Config) (*workload.Tracer, error) {
	sampler, err := newSampler(c.Rate)
	if err != nil {
		return nil, err
	}
	w := &watched{}
	reporter := jaeger.NewNullReporter()
	if c.UDP != "" {
		udp, err := jaeger.NewUDPTransport(c.UDP, 0)
		if err != nil {
			return nil, err
		}
		metrics := jaeger.NewNullMetrics()
		metrics.ReporterDropped, metrics.ReporterFailure, metrics.ReporterSuccess = &w.lost, &w.lost, &w.sent
		w.counts = true
		reporter = jaeger.NewRemoteReporter(udp, jaeger.ReporterOptions.Metrics(metrics))
	}
	tracer, closer := jaeger.NewTracer("bench", sampler, reporter)
	t, err := finish(tracer, closer.Close, w)
	if err != nil {
		return nil, err
	}
	t.Flush = func() error { return nil }
	if c.Lossless {
		t.Root, t.RPC = nil, nil
	}
	return t, nil
}
