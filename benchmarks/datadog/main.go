// SPDX-License-Identifier: Apache-2.0

// Datadog is the program that measures dd-trace-go, whose modules are too many for
// others.
package main

import (
	"fmt"
	"os"
	"strings"

	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/opentracer"
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/tracer"

	"github.com/go-spur/spur/benchmarks/workload"
)

func main() {
	for _, off := range []string{"DD_INSTRUMENTATION_TELEMETRY_ENABLED", "DD_REMOTE_CONFIGURATION_ENABLED"} { // what is no tracing
		if err := os.Setenv(off, "false"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	workload.Main(workload.Peer{Name: "datadog", New: newTracer})
}

// newTracer has Datadog's defaults, and an agent at c.HTTP. It cannot wait for its
// queue, and counts what it loses to statsd alone.
func newTracer(c workload.Config) (*workload.Tracer, error) {
	opts := []tracer.StartOption{tracer.WithService("bench"), tracer.WithLogStartup(false), tracer.WithLogger(silent{}), tracer.WithSampler(tracer.NewRateSampler(c.Rate))}
	if c.HTTP != "" {
		opts = append(opts, tracer.WithAgentAddr(strings.TrimPrefix(c.HTTP, "http://")))
	}
	t, err := workload.FromOpenTracing(opentracer.New(opts...))
	if err != nil {
		return nil, err
	}
	t.Flush = func() error {
		tracer.Flush()
		return nil
	}
	t.Close = func() error {
		tracer.Stop()
		return nil
	}
	if c.Lossless {
		t.Root, t.RPC = nil, nil
	}
	return t, nil
}

type silent struct{}

func (silent) Log(string) {}
