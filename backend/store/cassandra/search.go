// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// nowNanos is the time.
func nowNanos() int64 { return time.Now().UnixNano() }

const (
	readsAtOnce = 16 // of traces
	// The budget is looked at after so many entries of an index.
	mostPassed = 10_000
)

// Search implements store.Store. The index yields spans in the order of time; a trace is
// in its place in the order NewestFirst once the index is past its start. Other orders
// are those of the traces that the search reads before it gives up.
func (s *Store) Search(ctx context.Context, q trace.Query) (trace.Page, error) {
	if err := s.enter(ctx); err != nil {
		return trace.Page{}, err
	}
	defer s.calls.RUnlock()
	c, err := parseCursor(q.Cursor, q.Order)
	if err != nil {
		return trace.Page{}, err
	}
	db, err := s.link.use()
	if err != nil {
		return trace.Page{}, err
	}
	f := &finder{store: s, db: db, query: &q, cursor: c, seen: map[pcommon.TraceID]bool{noTrace: true}}
	if q.IDs != nil {
		f.ended = true
		err = f.look(ctx, idEntries(q.IDs))
	} else {
		err = f.find(ctx)
	}
	if err != nil {
		return trace.Page{}, err
	}
	return f.page(), nil
}

func idEntries(ids []pcommon.TraceID) []entry {
	all := make([]entry, len(ids))
	for i, id := range ids {
		all[i].id = id
	}
	return all
}

// finder is a search under way.
type finder struct {
	store  *Store
	db     session
	query  *trace.Query
	cursor cursor

	seen    map[pcommon.TraceID]bool
	next    candidates
	work    *work // nil when the query names traces
	found   []foundTrace
	scanned int
	left    []entry // too large to be compared
	at      int64   // start of the next candidate
	ended   bool    // there is no next one
	cut     bool    // the search gave up
}

type foundTrace struct {
	trace.Summary
	at    store.Position
	first int64 // start of the entry that led to it
}

// find looks at candidates until the page is full.
func (f *finder) find(ctx context.Context) (err error) {
	if f.next.index, f.work, err = f.store.streams(ctx, f.db, f.query, f.cursor.from); err != nil {
		return err
	}
	f.next.putBack(f.cursor.pending)
	for _, e := range f.cursor.pending {
		f.seen[e.id] = true
	}
	for {
		batch, err := f.batch(ctx)
		if err != nil {
			return err
		}
		if err := f.look(ctx, batch); err != nil {
			return err
		}
		e, ok, err := f.next.peek(ctx)
		if err != nil {
			return err
		}
		f.at, f.ended = e.start, !ok
		// Traces that start at one time are settled only together.
		together := len(batch) > 0 && f.next.again() && f.at == batch[len(batch)-1].start
		switch {
		case f.ended:
			return nil
		case f.query.Order == trace.NewestFirst && f.settled() >= f.query.Limit:
			return nil
		case (f.spent() || len(f.left) > 0) && !together:
			f.cut = true
			return nil
		}
	}
}

// batch takes the next candidates, as many as are read at once.
func (f *finder) batch(ctx context.Context) (all []entry, err error) {
	size := max(1, min(readsAtOnce, f.store.config.MaxScan-f.scanned))
	for passed := 0; len(all) < size && passed < mostPassed; passed++ { // a few traces may have very many spans
		e, ok, err := f.next.peek(ctx)
		if err != nil || !ok {
			return all, err
		}
		if f.next.again() || !f.seen[e.id] {
			f.seen[e.id] = true
			all = append(all, e)
		}
		f.next.pop()
		if e.id == noTrace {
			break
		}
	}
	return all, nil
}

// spent reports whether the search has read what it may.
func (f *finder) spent() bool { return f.scanned+f.work.cost() >= f.store.config.MaxScan }

// settled returns how many traces of the page are in their place.
func (f *finder) settled() (n int) {
	for i := range f.found {
		if f.isSettled(&f.found[i]) {
			n++
		}
	}
	return n
}

// isSettled reports whether no trace can come before t that is not found yet.
func (f *finder) isSettled(t *foundTrace) bool { return f.ended || t.at.Key > nanos(f.at) }

// look reads the traces of batch, at once, and keeps those that match. Those that there
// is no room for are read alone, until the search has read enough, and left out if there is
// none then, either.
func (f *finder) look(ctx context.Context, batch []entry) error {
	for part := range slices.Chunk(batch, readsAtOnce) {
		large, err := f.lookAtOnce(ctx, part)
		if err != nil {
			return err
		}
		for i := range large {
			again, err := f.lookAtOnce(ctx, large[i:i+1])
			if err != nil {
				return err
			}
			for _, e := range again {
				f.left = append(f.left, e)
				f.store.leaveOut(tooLarge, fmt.Sprintf("trace %v", e.id), errRoom)
			}
			if f.query.IDs == nil && f.spent() {
				f.next.putBack(large[i+1:])
				break
			}
		}
	}
	return ctx.Err()
}

// lookAtOnce does so, and returns those that there was no room for.
func (f *finder) lookAtOnce(ctx context.Context, part []entry) (large []entry, err error) {
	results := make([]*foundTrace, len(part))
	spans, errs := make([]int, len(part)), make([]error, len(part))
	free := newRoom(f.store.round)
	var reads sync.WaitGroup
	for i, e := range part {
		reads.Go(func() { results[i], spans[i], errs[i] = f.match(ctx, e, free) })
	}
	reads.Wait()
	for i := range part {
		switch {
		case errors.Is(errs[i], errRoom):
			large = append(large, part[i])
			if len(part) > 1 {
				continue // it is read again
			}
		case errs[i] != nil:
			return nil, errs[i]
		}
		f.scanned += spans[i]
		if r := results[i]; r != nil && (f.query.Cursor == "" || f.cursor.position.Compare(r.at) < 0) {
			f.found = append(f.found, *r)
		}
	}
	return large, nil
}

// match reads a trace, and returns it if the query finds it.
func (f *finder) match(ctx context.Context, e entry, free *room) (*foundTrace, int, error) {
	td, n, err := f.store.read(ctx, f.db, e.id, trace.Window{}, free)
	if err != nil {
		return nil, n, err
	}
	var spans []trace.Span
	for s := range trace.Spans(td) {
		spans = append(spans, s)
	}
	if len(spans) == 0 { // it has expired, the index not yet
		return nil, 1, nil
	}
	matched, ok, err := f.query.MatchContext(ctx, spans)
	if err != nil || !ok {
		return nil, len(spans), err
	}
	t := &foundTrace{Summary: trace.Summarize(spans, matched, f.query.Columns), first: e.start}
	t.at = store.PositionOf(&t.Summary, f.query.Order)
	return t, len(spans), nil
}

// page returns what was found, and where the next page begins.
func (f *finder) page() trace.Page {
	slices.SortFunc(f.found, func(a, b foundTrace) int { return a.at.Compare(b.at) })
	p := trace.Page{Scanned: f.scanned, Total: len(f.found), AtLeast: !f.ended || f.query.Cursor != "" || len(f.left) > 0, TooLarge: len(f.left)}
	n := 0
	for n < len(f.found) && n < max(f.query.Limit, 1) && (f.query.Order != trace.NewestFirst || f.isSettled(&f.found[n])) {
		p.Traces = append(p.Traces, f.found[n].Summary)
		n++
	}
	rest := f.found[n:]
	next := cursor{from: f.next.next.start, ended: !f.next.more}
	if n > 0 {
		next.position = f.found[n-1].at
	} else {
		next.position = f.cursor.position
	}
	if len(f.left) > 0 {
		p.CutAt = time.Unix(0, nanos(f.left[0].start)).UTC()
	}
	if f.cut {
		p.CutAt = time.Unix(0, nanos(f.at)).UTC()
		next.position = store.Position{Key: nanos(f.at)} // all before are on pages
	}
	switch {
	case f.query.Order != trace.NewestFirst || f.query.IDs != nil:
		if len(rest) > 0 {
			p.Cursor = f.found[n-1].at.Cursor(f.query.Order)
		}
	case len(rest) > 0 || !f.ended:
		next.keep(f.pending(rest))
		p.Cursor = next.String()
	}
	return p
}

// pending returns rest, and what was put back.
func (f *finder) pending(rest []foundTrace) []pending {
	var all []pending
	for i := range rest {
		all = append(all, pending{entry{micros(rest[i].at.Key), rest[i].TraceID}, rest[i].first})
	}
	for _, e := range f.next.back {
		all = append(all, pending{e, e.start})
	}
	for i := range all {
		if slices.ContainsFunc(f.cursor.pending, func(e entry) bool { return e.id == all[i].id }) {
			all[i].first = math.MaxInt64 // the index is past it
		}
	}
	return all
}
