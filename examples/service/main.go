// SPDX-License-Identifier: Apache-2.0

// Service is a main to copy: an HTTP service with a worker behind it, traced,
// configured by its environment, and stopped in order.
//
//	OTEL_TRACES_EXPORTER=console JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1 go run ./examples/service
//	curl -X POST localhost:8080/orders/tea
package main

import (
	"cmp"
	"context"
	"expvar"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurslog"
)

func main() {
	slog.SetDefault(slog.New(spurslog.NewHandler(slog.NewTextHandler(os.Stderr, nil))))
	if err := run(); err != nil {
		slog.Error("the service failed", "error", err)
		os.Exit(1)
	}
}

func run() error {
	// The first signal ends ctx, a second one the process.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)

	tracer, err := spur.New("orders", spur.FromEnv())
	if err != nil {
		// It names the variables that cannot be used. Either stop, as for other settings:
		//	return err
		// or go on without traces, for a nil Tracer does nothing:
		slog.Error("orders are not traced", "error", err)
	}
	defer shutDown(tracer)
	if conn, err := net.DialTimeout("tcp", "localhost:16686", 200*time.Millisecond); err == nil { // the all-in-one, or a Jaeger
		conn.Close()
		slog.Info("traces", "url", "http://localhost:16686")
	}
	opentracing.SetGlobalTracer(tracer) // for libraries that use OpenTracing

	// What the tracer counts, at /debug/vars of a port that is not the public one. For
	// Prometheus register spurprom.NewCollector(tracer).
	expvar.Publish("spur", expvar.Func(func() any { return tracer.Stats() }))
	metrics := cmp.Or(os.Getenv("METRICS_ADDR"), "localhost:8081")
	go func() { slog.Error("no metrics", "error", http.ListenAndServe(metrics, expvar.Handler())) }()

	listener, err := net.Listen("tcp", cmp.Or(os.Getenv("ADDR"), "localhost:8080"))
	if err != nil {
		return err
	}
	slog.Info("listening", "address", listener.Addr())
	return serve(ctx, tracer, listener)
}

// serve answers requests until ctx ends. Then it ends from the front to the back: takes
// no new requests, answers those under way, and does the jobs that they have left.
func serve(ctx context.Context, tracer *spur.Tracer, listener net.Listener) error {
	client := spurhttp.Client(&http.Client{Timeout: 2 * time.Second})
	s := &shop{"http://" + listener.Addr().String(), client, make(chan delivery, 1000)}
	delivered := make(chan struct{})
	go deliver(tracer, s.queue, delivered)

	server := &http.Server{
		Handler:           spurhttp.Handler(tracer, s.routes(), spurhttp.WithoutProbes()),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}

	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return err
	}
	close(s.queue) // nobody is left who sends
	select {
	case <-delivered:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// shutDown sends the spans that wait. It has 2 seconds of its own: what ended before may
// have used up its time, and a collector that is down must not hold up the end.
func shutDown(tracer *spur.Tracer) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := tracer.Shutdown(ctx); err != nil {
		slog.Error("spans were lost", "error", err)
	}
}
