// SPDX-License-Identifier: Apache-2.0

package query

import (
	"io"
	"net/http"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// transform answers POST /api/transform: OTLP JSON as Jaeger's, as it stands.
func (s *server) transform(r *http.Request) (any, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxOTLP))
	if err != nil {
		return nil, err
	}
	td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(body)
	if err != nil {
		return nil, badRequest("cannot unmarshal OTLP : %v", shortError(err))
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
