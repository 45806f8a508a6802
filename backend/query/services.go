// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-spur/spur/backend/trace"
)

// services answers GET /api/services: the names of all services.
func (s *server) services(r *http.Request) (any, error) {
	names, err := s.Store.Services(r.Context())
	if err != nil {
		return nil, err
	}
	return list(names), nil
}

// serviceOperations answers GET /api/services/{service}/operations: the
// names of a service's operations. Grafana does not escape the service, so its
// name may hold slashes.
func (s *server) serviceOperations(r *http.Request) (any, error) {
	service, ok := strings.CutSuffix(r.PathValue("service"), "/operations")
	if !ok {
		return nil, errorf(http.StatusNotFound, "no such address: %s", shorten(r.URL.Path))
	}
	operations, err := s.Store.Operations(r.Context(), service)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(operations))
	for _, o := range operations {
		names = append(names, o.Name)
	}
	slices.Sort(names)
	return list(slices.Compact(names)), nil
}

// operation is an element of what /api/operations answers.
type operation struct {
	Name     string `json:"name"`
	SpanKind string `json:"spanKind"`
}

// operations answers GET /api/operations?service=&spanKind=.
func (s *server) operations(r *http.Request) (any, error) {
	service := r.FormValue("service")
	if service == "" {
		return nil, errServiceRequired
	}
	operations, err := s.Store.Operations(r.Context(), service)
	if err != nil {
		return nil, err
	}
	kind := r.FormValue("spanKind")
	var out []operation
	for _, o := range operations {
		if k := trace.KindText(o.Kind); kind == "" || kind == k {
			out = append(out, operation{o.Name, k})
		}
	}
	return list(out), nil
}

var errServiceRequired = badRequest("parameter 'service' is required")
