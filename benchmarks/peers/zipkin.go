// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"log"
	"sync/atomic"

	zipkinot "github.com/openzipkin-contrib/zipkin-go-opentracing"
	"github.com/openzipkin/zipkin-go"
	"github.com/openzipkin/zipkin-go/reporter"
	zipkinhttp "github.com/openzipkin/zipkin-go/reporter/http"

	"github.com/go-spur/spur/benchmarks/workload"
)

// newZipkin has Zipkin's defaults, and its JSON over HTTP. It cannot wait for its
// queue, and has no baggage.
func newZipkin(c workload.Config) (*workload.Tracer, error) {
	lost := &disposed{}
	r := reporter.NewNoopReporter()
	if c.HTTP != "" {
		r = zipkinhttp.NewReporter(c.HTTP+"/api/v2/spans", zipkinhttp.Logger(log.New(lost, "", 0)))
	}
	sampler, err := zipkin.NewBoundarySampler(c.Rate, 0)
	if err != nil {
		return nil, err
	}
	tracer, err := zipkin.NewTracer(r, zipkin.WithSampler(sampler), zipkin.WithSharedSpans(false))
	if err != nil {
		return nil, err
	}
	t, err := workload.FromOpenTracing(zipkinot.Wrap(tracer))
	if err != nil {
		return nil, err
	}
	t.Inject2, t.Extract2 = nil, nil
	t.Flush = func() error { return nil }
	t.Close = r.Close
	t.Lost = lost.n.Load
	if c.Lossless {
		t.Root, t.RPC = nil, nil
	}
	return t, nil
}

// disposed counts the spans of the log's lines, where alone Zipkin says so.
type disposed struct{ n atomic.Uint64 }

func (d *disposed) Write(line []byte) (int, error) {
	var n uint64
	if _, err := fmt.Fscanf(bytes.NewReader(line), "backlog too long, disposing %d spans", &n); err == nil {
		d.n.Add(n)
	}
	return len(line), nil
}
