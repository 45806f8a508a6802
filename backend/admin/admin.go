// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/go-spur/spur/backend/internal/hosts"
	"github.com/go-spur/spur/backend/trace"
)

// Config is what New needs.
type Config struct {
	// Ready returns nil, or why the process cannot do its work.
	Ready func() error
	// Metrics is what /metrics shows.
	Metrics prometheus.Gatherer
	// Clients is what /clients shows; nil leaves that out.
	Clients func() []trace.Client
	// Status is what /status shows, as JSON; nil leaves that out.
	Status func() any
	// AllowedHosts are names that a request's Host may have besides localhost and
	// IP addresses; "*" allows any.
	AllowedHosts []string
}

// New returns a handler of these paths:
//
//	/               200, or 503 with the reason
//	/metrics        for Prometheus
//	/clients        a JSON list of trace.Client, with those first that lost most
//	/status         JSON: what is read, and what became of it
//	/debug/pprof/   for go tool pprof
//
// The answer at / is Jaeger's, with the reason in addition.
func New(c Config) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", health(c.Ready, time.Now()))
	mux.Handle("GET /metrics", promhttp.HandlerFor(c.Metrics, promhttp.HandlerOpts{}))
	if c.Clients != nil {
		mux.HandleFunc("GET /clients", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(c.Clients()) // who went away needs none
		})
	}
	if c.Status != nil {
		mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(c.Status())
		})
	}
	mux.HandleFunc("GET /debug/pprof/", pprof.Index) // and the profiles that it lists
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("POST /debug/pprof/symbol", pprof.Symbol)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hosts.Allowed(r.Host, c.AllowedHosts) {
			http.Error(w, "this name is not allowed: see --allowed-hosts", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// state is the answer of Jaeger's health check.
type state struct {
	Status  string    `json:"status"`
	UpSince time.Time `json:"upSince,omitzero"`
	Uptime  string    `json:"uptime,omitempty"`
	Reason  string    `json:"reason,omitempty"`
}

func health(ready func() error, started time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		code, s := http.StatusOK, state{Status: "Server available", UpSince: started, Uptime: time.Since(started).String()}
		if err := ready(); err != nil {
			code, s = http.StatusServiceUnavailable, state{Status: "Server not available", Reason: err.Error()}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(s) // who went away needs none
	})
}
