// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"golang.org/x/sync/errgroup"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// walk goes through the index of all services, some services at a time, from the latest span
// to the earliest, and reads each trace at the first of its spans.
type walk struct {
	store  *Store
	window trace.Window

	room       int64    // for the rows of traces that are read together
	alone      bool     // this walk fills Store.alone
	services   []string // sorted; nil before they were read
	from, to   int      // those whose spans the stream has
	atOnce     int      // services
	stream     stream   // nil when it has ended
	work       *work    // of the stream
	last       int64    // start of the entry that was taken last
	seen       map[pcommon.TraceID]int64
	sweepAt    int                      // traces in seen
	mostSeen   int                      // above which they are forgotten
	forgotten  int64                    // a trace with a span that starts then or later counts as seen, though it is not in seen
	odd        map[pcommon.TraceID]bool // not to be read again, whatever is in seen
	next       []entry
	nextLarger []entry // which are read one by one
}

// Walk implements store.Walker.
func (s *Store) Walk(w trace.Window, atOnce int) store.Walk {
	return &walk{store: s, window: w, room: s.round / int64(max(atOnce, 1)), atOnce: maxServices, mostSeen: maxSeen, odd: map[pcommon.TraceID]bool{}}
}

// Next implements store.Walk.
func (w *walk) Next(ctx context.Context) (some []ptrace.Traces, tooLarge int, err error) {
	w.Close() // the caller has had what it asked for
	db, end, err := w.store.begin(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer end()
	if len(w.nextLarger) > 0 {
		return w.readLarger(ctx, db)
	}
	if err := w.take(ctx, db); err != nil {
		return nil, 0, err
	}
	if len(w.next) == 0 {
		return nil, 0, io.EOF
	}
	some, err = w.read(ctx, db)
	return some, 0, err
}

// Close implements store.Walk.
func (w *walk) Close() {
	if w.alone {
		<-w.store.alone
		w.alone = false
	}
}

// take fills next with traces that were not seen, all of the same services. None are left
// when it is empty.
func (w *walk) take(ctx context.Context, db session) error {
	for swept := false; len(w.next) < walkTraces; {
		if w.stream == nil {
			if len(w.next) > 0 {
				return nil
			}
			if ok, err := w.begin(ctx, db); err != nil || !ok {
				return err
			}
		}
		w.work.db = db
		e, ok, err := w.stream.peek(ctx)
		if err != nil {
			return err
		}
		if !ok {
			w.stream = nil
			continue
		}
		if !swept && len(w.next) == 0 {
			w.sweep(e.start)
			swept = true
		}
		if _, seen := w.seen[e.id]; !seen && !w.odd[e.id] && e.id != noTrace {
			w.seen[e.id] = math.MinInt64
			w.next = append(w.next, e)
		}
		w.last = e.start
		w.stream.pop()
	}
	return nil
}

// begin begins with the next services, or returns false when there are none.
func (w *walk) begin(ctx context.Context, db session) (bool, error) {
	if w.services == nil {
		named, err := w.store.services(ctx, db)
		if err != nil {
			return false, err
		}
		w.services = append([]string{""}, named...) // which is in no list
	}
	if w.to == len(w.services) {
		return false, nil
	}
	w.from, w.to = w.to, min(w.to+w.atOnce, len(w.services))
	w.work = newWork(w.store, db)
	all := unknown()
	services := w.services[w.from:w.to]
	x := newIndexes(w.work, w.window)
	x.share(len(services))
	w.stream = x.stream(&all, services)
	w.seen, w.sweepAt, w.last, w.forgotten = map[pcommon.TraceID]int64{}, 0, math.MaxInt64, math.MaxInt64
	return true, nil
}

// sweep forgets the traces that start later than all entries that are still to come, or
// all traces when there are too many.
func (w *walk) sweep(next int64) {
	if len(w.seen) < w.sweepAt {
		return
	}
	maps.DeleteFunc(w.seen, func(_ pcommon.TraceID, start int64) bool { return start > next })
	if len(w.seen) > w.mostSeen && next < w.last {
		clear(w.seen)
		w.forgotten = w.last
	}
	w.sweepAt = min(2*len(w.seen)+walkTraces, max(w.mostSeen, len(w.seen)))
}

// read reads the traces of next at once. Those that there is no room for come later.
func (w *walk) read(ctx context.Context, db session) ([]ptrace.Traces, error) {
	all := make([]ptrace.Traces, len(w.next))
	rows, large := make([]int, len(w.next)), make([]bool, len(w.next))
	free := newRoom(w.room)
	reads, ctx := errgroup.WithContext(ctx)
	reads.SetLimit(readsAtOnce)
	for i, e := range w.next {
		reads.Go(func() (err error) {
			all[i], rows[i], err = w.store.read(ctx, db, e.id, trace.Window{}, free)
			if large[i] = errors.Is(err, errRoom); large[i] {
				return nil
			}
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	var some []ptrace.Traces
	for i, e := range w.next {
		switch {
		case large[i]:
			w.nextLarger = append(w.nextLarger, e)
		case w.isNew(e.id, all[i], rows[i]):
			some = append(some, all[i])
		}
	}
	w.next = w.next[:0]
	return some, nil
}

// readLarger reads the next trace that there was no room for beside others. One that takes
// more than the walk's part of the room waits until no other walk has such a trace.
func (w *walk) readLarger(ctx context.Context, db session) (some []ptrace.Traces, leftOut int, err error) {
	e := w.nextLarger[0]
	td, rows, err := w.store.read(ctx, db, e.id, trace.Window{}, newRoom(w.room))
	if errors.Is(err, errRoom) && w.room < w.store.round {
		select {
		case w.store.alone <- struct{}{}:
			w.alone = true
		case <-ctx.Done():
			return nil, 0, context.Cause(ctx)
		case <-w.store.closing:
			return nil, 0, errClosed
		}
		td, rows, err = w.store.read(ctx, db, e.id, trace.Window{}, newRoom(w.store.round))
	}
	switch {
	case errors.Is(err, errRoom):
		w.store.leaveOut(tooLarge, fmt.Sprintf("trace %v", e.id), err)
		w.setApart(e.id)
		leftOut = 1
	case err != nil:
		w.Close()
		return nil, 0, err
	case w.isNew(e.id, td, rows):
		some = []ptrace.Traces{td}
	}
	w.nextLarger = w.nextLarger[1:]
	return some, leftOut, nil
}

// setApart has the walk pass all further entries of a trace, unless it knows too many such.
func (w *walk) setApart(id pcommon.TraceID) {
	if len(w.odd) < maxOdd {
		w.odd[id] = true
		delete(w.seen, id)
	}
}

// isNew reports whether a trace that was read has spans within the window, and comes for
// the first time. It has so many rows.
func (w *walk) isNew(id pcommon.TraceID, td ptrace.Traces, rows int) bool {
	first, last := int64(math.MaxInt64), int64(math.MinInt64) // last: of spans that this part has entries of
	for s := range trace.Spans(td) {
		if !w.window.Contains(s.StartTimestamp()) {
			continue
		}
		at, found := slices.BinarySearch(w.services, s.Service())
		if found && at < w.from {
			return false // it came with this service
		}
		start := int64(s.StartTimestamp() / 1000)
		first = min(first, start)
		if found && at < w.to {
			last = max(last, start)
		}
	}
	if first == math.MaxInt64 {
		return false
	}
	if rows > td.SpanCount() {
		w.setApart(id) // those that cannot be read have entries in the index, too
	} else {
		w.seen[id] = first
	}
	return last < w.forgotten
}
