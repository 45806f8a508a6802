// SPDX-License-Identifier: Apache-2.0

// Sampling shows who decides which traces are recorded: a strategy for each
// operation, the caller, and the program itself.
//
//	go run ./examples/sampling
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurhttp"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer) error {
	// What Jaeger's sampling server would answer for this service: all orders, and of
	// the rest nothing. The default sampler, sampler.NewRemote, asks for it by itself.
	strategy, err := sampler.NewPerOperation(sampler.Strategy{
		Type:       sampler.StrategyPerOperation,
		Operations: []sampler.OperationStrategy{{Operation: "GET /orders/{id}", Probability: 1}},
	}, 0)
	if err != nil {
		return err
	}
	console, err := reporter.NewConsole(out, reporter.ConsoleOptions{})
	if err != nil {
		return err
	}
	// Callers' decisions are followed, and the strategy is asked when there is none.
	tracer, err := spur.New("shop", spur.WithSampler(strategy), spur.WithReporter(console))
	if err != nil {
		return err
	}
	defer tracer.Close()

	mux := http.NewServeMux()
	for _, route := range []string{"GET /orders/{id}", "GET /ads"} {
		mux.HandleFunc(route, func(_ http.ResponseWriter, r *http.Request) {
			if r.FormValue("why") != "" { // somebody wants to see this one
				spur.SpanFromContext(r.Context()).SetTag(string(ext.SamplingPriority), 1)
			}
		})
	}
	// The route is known before the span starts, so the strategy for it counts.
	h := spurhttp.Handler(tracer, mux)
	for _, request := range []struct{ about, path, header, value string }{
		{"an operation that is sampled", "/orders/1", "", ""},
		{"one that is not", "/ads", "", ""},
		{"the caller's trace is recorded", "/ads", "uber-trace-id", "1f:2e:0:1"},
		{"the caller's is not", "/orders/2", "uber-trace-id", "1f:2e:0:0"},
		{"the program insists", "/ads?why=1", "", ""},
		{"a developer insists", "/ads", "jaeger-debug-id", "ticket-7"},
	} {
		r := httptest.NewRequest(http.MethodGet, request.path, nil)
		if request.header != "" {
			r.Header.Set(request.header, request.value)
		}
		fmt.Fprintf(out, "--- %s:\n\n", request.about)
		h.ServeHTTP(httptest.NewRecorder(), r)
		if err := tracer.Flush(context.Background()); err != nil { // draws what waits
			return err
		}
	}
	st := tracer.Stats()
	fmt.Fprintf(out, "%d recorded, %d not, by %s\n", st.Spans.FinishedSampled, st.Spans.FinishedUnsampled, st.Sampling.Description)
	return nil
}
