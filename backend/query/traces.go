// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net/http"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// traces answers GET /api/traces: the traces that traceID, repeated, names, or
// those with a span of service, operation, minDuration, maxDuration, tag=key:value
// and tags={"key":"value"} that started between start and end (µs), the newest
// of them up to limit. Traces that cannot be had are among the errors.
func (s *server) traces(r *http.Request) (any, error) {
	q, ids, err := params{r.URL.Query()}.search(time.Now())
	if err != nil {
		return nil, err
	}
	return tracesDocument(func(yield func(*view) error) ([]*apiError, error) {
		var found []trace.Summary
		for _, id := range ids {
			found = append(found, trace.Summary{TraceID: id, Spans: unknown})
		}
		if ids == nil {
			page, err := s.find(r.Context(), q)
			if err != nil {
				return nil, err
			}
			found = page.Traces
		}
		return s.loadEach(r.Context(), found, func(td ptrace.Traces) error { return show(r, td, yield) })
	}), nil
}

// traceByID answers GET /api/traces/{id}?start=&end=&raw=&adjust=skew: the trace, or
// its spans that start between start and end, in order, or with raw=true as
// they are stored.
func (s *server) traceByID(r *http.Request) (any, error) {
	id, err := parseTraceID(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	w, err := params{r.URL.Query()}.window()
	if err != nil {
		return nil, err
	}
	return tracesDocument(func(yield func(*view) error) ([]*apiError, error) {
		td, release, err := s.loadID(r.Context(), id, w)
		if err != nil {
			return nil, err
		}
		defer release()
		return nil, show(r, td, yield)
	}), nil
}

// show yields a trace, adjusted as the request asks for.
func show(r *http.Request, td ptrace.Traces, yield func(*view) error) error {
	p := params{r.URL.Query()}
	raw, _ := p.bool("raw")
	if !raw {
		trace.SplitShared(td)
	}
	views, err := newViews(td)
	if err != nil {
		return err
	}
	for _, v := range views {
		v.stored = true
		if !raw {
			if err := v.adjust(); err != nil {
				return err
			}
		}
		if p.Get("adjust") == "skew" {
			v.correctSkew()
		}
		if err := yield(v); err != nil {
			return err
		}
	}
	return nil
}
