// SPDX-License-Identifier: Apache-2.0

package query

import (
	"errors"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// traces answers GET /api/traces: the traces that traceID, repeated, names, or
// those with a span of service, operation, minDuration, maxDuration, tag=key:value
// and tags={"key":"value"} that started between start and end (µs), the newest
// of them up to limit.
func (s *server) traces(r *http.Request) (any, error) {
	q, ids, err := params{r.URL.Query()}.search(time.Now())
	if err != nil {
		return nil, err
	}
	return tracesDocument(func(yield func(*view) error) ([]*apiError, error) {
		named := len(ids) > 0
		if !named {
			page, err := s.find(r.Context(), q)
			if err != nil {
				return nil, err
			}
			for _, t := range page.Traces {
				ids = append(ids, t.TraceID)
			}
		}
		var missing []*apiError
		for _, id := range ids {
			err := s.yieldTrace(r, id, trace.Window{}, yield)
			if errors.Is(err, store.ErrNotFound) {
				if named { // else it was removed just now
					missing = append(missing, &apiError{Msg: store.ErrNotFound.Error(), TraceID: trace.FormatTraceID(id)})
				}
				continue
			}
			if err != nil {
				return nil, err
			}
		}
		return missing, nil
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
		return nil, s.yieldTrace(r, id, w, yield)
	}), nil
}

// yieldTrace loads a trace, adjusts it as the request asks for and yields it.
func (s *server) yieldTrace(r *http.Request, id pcommon.TraceID, w trace.Window, yield func(*view) error) error {
	td, release, err := s.load(r.Context(), id, w)
	if err != nil {
		return err
	}
	defer release()
	views, err := newViews(td)
	if err != nil {
		return err
	}
	p := params{r.URL.Query()}
	raw, _ := p.bool("raw")
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
