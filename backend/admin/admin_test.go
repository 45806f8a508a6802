// SPDX-License-Identifier: Apache-2.0

package admin_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/admin"
	"github.com/go-spur/spur/backend/trace"
)

func get(h http.Handler, target string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, target, nil))
	return rec
}

func Example() {
	reg := prometheus.NewRegistry()
	h := admin.New(admin.Config{
		Ready:   func() error { return errors.New("the disk is full") },
		Metrics: reg,
	})
	rec := get(h, "http://localhost:14269/")
	fmt.Print(rec.Code, " ", rec.Body)
	// Output: 503 {"status":"Server not available","reason":"the disk is full"}
}

func TestPaths(t *testing.T) {
	reg := prometheus.NewRegistry()
	spans := prometheus.NewCounter(prometheus.CounterOpts{Name: "spans_total"})
	reg.MustRegister(spans)
	spans.Add(7)
	clients := []trace.Client{{ID: "1f", Service: "checkout", QueueFull: 3}}
	h := admin.New(admin.Config{
		Ready: func() error { return nil }, Metrics: reg, Clients: func() []trace.Client { return clients }, AllowedHosts: []string{"admin.example"},
	})
	for _, test := range []struct {
		target string
		code   int
		body   string
	}{
		{"http://localhost/", 200, `{"status":"Server available","upSince":"2`},
		{"http://localhost/metrics", 200, "spans_total 7"},
		{"http://localhost/clients", 200, `[{"id":"1f","service":"checkout",`},
		{"http://localhost/debug/pprof/", 200, "heap"},
		{"http://localhost/debug/pprof/goroutine?debug=1", 200, "TestPaths"},
		{"http://localhost/debug/pprof/cmdline", 404, ""}, // it may show secrets
		{"http://localhost/debug", 404, ""},
		{"http://admin.example/", 200, "available"},
		{"http://evil.example/metrics", 403, "not allowed"},
	} {
		rec := get(h, test.target)
		if rec.Code != test.code || !strings.Contains(rec.Body.String(), test.body) {
			t.Errorf("%s: %d %.200s", test.target, rec.Code, rec.Body)
		}
	}
}
