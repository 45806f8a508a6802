// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"log/slog"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Sampling listens for clients that ask how to sample, as they ask an agent of
// Jaeger's:
//
//	GET /sampling?service=NAME              the strategy, its type as a word
//	GET /?service=NAME                      the same, its type as a number, for old clients
//	GET /baggageRestrictions?service=NAME   always []
//
// A request without exactly one service is answered with 400.
type Sampling struct{ *webServer }

// NewSampling returns a server on l, which Close closes. It counts requests in
// reg, which may be nil, under the names of Jaeger's agent.
func NewSampling(l net.Listener, s *Strategies, reg prometheus.Registerer, log *slog.Logger) *Sampling {
	counted := newSamplingCounters(reg, "jaeger_agent")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sampling", counted.handler("sampling", s.text))
	mux.HandleFunc("GET /{$}", counted.handler("sampling-legacy", s.number))
	mux.HandleFunc("GET /baggageRestrictions", counted.handler("baggage", noRestrictions))
	return &Sampling{newWebServer(l, mux, log)}
}

func (s *Strategies) of(service string) answer {
	if a, ok := s.byService[service]; ok {
		return a
	}
	return s.others
}

func (s *Strategies) text(service string) []byte   { return s.of(service).text }
func (s *Strategies) number(service string) []byte { return s.of(service).number }

// noRestrictions lets every service use any baggage.
func noRestrictions(string) []byte { return []byte("[]") }

type samplingCounters struct {
	requests *prometheus.CounterVec
	bad      prometheus.Counter
}

func newSamplingCounters(reg prometheus.Registerer, namespace string) samplingCounters {
	with := promauto.With(reg)
	return samplingCounters{
		requests: with.NewCounterVec(prometheus.CounterOpts{
			Name: namespace + "_http_server_requests_total",
			Help: "Requests for sampling strategies or baggage restrictions that were answered.",
		}, []string{"type"}),
		bad: with.NewCounter(prometheus.CounterOpts{
			Name:        namespace + "_http_server_errors_total",
			Help:        "Requests that did not name one service.",
			ConstLabels: prometheus.Labels{"source": "all", "status": "4xx"},
		}),
	}
}

// handler answers with what is said of the request's service.
func (c samplingCounters) handler(kind string, of func(service string) []byte) http.HandlerFunc {
	good := c.requests.WithLabelValues(kind)
	return func(w http.ResponseWriter, r *http.Request) {
		service := r.URL.Query()["service"]
		if len(service) != 1 {
			c.bad.Inc()
			http.Error(w, "'service' parameter must be provided once", http.StatusBadRequest)
			return
		}
		good.Inc()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(of(service[0])) // who went away needs none
	}
}
