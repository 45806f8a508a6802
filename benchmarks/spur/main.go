// SPDX-License-Identifier: Apache-2.0

// Spur is the program that measures spur, and what callers pay without any tracer.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/benchmarks/workload"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/transport"
)

func main() {
	workload.Main(
		workload.Peer{Name: "spur", New: func(c workload.Config) (*workload.Tracer, error) { return newSpur(c) }},
		workload.Peer{Name: "spur-jaeger", New: func(c workload.Config) (*workload.Tracer, error) {
			jaeger := []propagation.Format{propagation.FormatJaeger}
			return newSpur(c, spur.WithFormats(jaeger, jaeger))
		}},
		workload.Peer{Name: "spurhttp", New: func(c workload.Config) (*workload.Tracer, error) {
			tracer, t, err := newTracer(c)
			if err == nil {
				t.Handler = func(h http.Handler) http.Handler { return spurhttp.Handler(tracer, h) }
			}
			return t, err
		}},
		workload.Peer{Name: "noop", New: newNoop},
		workload.Peer{Name: "plain", New: func(workload.Config) (*workload.Tracer, error) {
			return &workload.Tracer{Handler: func(h http.Handler) http.Handler { return h }, Flush: nothing, Close: nothing}, nil
		}},
	)
}

func newSpur(c workload.Config, opts ...spur.Option) (*workload.Tracer, error) {
	_, t, err := newTracer(c, opts...)
	return t, err
}

// newTracer returns a tracer with the defaults of spur.New, but for the sampler, the
// agent and the logger.
func newTracer(c workload.Config, opts ...spur.Option) (*spur.Tracer, *workload.Tracer, error) {
	s := sampler.Sampler(sampler.NewConst(c.Rate == 1))
	if c.Rate > 0 && c.Rate < 1 {
		var err error
		if s, err = sampler.NewProbabilistic(c.Rate); err != nil {
			return nil, nil, err
		}
	}
	r := reporter.Reporter(reporter.Null{})
	if c.UDP != "" {
		udp, err := transport.NewUDP(c.UDP, transport.UDPOptions{})
		if err != nil {
			return nil, nil, err
		}
		if r, err = reporter.NewBatching(udp, reporter.BatchingOptions{Name: "agent", Logger: slog.New(slog.DiscardHandler)}); err != nil {
			return nil, nil, err
		}
	}
	tracer, err := spur.New("bench", append(opts, spur.WithSampler(sampler.NewParentBased(s)), spur.WithReporter(r), spur.WithLogger(nil))...)
	if err != nil {
		return nil, nil, err
	}
	t, err := workload.FromOpenTracing(tracer)
	if err != nil {
		return nil, nil, err
	}
	t.Flush = func() error { return tracer.Flush(context.Background()) }
	t.Close = tracer.Close
	if c.Refused {
		t.Flush = nothing
		t.Close = func() error {
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			defer cancel()
			_ = tracer.Shutdown(ctx) // that all is lost
			return nil
		}
	}
	if c.UDP != "" {
		t.Lost = func() uint64 {
			d := tracer.Stats().Destinations[0]
			return d.DroppedTotal() + d.Unconfirmed
		}
		t.Sent = func() uint64 { return tracer.Stats().Destinations[0].Sent }
	}
	if c.Lossless {
		t.Most = 20_000 // fewer than the reporter's queue holds
	}
	return tracer, t, nil
}

func newNoop(workload.Config) (*workload.Tracer, error) {
	t, err := workload.FromOpenTracing(opentracing.NoopTracer{})
	if err != nil {
		return nil, err
	}
	t.Flush, t.Close = nothing, nothing
	return t, nil
}

func nothing() error { return nil }
