// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"math"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// candidates are the traces that a query may find, in its order.
type candidates struct {
	f *finder
	// The next ones. When it is complete, list and before, which lie before the
	// page, are all there are; else more are read behind at.
	list, before []candidate
	complete     bool
	at           store.Position
	rows         int   // to read at once
	floor        int64 // of the keys: what is smaller is not known yet
}

// candidates returns those behind after.
func (f *finder) candidates(after *store.Position) (*candidates, error) {
	c := &candidates{f: f, floor: f.plan.floor()}
	few := fewCandidates
	if f.query.Uncounted {
		few = min(few, fewOfPage*f.query.Limit) // the walk will be short
	}
	if f.result.all || f.result.may.count() > few {
		c.rows, c.at = firstRows, store.Position{Key: math.MaxInt64}
		if after != nil {
			c.at = *after
		}
		return c, c.read(after == nil)
	}
	c.complete = true
	var rows []any
	for row := range f.result.may.all() {
		rows = append(rows, row)
	}
	err := f.r.eachOf(f.r.ctx, "SELECT id, trace_id, start, "+f.key()+" FROM trace WHERE id IN ", rows, func(scan func(...any) error) error {
		x, err := scanCandidate(scan)
		if err != nil {
			return err
		}
		switch {
		case after != nil && x.Compare(*after) <= 0:
			c.before = append(c.before, x)
		case x.Key >= c.floor:
			c.list = append(c.list, x)
		}
		return nil
	})
	slices.SortFunc(c.list, func(a, b candidate) int { return a.Compare(b.Position) })
	return c, err
}

// key is the column that the query's order is by.
func (f *finder) key() string {
	switch f.query.Order {
	case trace.LongestFirst:
		return "duration"
	case trace.MostSpansFirst:
		return "spans"
	default:
		return "start"
	}
}

// scanCandidate reads the columns id, trace_id, start, and that of the order.
func scanCandidate(scan func(...any) error) (candidate, error) {
	var c candidate
	var start int64
	var id []byte
	if err := scan(&c.row, &id, &start, &c.Key); err != nil {
		return c, err
	}
	if len(id) != len(c.ID) {
		return c, errCorrupt
	}
	c.ID, c.start = pcommon.TraceID(id), uint64(start)
	return c, nil
}

// next returns the next candidate, or false when there is none.
func (c *candidates) next() (candidate, bool, error) {
	for len(c.list) == 0 {
		if c.complete || c.rows == 0 {
			return candidate{}, false, nil
		}
		if err := c.read(false); err != nil {
			return candidate{}, false, err
		}
	}
	x := c.list[0]
	c.list = c.list[1:]
	return x, true, nil
}

// read reads more traces in their order: those behind c.at, or from it on. There
// is an index for the newest first; else SQLite looks at all traces each time,
// so that it is asked for more of them.
func (c *candidates) read(from bool) error {
	id := c.at.ID[:]
	if from {
		id = nil
	}
	read := 0
	err := c.f.r.each(c.f.r.ctx, strings.ReplaceAll(`SELECT id, trace_id, start, KEY FROM trace
		WHERE KEY <= ?1 AND KEY >= ?4 AND (KEY < ?1 OR trace_id > coalesce(?2, x'')) ORDER BY KEY DESC, trace_id LIMIT ?3`, "KEY", c.f.key()),
		[]any{c.at.Key, id, int64(c.rows), c.floor}, func(scan func(...any) error) error {
			x, err := scanCandidate(scan)
			if err != nil {
				return err
			}
			if c.f.result.mayFind(x.row) {
				c.list = append(c.list, x)
			}
			c.at = x.Position
			read++
			return nil
		})
	switch {
	case read < c.rows:
		c.rows = 0 // that was all
	case c.f.query.Order == trace.NewestFirst:
		c.rows = min(2*c.rows, maxRowsAtOnce)
	default:
		c.rows *= 8
	}
	return err
}
