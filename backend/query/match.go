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
	var ids []byte
	err = s.inTurn(r.Context(), func(ctx context.Context) error {
		td, release, err := s.loadID(ctx, id, trace.Window{})
		if err != nil {
			return err
		}
		defer release()
		trace.SplitShared(td)
		spans := slices.Collect(trace.Spans(td))
		matched, _, err := q.MatchContext(ctx, spans)
		for _, i := range matched {
			id := spans[i].SpanID()
			ids = hex.AppendEncode(ids, id[:])
		}
		return err
	})
	return matchedSpans{string(ids)}, err
}
