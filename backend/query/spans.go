// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// spans answers GET /api/trace/{id}/spans?ids=&start=&end=: the spans of a trace
// with these ids, separated by commas, as OTLP JSON. Those that start between
// start and end are found without reading the whole trace. An id that the trace
// does not have is left out, one that it has twice is there twice.
func (s *server) spans(r *http.Request) (any, error) {
	id, err := parseTraceID(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	p := params{r.URL.Query()}
	ids, err := p.spanIDs()
	if err != nil {
		return nil, err
	}
	w, err := p.window()
	if err != nil {
		return nil, err
	}
	td, release, err := s.loadID(r.Context(), id, w)
	if err != nil {
		return nil, err
	}
	defer func() { release() }()
	if w != (trace.Window{}) && !plain(td, ids) {
		release()
		release = func() {}
		if td, release, err = s.loadID(r.Context(), id, trace.Window{}); err != nil {
			return nil, err
		}
	}
	trace.SplitShared(td)
	keep(td, ids)
	b, err := new(ptrace.JSONMarshaler).MarshalTraces(td)
	return json.RawMessage(b), err
}

func (p params) spanIDs() ([]pcommon.SpanID, error) {
	var ids []pcommon.SpanID
	for text := range strings.SplitSeq(strings.Join(p.Values["ids"], ","), ",") {
		id, err := trace.ParseSpanID(text)
		if err != nil {
			return nil, badRequest("%v", err)
		}
		if len(ids) == maxSpanIDs {
			return nil, badRequest("more than %d ids", maxSpanIDs)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// plain reports whether a part of a trace has all of these ids, and each once. If
// not, only the whole trace tells what they mean (trace.SplitShared).
func plain(td ptrace.Traces, ids []pcommon.SpanID) bool {
	count := map[pcommon.SpanID]int{}
	for s := range trace.Spans(td) {
		count[s.SpanID()]++
	}
	return !slices.ContainsFunc(ids, func(id pcommon.SpanID) bool { return count[id] != 1 })
}

// keep removes all spans from td but those with ids.
func keep(td ptrace.Traces, ids []pcommon.SpanID) {
	td.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool {
		rs.ScopeSpans().RemoveIf(func(ss ptrace.ScopeSpans) bool {
			ss.Spans().RemoveIf(func(s ptrace.Span) bool { return !slices.Contains(ids, s.SpanID()) })
			return ss.Spans().Len() == 0
		})
		return rs.ScopeSpans().Len() == 0
	})
}
