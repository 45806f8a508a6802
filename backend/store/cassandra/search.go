// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
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
	mostPending = 64 // in a cursor
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
	found   []foundTrace
	scanned int
	left    []entry // too large to be compared
	at      int64   // start of the next entry of the index
	ended   bool    // there is no next one
	cut     bool    // the search gave up
}

type foundTrace struct {
	trace.Summary
	at    store.Position
	first int64 // start of the entry that led to it
}

// find looks at candidates until the page is full.
func (f *finder) find(ctx context.Context) error {
	if err := f.look(ctx, f.cursor.pending); err != nil {
		return err
	}
	s, work, err := f.store.streams(ctx, f.db, f.query, f.cursor.from)
	if err != nil {
		return err
	}
	budget := f.store.config.MaxScan + f.scanned
	for {
		var batch []entry
		passed := 0
		for len(batch) < min(readsAtOnce, budget-f.scanned) {
			e, ok, err := s.peek(ctx)
			if err != nil {
				return err
			}
			if f.at, f.ended = e.start, !ok; !ok {
				break
			}
			if !f.seen[e.id] {
				f.seen[e.id] = true
				batch = append(batch, e)
			}
			s.pop()
			if passed++; passed == mostPassed || e.id == noTrace {
				break // a few traces of very many spans, or none
			}
		}
		if err := f.look(ctx, batch); err != nil {
			return err
		}
		if !f.ended {
			e, ok, err := s.peek(ctx)
			if err != nil {
				return err
			}
			f.at, f.ended = e.start, !ok
		}
		switch {
		case f.ended:
			return nil
		case f.query.Order == trace.NewestFirst && f.settled() >= f.query.Limit:
			return nil
		case f.scanned+work.cost() >= budget, len(f.left) > 0:
			f.cut = true
			return nil
		}
	}
}

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
// is no room for are read alone, and left out if there is none then, either.
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
		f.seen[e.id] = true
		reads.Go(func() { results[i], spans[i], errs[i] = f.match(ctx, e, free) })
	}
	reads.Wait()
	for i := range part {
		switch {
		case errors.Is(errs[i], errRoom):
			large = append(large, part[i])
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
	td, err := f.store.read(ctx, f.db, e.id, trace.Window{}, free)
	if err != nil {
		return nil, 0, err
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
	next := cursor{from: f.at, ended: f.ended}
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
		next.keep(rest)
		p.Cursor = next.String()
	}
	return p
}

// cursor is where a page in the order NewestFirst ended: traces behind position, from
// the place in the index where the search stopped, and those that it had found before
// their turn.
type cursor struct {
	position store.Position
	from     int64
	ended    bool
	pending  []entry
}

// keep puts rest into the cursor, or as many as it has room for: then the index is read
// again from where the others were found.
func (c *cursor) keep(rest []foundTrace) {
	rest = slices.Clone(rest)
	slices.SortFunc(rest, func(a, b foundTrace) int { return int(max(-1, min(1, b.first-a.first))) })
	for i := range rest {
		if i == mostPending {
			c.from, c.ended = max(c.from, rest[i].first), false
			return
		}
		c.pending = append(c.pending, entry{rest[i].first, rest[i].TraceID})
	}
}

// String is order.key.id.from.pending, from -1 when nothing is left in the index.
func (c *cursor) String() string {
	from := c.from
	if c.ended {
		from = -1
	}
	var b []byte
	for _, e := range c.pending {
		b = append(b, e.id[:]...)
	}
	return fmt.Sprintf("%s.%d.%s", c.position.Cursor(trace.NewestFirst), from, base64.RawURLEncoding.EncodeToString(b))
}

func parseCursor(text string, o trace.Order) (c cursor, err error) {
	c.from = math.MaxInt64
	if text == "" {
		return c, nil
	}
	parts := strings.Split(text, ".")
	if c.position, err = store.ParseCursor(strings.Join(parts[:min(3, len(parts))], "."), o); err != nil || len(parts) <= 3 {
		return c, err
	}
	wrong := fmt.Errorf("%w %.80q", store.ErrCursor, text)
	if c.from, err = strconv.ParseInt(parts[3], 10, 64); err != nil || len(parts) != 5 || c.from < -1 {
		return c, wrong
	}
	ids, err := base64.RawURLEncoding.DecodeString(parts[4])
	if err != nil || len(ids)%16 != 0 || len(ids) > mostPending*16 {
		return c, wrong
	}
	for id := range slices.Chunk(ids, 16) {
		c.pending = append(c.pending, entry{math.MaxInt64, pcommon.TraceID(id)}) // keep has them first
	}
	return c, nil
}
