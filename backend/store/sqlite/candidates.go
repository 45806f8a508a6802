// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"math"
	"slices"

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
	rows         int // to read at once
}

// candidates returns those behind after.
func (f *finder) candidates(after *store.Position) (*candidates, error) {
	few := !f.result.all && f.result.may.count() <= fewCandidates
	if !few && f.query.Order == trace.NewestFirst {
		c := &candidates{f: f, rows: 64, at: store.Position{Key: math.MaxInt64}}
		if after != nil {
			c.at = *after
		}
		return c, c.read(after == nil)
	}
	c := &candidates{f: f, complete: true}
	add := func(scan func(...any) error) error {
		var row, start, duration, spans int64
		var id []byte
		if err := scan(&row, &id, &start, &duration, &spans); err != nil {
			return err
		}
		if !f.result.all && !f.result.may.has(row) {
			return nil
		}
		x := newCandidate(row, id, start, duration, spans, f.query.Order)
		if after != nil && x.Compare(*after) <= 0 {
			c.before = append(c.before, x)
		} else {
			c.list = append(c.list, x)
		}
		return nil
	}
	const query = "SELECT id, trace_id, start, duration, spans FROM trace"
	var err error
	if few {
		var rows []any
		for row := range f.result.may.all() {
			rows = append(rows, row)
		}
		err = f.r.eachOf(f.r.ctx, query+" WHERE id IN ", rows, add)
	} else {
		err = f.r.each(f.r.ctx, query, nil, add)
	}
	slices.SortFunc(c.list, func(a, b candidate) int { return a.Compare(b.Position) })
	return c, err
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

// read reads more traces, newest first: those behind c.at, or from it on.
func (c *candidates) read(from bool) error {
	id := c.at.ID[:]
	if from {
		id = nil
	}
	read := 0
	err := c.f.r.each(c.f.r.ctx, `SELECT id, trace_id, start FROM trace
		WHERE start <= ?1 AND (start < ?1 OR trace_id > coalesce(?2, x'')) ORDER BY start DESC, trace_id LIMIT ?3`,
		[]any{c.at.Key, id, int64(c.rows)}, func(scan func(...any) error) error {
			var row, start int64
			var id []byte
			if err := scan(&row, &id, &start); err != nil {
				return err
			}
			x := newCandidate(row, id, start, 0, 0, trace.NewestFirst)
			if c.f.result.all || c.f.result.may.has(row) {
				c.list = append(c.list, x)
			}
			c.at = x.Position
			read++
			return nil
		})
	if read < c.rows {
		c.rows = 0 // that was all
	} else {
		c.rows = min(2*c.rows, maxRowsAtOnce)
	}
	return err
}
