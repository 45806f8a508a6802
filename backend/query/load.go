// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"

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
		return none, nil, tooLarge("the trace has %d spans, and only %d can be had: a part with start= and end=", t.Spans, maxHeldSpans)
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
