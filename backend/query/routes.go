// SPDX-License-Identifier: Apache-2.0

package query

import "net/http"

type route struct {
	pattern string // of http.ServeMux
	handler http.Handler
}

// routes is every address there is.
func (s *server) routes() []route {
	return []route{
		// Jaeger's.
		{"GET /api/services", s.json(s.services)},
		{"GET /api/services/{service...}", s.json(s.serviceOperations)},
		{"GET /api/operations", s.json(s.operations)},
	}
}
