// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"
	"errors"
	"net/http"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// unknown is a number of spans.
const unknown = -1

// load returns the trace that t sums up, and what to call when it is no longer
// used. How many spans are in memory at a time is bounded: when too many are
// there already it is trace.ErrBusy, and of a trace that is larger only a part
// can be had.
func (s *server) load(ctx context.Context, t trace.Summary, w trace.Window) (ptrace.Traces, func(), error) {
	none := ptrace.Traces{}
	if t.Spans == unknown {
		page, err := s.Store.Search(ctx, trace.Query{IDs: []pcommon.TraceID{t.TraceID}, Limit: 1, Bare: true})
		if err != nil {
			return none, nil, err
		}
		if len(page.Traces) == 0 {
			return none, nil, store.ErrNotFound
		}
		t = page.Traces[0]
	}
	if t.Spans > maxHeldSpans && w == (trace.Window{}) {
		return none, nil, tooLarge("the trace has %d spans, and only %d can be had: ask for a part, between two times", t.Spans, maxHeldSpans)
	}
	held := min(int64(t.Spans), maxHeldSpans)
	if !s.held.TryAcquire(held) {
		return none, nil, trace.ErrBusy
	}
	release := func() { s.held.Release(held) }
	td, err := s.Store.Trace(ctx, t.TraceID, w)
	if err != nil {
		release()
		return none, nil, err
	}
	return td, release, nil
}

// loadID is load of a trace of which the id is known.
func (s *server) loadID(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, func(), error) {
	return s.load(ctx, trace.Summary{TraceID: id, Spans: unknown}, w)
}

// loadEach calls use with the traces that are summed up, one at a time, and returns
// the errors of those that cannot be had. One that was found and removed since then
// is none.
func (s *server) loadEach(ctx context.Context, found []trace.Summary, use func(ptrace.Traces) error) ([]*apiError, error) {
	var missing []*apiError
	for _, t := range found {
		td, release, err := s.load(ctx, t, trace.Window{})
		if err == nil {
			err = use(td)
			release()
			if err != nil {
				return nil, err
			}
			continue
		}
		e := asError(err)
		switch {
		case e.Code == http.StatusInternalServerError:
			return nil, err
		case !errors.Is(err, store.ErrNotFound):
			missing = append(missing, &apiError{Code: e.Code, Msg: e.Msg, TraceID: trace.FormatTraceID(t.TraceID)})
		case t.Spans == unknown:
			missing = append(missing, &apiError{Msg: e.Msg, TraceID: trace.FormatTraceID(t.TraceID)})
		}
	}
	return missing, nil
}
