// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/go-spur/spur/backend/trace"
)

// matchedSpans is what /api/trace/{id}/match answers.
type matchedSpans struct {
	IDs string `json:"ids"` // 16 hex digits for each span
}

// match answers GET /api/trace/{id}/match?q=: which spans of a trace meet the
// conditions of the text q (docs/search.md).
func (s *server) match(r *http.Request) (any, error) {
	id, err := parseTraceID(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	q, err := params{r.URL.Query()}.textQuery()
	if err != nil {
		return nil, err
	}
	// It takes as much time and memory as a search.
	if err := s.searching.Acquire(r.Context(), 1); err != nil {
		return nil, err
	}
	defer s.searching.Release(1)
	limited, cancel := context.WithTimeout(r.Context(), maxSearchTime)
	defer cancel()
	td, release, err := s.loadID(limited, id, trace.Window{})
	if err != nil {
		return nil, tooLong(r.Context(), limited, err)
	}
	defer release()
	trace.SplitShared(td)
	spans := slices.Collect(trace.Spans(td))
	matched, _, err := q.MatchContext(limited, spans)
	if err != nil {
		return nil, tooLong(r.Context(), limited, err)
	}
	ids := make([]byte, 0, 16*len(matched))
	for _, i := range matched {
		id := spans[i].SpanID()
		ids = hex.AppendEncode(ids, id[:])
	}
	return matchedSpans{string(ids)}, nil
}
