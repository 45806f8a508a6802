// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurhttp"
)

// TestRoute: Jaeger's strategies name a route of an http.ServeMux. A service that
// is configured by nothing but the environment samples that route, whatever stands
// in its path, and no other.
func TestRoute(t *testing.T) {
	const route = "GET /x/{id}"
	for _, version := range []string{"1.62", "2"} {
		t.Run("Jaeger "+version, func(t *testing.T) {
			c := strategyCase{service: fmt.Sprintf("e2e-route-%08x", rand.Uint32()), fromEnv: true, kind: "peroperation", tag: "probabilistic"}
			c.file = &fileStrategy{
				Service: c.service, Type: "probabilistic", Param: 0,
				Operations: []*fileStrategy{{Operation: route, Type: "probabilistic", Param: 1}},
			}
			file := filepath.Join(t.TempDir(), "strategies.json")
			writeStrategies(t, file, []strategyCase{c})
			t.Setenv("E2E_STRATEGIES", file)
			r := start(t, version)
			tracer := c.tracer(t, r)
			awaitSampling(t, tracer, func(s sampler.Status) bool { return s.Type == c.kind && s.Param == 0 && s.Fetched > 0 })

			mux := http.NewServeMux()
			sampled := map[string]int{}
			answer := func(w http.ResponseWriter, r *http.Request) {
				span := spur.SpanFromContext(r.Context())
				if span.SpanContext().IsSampled() {
					sampled[r.Method+" "+r.URL.Path]++
				}
				_, _ = io.WriteString(w, span.OperationName())
			}
			for _, pattern := range []string{route, "POST /x/{id}", "GET /x/{id}/z", "GET /x/new", "/y/{id}", "/"} {
				mux.HandleFunc(pattern, answer)
			}
			server := httptest.NewServer(spurhttp.Handler(tracer, mux))
			defer server.Close()
			requests, asked := 0, map[string]int{}
			ask := func(method, path, operation string) {
				requests++
				if operation == route {
					asked[method+" "+path]++
				}
				if got := request(t, method, server.URL+path); got != operation {
					t.Errorf("%s %s is %q, not %q", method, path, got, operation)
				}
			}
			for i := range 50 {
				ask("GET", fmt.Sprintf("/x/%d", i), route)
				ask("POST", fmt.Sprintf("/x/%d", i), "POST /x/{id}")
				ask("GET", fmt.Sprintf("/x/%d/z", i), "GET /x/{id}/z")
				ask("GET", fmt.Sprintf("/y/%d", i), "GET /y/{id}")
				ask("GET", fmt.Sprintf("/z/%d", i), "GET /")
			}
			ask("GET", "/x/new", "GET /x/new")
			server.Close() // all spans have ended
			if fmt.Sprint(sampled) != fmt.Sprint(asked) {
				t.Errorf("sampled were\n%v, not\n%v", sampled, asked)
			}
			c.tags(t, r.sampled(t, tracer, c.service, route, len(asked)), 1)
			for operation, spans := range r.byOperation(t, c.service) {
				if operation != route {
					t.Errorf("Jaeger has %d spans of %s", len(spans), operation)
				}
			}
			if s := tracer.Stats().Spans; s.FinishedSampled != uint64(len(asked)) || s.FinishedUnsampled != uint64(requests-len(asked)) {
				t.Errorf("%d requests to the route, %d to others: %+v", len(asked), requests-len(asked), s)
			}
		})
	}
}

// request returns the answer's body.
func request(t *testing.T, method, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
