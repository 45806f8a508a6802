// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// readTogether is the number of candidates whose spans are read at once.
const readTogether = 20

// match is a trace that a search has found.
type match struct {
	trace.Summary
	at     store.Position
	newest uint64 // candidate.start
}

// finder is a search under way.
type finder struct {
	store   *Store
	query   *trace.Query
	scan    *scan
	indices string // that may have spans of what is found
	matches []match
	read    int       // so many spans
	ended   bool      // there are no more candidates
	left    time.Time // start of the first trace that was left out, being too large
	leftOut int       // so many were
	// frontier is the start of the last candidate that was looked at, in microseconds.
	frontier uint64
}

// Search implements store.Store. The index names candidates, newest span first, which
// are read and compared.
func (s *Store) Search(ctx context.Context, q trace.Query) (trace.Page, error) {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return trace.Page{}, err
	}
	defer done()
	c, err := parseCursor(q.Cursor, q.Order)
	if err != nil {
		return trace.Page{}, err
	}
	page, err := s.find(ctx, &q, c, q.Window)
	if err == nil && q.IDs != nil && page.Total < len(q.IDs) && q.Window.Start.IsZero() && s.config.MaxAge > 0 {
		page, err = s.find(ctx, &q, c, anyTime) // some of them may be old
	}
	return page, err
}

// find finds a page of traces with a span in the indices of w.
func (s *Store) find(ctx context.Context, q *trace.Query, c cursor, w trace.Window) (trace.Page, error) {
	f := &finder{store: s, query: q, scan: s.scan(q, c.from, s.spanIndices(w)), indices: s.spanIndices(s.reach(w))}
	if q.Order == trace.NewestFirst {
		return f.newest(ctx, c)
	}
	return f.sorted(ctx, c)
}

// newest finds a page of the newest traces. A trace is where its earliest span starts,
// and is found by its newest one that the index names: so all that are before the frontier are
// known.
func (f *finder) newest(ctx context.Context, c cursor) (page trace.Page, err error) {
	limit := f.query.Limit
	for {
		f.sort()
		n := f.final(c)
		switch {
		case n > limit, n == limit && (f.query.Uncounted || len(f.matches) > n), f.ended:
			return f.page(c, min(n, limit), false), nil
		case f.spent() && (!c.set() || int64(f.frontier*1000)+1 < c.at.Key):
			return f.page(c, min(n, limit), true), nil
		}
		if err := f.advance(ctx, c); err != nil {
			return trace.Page{}, err
		}
	}
}

// final is the number of matches that nothing can come before any more.
func (f *finder) final(c cursor) int {
	if f.ended {
		return len(f.matches)
	}
	n := 0
	for n < len(f.matches) && f.matches[n].at.Key > int64(f.frontier*1000) {
		n++
	}
	return n
}

// sorted finds a page in another order: all candidates are looked at, as far as that
// goes.
func (f *finder) sorted(ctx context.Context, c cursor) (page trace.Page, err error) {
	for !f.ended && !f.spent() {
		if err := f.advance(ctx, c); err != nil {
			return trace.Page{}, err
		}
	}
	f.sort()
	return f.page(c, min(len(f.matches), f.query.Limit), !f.ended), nil
}

func (f *finder) sort() {
	slices.SortFunc(f.matches, func(a, b match) int { return a.at.Compare(b.at) })
}

// spent reports whether enough has been read.
func (f *finder) spent() bool {
	most := f.store.config.MaxScan
	return f.read >= most || f.scan.looked >= maxCandidates*most
}

// page is the first n matches. It is cut if the search gave up.
func (f *finder) page(c cursor, n int, cut bool) trace.Page {
	p := trace.Page{Total: len(f.matches), AtLeast: !f.ended || c.set(), Scanned: f.read, TooLarge: f.leftOut}
	for _, m := range f.matches[:n] {
		p.Traces = append(p.Traces, m.Summary)
	}
	if cut {
		p.CutAt = time.UnixMicro(int64(f.frontier)).UTC()
	}
	if !f.left.IsZero() && f.left.After(p.CutAt) {
		p.CutAt, p.AtLeast = f.left, true
	}
	if f.ended && n == len(f.matches) {
		return p
	}
	next := cursor{order: f.query.Order, at: c.at, from: f.frontier}
	switch {
	case cut && next.order == trace.NewestFirst && n < f.query.Limit:
		// All before the frontier have been looked at, also if none of them was found.
		next.at = store.Position{Key: int64(f.frontier*1000) + 1, ID: lastID}
	case n > 0:
		next.at = f.matches[n-1].at
	default:
		return p
	}
	for _, m := range f.matches[n:] {
		next.from = max(next.from, m.newest)
	}
	p.Cursor = next.String()
	return p
}

// lastID comes behind all others.
var lastID = pcommon.TraceID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// advance looks at some more candidates.
func (f *finder) advance(ctx context.Context, c cursor) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var next []candidate
	most := min(readTogether, max(f.store.config.MaxScan-f.read, 1))
	for len(next) < most {
		one, ok, err := f.scan.next(ctx)
		if err != nil {
			return err
		}
		if !ok {
			f.ended = true
			break
		}
		next = append(next, one)
	}
	if len(next) == 0 {
		return nil
	}
	return f.look(ctx, c, next)
}

// look reads the spans of candidates and keeps those that the query finds, behind the
// cursor. Together they are no more spans than a search may read: otherwise it reads them in
// halves, until it has read enough, and a trace that is too large by itself is left out.
func (f *finder) look(ctx context.Context, c cursor, list []candidate) error {
	most := f.store.config.MaxScan
	if len(list) == 1 {
		most = maxTraceSpans
	}
	traces, read, err := f.traces(ctx, list, most)
	if err == nil || len(list) == 1 {
		f.read += read
	}
	switch {
	case err == nil:
	case !errors.Is(err, store.ErrTooMuch) || len(list) == 1 && f.query.IDs != nil:
		return err
	case len(list) == 1:
		f.store.leaveOut(list[0].id, err)
		f.leftOut++
		f.frontier = list[0].start
		if f.left.IsZero() {
			f.left = time.UnixMicro(int64(list[0].start)).UTC()
		}
		return nil
	default:
		half := len(list) / 2
		if err := f.look(ctx, c, list[:half]); err != nil {
			return err
		}
		if f.spent() && f.query.IDs == nil {
			f.scan.back = append(f.scan.back, list[half:]...)
			f.ended = false
			return nil
		}
		return f.look(ctx, c, list[half:])
	}
	for _, one := range list {
		if err := f.match(ctx, c, one, traces[one.id].traces()); err != nil {
			return err
		}
		f.frontier = one.start
	}
	return nil
}

// traces reads the spans of candidates, which are at most so many, and says how many it has read.
func (f *finder) traces(ctx context.Context, list []candidate, most int) (_ map[pcommon.TraceID]*builder, read int, err error) {
	builders := map[pcommon.TraceID]*builder{}
	ids := make([]pcommon.TraceID, len(list))
	for i, one := range list {
		ids[i] = one.id
		builders[one.id] = newBuilder(&f.store.decoder)
	}
	err = f.store.spansOf(ctx, f.indices, ids, trace.Window{}, limit{most, f.store.mostBytes, maxAnswer}, func(h *hit) error {
		read++
		id, ok := sourceID(h.Source)
		if b := builders[id]; ok && b != nil {
			f.store.add(b, h.Source)
		}
		return nil
	})
	return builders, read, err
}

// match keeps a trace if the query finds it.
func (f *finder) match(ctx context.Context, c cursor, one candidate, td ptrace.Traces) error {
	spans := slices.Collect(trace.Spans(td))
	if len(spans) == 0 {
		return nil
	}
	matched, ok, err := f.query.MatchContext(ctx, spans)
	if err != nil || !ok {
		return err
	}
	m := match{Summary: trace.Summarize(spans, matched, f.query.Columns), newest: one.start}
	if m.at = store.PositionOf(&m.Summary, f.query.Order); c.set() && m.at.Compare(c.at) <= 0 {
		return nil
	}
	f.matches = append(f.matches, m)
	return nil
}
