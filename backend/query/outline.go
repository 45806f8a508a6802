// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net/http"
	"slices"

	"github.com/go-spur/spur/backend/trace"
)

// outline answers GET /api/trace/{id}/outline: what it takes to draw the
// trace, as trace.Outline.
func (s *server) outline(r *http.Request) (any, error) {
	id, err := parseTraceID(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	td, release, err := s.loadID(r.Context(), id, trace.Window{})
	if err != nil {
		return nil, err
	}
	defer release()
	trace.SplitShared(td)
	return trace.NewOutline(slices.Collect(trace.Spans(td))), nil
}
