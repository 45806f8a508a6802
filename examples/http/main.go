// SPDX-License-Identifier: Apache-2.0

// Http shows what spurhttp makes of an HTTP server and its clients: names of
// routes, errors, panics, probes, and callers that are not trusted.
//
//	go run ./examples/http
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/spurhttp"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer) error {
	tracer, err := newTracer("shop", out)
	if err != nil {
		return err
	}
	shop := httptest.NewUnstartedServer(spurhttp.Handler(tracer, routes(), spurhttp.WithoutProbes()))
	shop.Config.ErrorLog = log.New(io.Discard, "", 0) // where net/http writes that a handler panicked
	shop.Start()
	defer shop.Close()

	// The client's spans are children of the span in the request's context.
	customer, err := newTracer("customer", out)
	if err != nil {
		return err
	}
	client := spurhttp.Client(shop.Client())
	ctx, span := customer.Start(context.Background(), "shopping")
	for _, path := range []string{"/broken", "/items/42", "/items/7", "/nowhere/at/all", "/healthz"} {
		if err := visit(ctx, client, shop.URL+path); err != nil {
			span.LogKV("event", "no answer", "path", path)
		}
	}

	// At the edge nobody vouches for callers: their spans are linked to, and new
	// traces begun.
	edge := spurhttp.Handler(tracer, routes(), spurhttp.WithEdgePolicy(spur.LinkCaller))
	r := httptest.NewRequest(http.MethodGet, "/items/1", nil)
	r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	edge.ServeHTTP(httptest.NewRecorder(), r)

	shop.Close() // waits for the handlers
	if err := tracer.Close(); err != nil {
		return err
	}
	span.Finish()
	return customer.Close()
}

// newTracer makes a tracer that draws on the terminal. A service says
// spur.New("shop", spur.FromEnv()).
func newTracer(service string, out io.Writer) (*spur.Tracer, error) {
	console, err := reporter.NewConsole(out, reporter.ConsoleOptions{})
	if err != nil {
		return nil, err
	}
	return spur.New(service, spur.SampleAll(), spur.WithReporter(console))
}

// routes is a service that knows nothing of tracing but spur.SpanFromContext.
func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items/{id}", func(w http.ResponseWriter, r *http.Request) {
		spur.SpanFromContext(r.Context()).SetString("item", r.PathValue("id"))
		if r.PathValue("id") == "7" {
			http.Error(w, "sold out", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "tea")
	})
	mux.HandleFunc("GET /broken", func(http.ResponseWriter, *http.Request) { panic("no milk") })
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	return mux
}

func visit(ctx context.Context, client *http.Client, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close() // ends the client's span
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
