// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"errors"
	"io"
	"maps"
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

const (
	// A walk reads up to so many traces together, with so many spans, and all walks that
	// are under way documents of so many bytes. An answer has a quarter of a walk's part.
	// One of these may hold as much as Trace besides, of one trace.
	walkTraces = 100
	walkSpans  = 50_000
	walkBytes  = 256 << 20
	// maxSeen is how many traces a walk knows that may come again.
	maxSeen = 200_000
)

// walk goes through the spans of a window, from the latest to the earliest, and reads each
// trace at the first of its spans.
type walk struct {
	store   *Store
	window  trace.Window
	indices string // with the spans of traces
	bytes   int    // of documents that are read together
	answer  int    // bytes of an answer
	alone   bool   // this walk fills Store.alone

	// scan has seen traces: when their earliest spans in the window start, so that they are
	// forgotten behind that, or 0 of those that were not read.
	scan      *scan
	next      []candidate
	together  int    // so many of next are read at once
	last      uint64 // start of the candidate that was taken last
	sweepAt   int    // traces in scan.seen
	mostSeen  int    // above which they are forgotten
	forgotten uint64 // a trace with a span that starts then or later counts as seen, though scan does not know it
}

// Walk implements store.Walker.
func (s *Store) Walk(w trace.Window, atOnce int) store.Walk {
	all := s.scan(&trace.Query{Window: w, Limit: s.config.PageSize}, 0, s.spanIndices(w))
	bytes := walkBytes / max(atOnce, 1)
	return &walk{
		store: s, window: w, indices: s.spanIndices(s.reach(w)), bytes: bytes, answer: bytes / 4,
		scan: all, together: walkTraces, mostSeen: maxSeen, forgotten: math.MaxUint64,
	}
}

// Close implements store.Walk.
func (w *walk) Close() {
	if w.alone {
		<-w.store.alone
		w.alone = false
	}
}

// Next implements store.Walk.
func (w *walk) Next(ctx context.Context) (some []ptrace.Traces, tooLarge int, err error) {
	w.Close() // the caller has had what it asked for
	ctx, done, err := w.store.begin(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer done()
	if len(w.next) == 0 {
		if err := w.take(ctx); err != nil {
			return nil, 0, err
		}
	}
	if len(w.next) == 0 {
		return nil, 0, io.EOF
	}
	return w.read(ctx)
}

// take fills next. None are left when it is empty.
func (w *walk) take(ctx context.Context) error {
	for len(w.next) < walkTraces {
		one, ok, err := w.scan.next(ctx)
		if err != nil || !ok {
			return err
		}
		if len(w.next) == 0 {
			w.sweep(one.start)
		}
		w.next = append(w.next, one)
		w.last = one.start
	}
	return nil
}

// sweep forgets the traces that start later than all spans that are still to come, or all
// that were read when there are too many.
func (w *walk) sweep(next uint64) {
	seen := w.scan.seen
	if len(seen) < w.sweepAt {
		return
	}
	maps.DeleteFunc(seen, func(_ pcommon.TraceID, first uint64) bool { return first > next })
	if len(seen) > w.mostSeen && next < w.last {
		maps.DeleteFunc(seen, func(_ pcommon.TraceID, first uint64) bool { return first > 0 })
		w.forgotten = w.last
	}
	w.sweepAt = min(2*len(seen)+walkTraces, max(w.mostSeen, len(seen)))
}

// read reads the first of next, as many at once as there is room for.
func (w *walk) read(ctx context.Context) (some []ptrace.Traces, tooLarge int, err error) {
	list := w.next[:min(w.together, len(w.next))]
	most := limit{walkSpans, w.bytes, w.answer}
	if len(list) == 1 {
		most.spans = maxTraceSpans
	}
	found, err := w.spans(ctx, list, most)
	if errors.Is(err, store.ErrTooMuch) && len(list) > 1 {
		w.together = len(list) / 2
		return nil, 0, nil
	}
	if errors.As(err, new(roomError)) {
		found, err = w.readAlone(ctx, list)
	}
	switch {
	case errors.Is(err, store.ErrTooMuch):
		w.store.leaveOut(list[0].id, err)
		tooLarge = 1
	case err != nil:
		w.Close()
		return nil, 0, err
	default:
		for _, one := range list {
			if td, ok := w.isNew(one.id, found[one.id]); ok {
				some = append(some, td)
			}
		}
	}
	w.next = w.next[len(list):]
	w.together = min(2*w.together, walkTraces)
	return some, tooLarge, nil
}

// readAlone reads a trace that takes more than the walk's part of the room, when no other
// walk has such a trace.
func (w *walk) readAlone(ctx context.Context, one []candidate) (map[pcommon.TraceID]*walked, error) {
	select {
	case w.store.alone <- struct{}{}:
		w.alone = true
	case <-ctx.Done():
		return nil, ended(ctx)
	}
	return w.spans(ctx, one, limit{maxTraceSpans, w.store.mostBytes, maxAnswer})
}

// walked is a trace whose spans in the window start from first to last, in microseconds.
type walked struct {
	*builder
	first, last uint64
}

// spans reads the spans of candidates.
func (w *walk) spans(ctx context.Context, list []candidate, most limit) (map[pcommon.TraceID]*walked, error) {
	found := map[pcommon.TraceID]*walked{}
	ids := make([]pcommon.TraceID, len(list))
	for i, one := range list {
		ids[i] = one.id
		found[one.id] = &walked{newBuilder(&w.store.decoder), math.MaxUint64, 0}
	}
	start, end := w.window.Nanos()
	return found, w.store.spansOf(ctx, w.indices, ids, trace.Window{}, most, func(h *hit) error {
		id, ok := sourceID(h.Source)
		one := found[id]
		if !ok || one == nil {
			return nil
		}
		// As the scan does, also of a document that is no span.
		if at, ok := startOf(h.Sort[1]); ok && at >= start/1000 && (w.window.End.IsZero() || at <= end/1000) {
			one.first, one.last = min(one.first, at), max(one.last, at)
		}
		w.store.add(one.builder, h.Source)
		return nil
	})
}

// isNew returns a trace that was read, if it has spans within the window and comes for the
// first time.
func (w *walk) isNew(id pcommon.TraceID, one *walked) (ptrace.Traces, bool) {
	w.scan.seen[id] = one.first
	td := one.traces()
	if one.last >= w.forgotten {
		return td, false
	}
	for s := range trace.Spans(td) {
		if w.window.Contains(s.StartTimestamp()) {
			return td, true
		}
	}
	return td, false
}
