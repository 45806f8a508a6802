// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"log/slog"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/go-spur/spur/backend/sampling"
)

// Sampling listens for clients that ask how to sample, as they ask an agent of
// Jaeger's:
//
//	GET /sampling?service=NAME              the strategy, its type as a word
//	GET /?service=NAME                      the same, its type as a number, for old clients
//	GET /baggageRestrictions?service=NAME   always []
//
// A request without exactly one service is answered with 400, and one for which
// there is no strategy now with 500.
type Sampling struct{ *webServer }

// NewSampling returns a server on l, which Close closes. It counts requests in
// reg, which may be nil, under the names of Jaeger's agent.
func NewSampling(l net.Listener, s sampling.Source, reg prometheus.Registerer, log *slog.Logger) *Sampling {
	counted := newSamplingCounters(reg, "jaeger_agent")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sampling", counted.handler("sampling", strategies(s, sampling.Strategy.JSON)))
	mux.HandleFunc("GET /{$}", counted.handler("sampling-legacy", strategies(s, sampling.Strategy.NumberJSON)))
	mux.HandleFunc("GET /baggageRestrictions", counted.handler("baggage", noRestrictions))
	return &Sampling{newWebServer(l, mux, log)}
}

// answering returns the body of an answer about a service.
type answering func(ctx context.Context, service string) ([]byte, error)

// strategies answers with a service's strategy.
func strategies(s sampling.Source, encode func(sampling.Strategy) []byte) answering {
	return func(ctx context.Context, service string) ([]byte, error) {
		of, err := s.Strategy(ctx, service)
		if err != nil {
			return nil, err
		}
		return encode(of), nil
	}
}

// noRestrictions lets every service use any baggage.
func noRestrictions(context.Context, string) ([]byte, error) { return []byte("[]"), nil }

type samplingCounters struct {
	requests *prometheus.CounterVec
	bad      prometheus.Counter
	failed   prometheus.Counter
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
			Help:        "Requests for sampling strategies or baggage restrictions that were answered with an error.",
			ConstLabels: prometheus.Labels{"source": "all", "status": "4xx"},
		}),
		failed: with.NewCounter(prometheus.CounterOpts{
			Name:        namespace + "_http_server_errors_total",
			Help:        "Requests for sampling strategies or baggage restrictions that were answered with an error.",
			ConstLabels: prometheus.Labels{"source": "collector-proxy", "status": "5xx"},
		}),
	}
}

// handler answers with what is said of the request's service.
func (c samplingCounters) handler(kind string, of answering) http.HandlerFunc {
	good := c.requests.WithLabelValues(kind)
	return func(w http.ResponseWriter, r *http.Request) {
		service := r.URL.Query()["service"]
		if len(service) != 1 {
			c.bad.Inc()
			http.Error(w, "'service' parameter must be provided once", http.StatusBadRequest)
			return
		}
		body, err := of(r.Context(), service[0])
		if err != nil {
			c.failed.Inc()
			http.Error(w, shorten(err), http.StatusInternalServerError)
			return
		}
		good.Inc()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body) // who went away needs none
	}
}
