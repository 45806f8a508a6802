// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

func Example() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "order ", r.PathValue("id"))
	})
	server := httptest.NewServer(spurhttp.Handler(tracer, mux))
	defer server.Close()

	client := spurhttp.Client(server.Client(), spurhttp.WithTracer(tracer))
	req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL+"/orders/42", nil)
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	_ = spans.Wait(context.Background(), 2)
	for _, s := range spans.Spans() {
		fmt.Println(s.Operation)
	}
	// Unordered output:
	// GET
	// GET /orders/{id}
}

// A router that Handler cannot ask says itself which route it has chosen.
func ExampleSetRoute() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	router := func(w http.ResponseWriter, r *http.Request) {
		if id, ok := strings.CutPrefix(r.URL.Path, "/orders/"); ok {
			spurhttp.SetRoute(r.Context(), "/orders/:id")
			fmt.Fprint(w, "order ", id)
			return
		}
		http.NotFound(w, r)
	}
	handler := spurhttp.Handler(tracer, http.HandlerFunc(router))
	for _, path := range []string{"/orders/42", "/admin.php"} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	for _, s := range spans.Spans() {
		fmt.Println(s.Operation, "route:", spurtest.Tag(s, "http.route"))
	}
	// Output:
	// GET /orders/:id route: /orders/:id
	// GET route: <nil>
}
