// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net/http"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// v3Traces answers GET /api/v3/traces: the newest traces with a span that started
// between query.start_time_min and query.start_time_max (RFC 3339) and is of
// query.service_name, operation_name, duration_min, duration_max and
// attributes={"key":"value"}, or meets query.filter; at most query.search_depth,
// which is num_traces until Jaeger v2.
func (s *server) v3Traces(r *http.Request) (any, error) {
	p := v3Params{r.URL.Query()}
	q, err := p.search()
	if err != nil {
		return nil, err
	}
	q.Bare = true
	if paged, err := p.page(&q); err != nil {
		return nil, err
	} else if paged {
		return nil, badRequest("query.pagination is for trace-summaries")
	}
	if q.Limit, err = p.depth(maxTraces); err != nil {
		return nil, err
	}
	raw, err := p.bool("query.rawTraces", "query.raw_traces")
	if err != nil {
		return nil, err
	}
	return otlpDocument(func(yield func(ptrace.Traces) error) ([]*apiError, error) {
		page, err := s.find(r.Context(), q)
		if err != nil {
			return nil, err
		}
		return s.loadEach(r.Context(), page.Traces, func(td ptrace.Traces) error { return showOTLP(td, raw, yield) })
	}), nil
}

// v3Trace answers GET /api/v3/traces/{id}?start_time=&end_time=&raw_traces=: the
// trace, or its spans that start between start_time and end_time (RFC 3339), in
// order, or with raw_traces=true as they are stored.
func (s *server) v3Trace(r *http.Request) (any, error) {
	id, err := parseTraceID(r.PathValue("id"))
	if err != nil {
		if e := asError(err); e.Code == http.StatusBadRequest {
			return nil, malformed("trace_id", r.PathValue("id"), err)
		}
		return nil, errNoTraces
	}
	p := v3Params{r.URL.Query()}
	var w trace.Window
	if w.Start, err = p.time("startTime", "start_time"); err != nil {
		return nil, err
	}
	if w.End, err = p.time("endTime", "end_time"); err != nil {
		return nil, err
	}
	raw, err := p.bool("rawTraces", "raw_traces")
	if err != nil {
		return nil, err
	}
	return otlpDocument(func(yield func(ptrace.Traces) error) ([]*apiError, error) {
		td, release, err := s.loadID(r.Context(), id, w)
		if err != nil {
			return nil, err
		}
		defer release()
		return nil, showOTLP(td, raw, yield)
	}), nil
}

// showOTLP yields a trace, in order unless it is to be raw.
func showOTLP(td ptrace.Traces, raw bool, yield func(ptrace.Traces) error) error {
	if !raw {
		if err := adjustOTLP(td); err != nil {
			return err
		}
	}
	return yield(td)
}

// adjustOTLP does with td what view.adjust does with a trace for v1. Warnings of
// spans are attributes.
func adjustOTLP(td ptrace.Traces) error {
	trace.SplitShared(td)
	views, err := newViews(td)
	if err != nil {
		return err
	}
	kept := map[ptrace.Span]bool{}
	for _, v := range views {
		if err := v.adjust(); err != nil {
			return err
		}
		for i := range v.spans {
			s := &v.spans[i]
			kept[s.Span.Span] = true
			if len(s.warnings) > 0 {
				list := s.Attributes().PutEmptySlice(trace.AttributeWarnings)
				for _, text := range s.warnings {
					list.AppendEmpty().SetStr(text)
				}
			}
		}
	}
	td.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool {
		rs.ScopeSpans().RemoveIf(func(ss ptrace.ScopeSpans) bool {
			ss.Spans().RemoveIf(func(s ptrace.Span) bool { return !kept[s] })
			ss.Spans().Sort(func(a, b ptrace.Span) bool { return a.StartTimestamp() < b.StartTimestamp() })
			return ss.Spans().Len() == 0
		})
		return rs.ScopeSpans().Len() == 0
	})
	return nil
}
