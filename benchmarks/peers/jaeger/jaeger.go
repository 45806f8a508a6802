// SPDX-License-Identifier: Apache-2.0

// Package jaeger sets up jaeger-client-go, or what stands in for it.
package jaeger

import (
	"runtime"
	"sync/atomic"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur/benchmarks/workload"
)

// Peers are the ways to set up the real jaeger-client-go.
func Peers() []workload.Peer {
	return []workload.Peer{
		{Name: "jaeger", New: func(c workload.Config) (*workload.Tracer, error) { return newTracer(c, 0) }},
		{Name: "jaeger-pool", New: func(c workload.Config) (*workload.Tracer, error) {
			return newTracer(c, 0, jaeger.TracerOptions.PoolSpans(true))
		}},
		{Name: "jaeger-null", New: func(c workload.Config) (*workload.Tracer, error) {
			c.UDP, c.HTTP = "", ""
			return newTracer(c, 0)
		}},
		{Name: "jaeger-q10000", New: func(c workload.Config) (*workload.Tracer, error) { return newTracer(c, 10_000) }},
	}
}

// newTracer returns a tracer with an agent at c.UDP; queue 0 is the default of 100. It
// watches what enters and leaves the queue, to know when that is empty and, with
// c.Lossless, to wait when it is full, which the library cannot.
func newTracer(c workload.Config, queue int, opts ...jaeger.TracerOption) (*workload.Tracer, error) {
	sampler, err := newSampler(c.Rate)
	if err != nil {
		return nil, err
	}
	w := &watched{}
	reporter := jaeger.NewNullReporter()
	if c.UDP != "" {
		if reporter, err = w.watch(c, queue); err != nil {
			return nil, err
		}
	}
	tracer, closer := jaeger.NewTracer("bench", sampler, reporter, opts...)
	return finish(tracer, closer.Close, w)
}

func newSampler(rate float64) (jaeger.Sampler, error) {
	if rate == 0 || rate == 1 {
		return jaeger.NewConstSampler(rate == 1), nil
	}
	return jaeger.NewProbabilisticSampler(rate)
}

func finish(tracer opentracing.Tracer, closer func() error, w *watched) (*workload.Tracer, error) {
	t, err := workload.FromOpenTracing(tracer)
	if err != nil {
		return nil, err
	}
	t.Flush = w.flush
	t.Close = closer
	if w.counts {
		t.Lost, t.Sent = w.lost.n.Load, w.sent.n.Load
	}
	return t, nil
}

// watched is a reporter around the library's own, a transport within it, and the
// counter of what it drops.
type watched struct {
	jaeger.Transport
	next     jaeger.Reporter
	reported atomic.Int64
	taken    atomic.Int64 // from the queue, and encoded
	lost     counter
	sent     counter
	counts   bool
	room     chan struct{} // one for each span in the queue; nil when it may overflow
}

func (w *watched) watch(c workload.Config, queue int) (jaeger.Reporter, error) {
	udp, err := jaeger.NewUDPTransport(c.UDP, 0)
	if err != nil {
		return nil, err
	}
	w.Transport, w.counts = udp, true
	if c.Lossless {
		w.room = make(chan struct{}, 100)
	}
	metrics := jaeger.NewNullMetrics()
	metrics.ReporterDropped, metrics.ReporterFailure, metrics.ReporterSuccess = &w.lost, &w.lost, &w.sent
	w.next = jaeger.NewRemoteReporter(w, jaeger.ReporterOptions.QueueSize(queue), jaeger.ReporterOptions.Metrics(metrics))
	return reporter{w}, nil
}

// Append is the transport's.
func (w *watched) Append(s *jaeger.Span) (int, error) {
	n, err := w.Transport.Append(s)
	w.taken.Add(1)
	if w.room != nil {
		<-w.room
	}
	return n, err
}

func (w *watched) flush() error {
	for w.taken.Load()+int64(w.lost.n.Load()) < w.reported.Load() {
		runtime.Gosched()
	}
	return nil
}

// counter is one of the library's metrics.
type counter struct{ n atomic.Uint64 }

func (c *counter) Inc(n int64) { c.n.Add(uint64(n)) }

type reporter struct{ w *watched }

func (r reporter) Report(s *jaeger.Span) {
	if r.w.room != nil {
		r.w.room <- struct{}{}
	}
	r.w.reported.Add(1)
	r.w.next.Report(s)
}

func (r reporter) Close() { r.w.next.Close() }
