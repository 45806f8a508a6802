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
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer) error {
	// A tracer with a clock and ids that are the same in every run, which keeps its
	// spans. A real one is made by spur.New("shop", spur.FromEnv()).
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	shop := httptest.NewUnstartedServer(spurhttp.Handler(tracer, routes(), spurhttp.WithoutProbes()))
	shop.Config.ErrorLog = log.New(io.Discard, "", 0) // where net/http writes that a handler panicked
	shop.Start()
	defer shop.Close()

	// The client's spans are children of the span in the request's context.
	client := spurhttp.Client(shop.Client())
	ctx, span := tracer.Start(context.Background(), "shopping")
	for _, path := range []string{"/broken", "/items/42", "/items/7", "/nowhere/at/all", "/healthz"} {
		if err := visit(ctx, client, shop.URL+path); err != nil {
			fmt.Fprintln(out, path, "was not answered")
		}
	}
	span.Finish()

	shop.Close() // waits for the handlers
	fmt.Fprintln(out, spans.Tree(spurtest.WithoutTimes()))

	// At the edge nobody vouches for callers: their spans are linked to, and new
	// traces begun.
	spans.Reset()
	edge := spurhttp.Handler(tracer, routes(), spurhttp.WithEdgePolicy(spur.LinkCaller))
	r := httptest.NewRequest(http.MethodGet, "/items/1", nil)
	r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	edge.ServeHTTP(httptest.NewRecorder(), r)
	fmt.Fprint(out, spans.Tree(spurtest.WithoutTimes()))
	return nil
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
