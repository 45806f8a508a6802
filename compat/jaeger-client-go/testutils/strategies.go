// SPDX-License-Identifier: Apache-2.0

package testutils

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
)

// strategies answers how services are to sample.
type strategies struct {
	mu       sync.Mutex
	services map[string]any
}

func (s *strategies) set(service string, strategy any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.services == nil {
		s.services = map[string]any{}
	}
	s.services[service] = strategy
}

func (s *strategies) get(service string) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if strategy, ok := s.services[service]; ok {
		return strategy
	}
	return &sampling.SamplingStrategyResponse{
		StrategyType:          sampling.SamplingStrategyType_PROBABILISTIC,
		ProbabilisticSampling: &sampling.ProbabilisticSamplingStrategy{SamplingRate: 0.01},
	}
}

// ServeHTTP answers "?service=NAME".
func (s *strategies) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	services := r.URL.Query()["service"]
	switch {
	case len(services) == 0:
		http.Error(w, "'service' parameter is empty", http.StatusBadRequest)
		return
	case len(services) > 1:
		http.Error(w, "'service' parameter must occur only once", http.StatusBadRequest)
		return
	}
	body, err := json.Marshal(s.get(services[0]))
	if err != nil {
		http.Error(w, "Cannot marshall Thrift to JSON", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // the client is gone, or not
}
