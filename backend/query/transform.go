// SPDX-License-Identifier: Apache-2.0

package query

import "net/http"

// transform answers POST /api/transform: OTLP JSON as Jaeger's, as it stands.
func (s *server) transform(r *http.Request) (any, error) {
	td, _, err := s.readOTLP(r.Body, true)
	if e := asError(err); err != nil && e.Code == http.StatusInternalServerError {
		return nil, badRequest("cannot unmarshal OTLP : %v", shortError(err))
	} else if err != nil {
		return nil, e
	}
	views, err := newViews(td)
	if err != nil {
		return nil, err
	}
	return tracesDocument(func(yield func(*view) error) ([]*apiError, error) {
		for _, v := range views {
			if err := yield(v); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}), nil
}
