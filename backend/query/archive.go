// SPDX-License-Identifier: Apache-2.0

package query

import (
	"errors"
	"net/http"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// archive answers POST /api/archive/{id}: from now on retention does not
// remove the trace.
func (s *server) archive(r *http.Request) (any, error) {
	id, err := parseTraceID(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	a, ok := s.Store.(store.Archiver)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	td, release, err := s.loadID(r.Context(), id, trace.Window{})
	if err != nil {
		return nil, err
	}
	defer release()
	if err := a.Archive(r.Context(), td); err != nil {
		return nil, err
	}
	return envelope{Data: []string{}, Errors: []*apiError{}}, nil
}

// purge answers DELETE /api/traces: everything is forgotten.
func (s *server) purge(r *http.Request) (any, error) {
	p, ok := s.Store.(store.Purger)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return struct{}{}, p.Purge(r.Context())
}
