// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// retain removes the oldest segments as long as the file is too large or they
// are too old. That it cannot is said once.
func (s *Store) retain(ctx context.Context) {
	err := s.removeOldest(ctx)
	if err != nil && !s.failing {
		s.log.Error("the oldest traces cannot be removed", "path", s.path, "err", err)
	}
	s.failing = err != nil
}

func (s *Store) removeOldest(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := s.ready(ctx); err != nil {
			return err
		}
		used, err := usedBytes(s.w.conn)
		if err != nil {
			return err
		}
		old, err := s.w.arrivedBefore(time.Now().Add(-s.cfg.MaxAge))
		if err != nil || !old && used <= s.cfg.MaxBytes {
			return err
		}
		var first, spans, maxTrace int64
		err = s.w.one("SELECT id, spans, max_trace FROM segment WHERE id > 0 ORDER BY id LIMIT 1", nil, &first, &spans, &maxTrace)
		switch {
		case errors.Is(err, sql.ErrNoRows) && old:
			err = s.transaction(func() error { return s.w.closeTail(ctx) })
		case errors.Is(err, sql.ErrNoRows):
			return nil
		case err == nil:
			s.w.stale = true // unless it succeeds: more changes than a transaction puts back
			err = s.transaction(func() error { return s.w.evict(ctx, first, first+spans, maxTrace) })
			s.w.stale = err != nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// arrivedBefore reports whether all spans of the oldest segment arrived before
// t.
func (w *writer) arrivedBefore(t time.Time) (bool, error) {
	if t.Before(w.ageChecked.Add(time.Second)) && !w.ageChecked.IsZero() {
		return false, nil
	}
	var arrived int64
	err := w.one(`SELECT coalesce(max(arrived), 0) FROM (SELECT arrived FROM block WHERE id > 0
		AND id < coalesce((SELECT id + spans FROM segment WHERE id > 0 ORDER BY id LIMIT 1), 1 << 62) ORDER BY id DESC LIMIT 1)`, nil, &arrived)
	if err != nil || arrived == 0 || arrived >= t.Unix() {
		w.ageChecked = t
		return false, err
	}
	return true, nil
}

// evict removes the segment of the spans from number from up to to. Archived
// ones are moved.
func (w *writer) evict(ctx context.Context, from, to, maxTrace int64) error {
	moved, err := w.keep(ctx, from, to)
	if err != nil {
		return err
	}
	if err := w.deleteSegment(from); err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM block WHERE id >= ?1 AND id < ?2 AND ?3",
		"DELETE FROM part WHERE trace <= ?3 AND block >= ?1 AND block < ?2",
	} {
		if err := w.exec(query, from, to, maxTrace); err != nil {
			return err
		}
	}
	if err := w.exec("DELETE FROM trace WHERE id <= ? AND NOT EXISTS (SELECT 1 FROM part WHERE part.trace = trace.id)", maxTrace); err != nil {
		return err
	}
	var gone int64
	if err := w.one("SELECT changes()", nil, &gone); err != nil {
		return err
	}
	w.counts.traces -= gone
	w.counts.spans -= to - from - moved
	w.counts.evicted += to - from - moved
	if err := w.recount(ctx, maxTrace); err != nil {
		return err
	}
	w.traces = traces{} // some are not what they were
	if moved > 0 {
		if err := w.unlink(ctx, from); err != nil {
			return err
		}
		if err := w.link(ctx); err != nil {
			return err
		}
	}
	if oldest := epochOf(to); oldest != epochOf(from) {
		return w.dict.forget(oldest, w.conn)
	}
	return nil
}

// deleteSegment removes what belongs to a segment but its spans.
func (w *writer) deleteSegment(id int64) error {
	if err := w.exec("DELETE FROM segment WHERE id = ?", id); err != nil {
		return err
	}
	if err := w.exec("DELETE FROM posting WHERE segment = ?", id); err != nil {
		return err
	}
	return w.exec("DELETE FROM columns WHERE id >= ? AND id < ?", columnID(id, 0), columnID(id+1, 0))
}

// recount puts right the rows of the traces up to maxTrace that lost spans.
func (w *writer) recount(ctx context.Context, maxTrace int64) error {
	left := map[int64]*known{}
	const query = "SELECT trace, start, end, length(refs) FROM part WHERE trace <= ?"
	err := w.each(ctx, query, []any{maxTrace}, func(scan func(...any) error) error {
		var row, start, end, refs int64
		if err := scan(&row, &start, &end, &refs); err != nil {
			return err
		}
		k := left[row]
		if k == nil {
			k = &known{start: uint64(start), end: uint64(end)}
			left[row] = k
		}
		k.start, k.end = min(k.start, uint64(start)), max(k.end, uint64(end))
		k.spans += refs / refSize
		return nil
	})
	if err != nil {
		return err
	}
	for row, k := range left {
		err := w.exec("UPDATE trace SET start = ?, end = ?, duration = ?, spans = ?4 WHERE id = ?5 AND spans <> ?4",
			int64(k.start), int64(k.end), duration(k.start, k.end), k.spans, row)
		if err != nil {
			return err
		}
	}
	return nil
}

// Purge implements store.Purger.
func (s *Store) Purge(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.ready(ctx); err != nil {
		return s.wrap(err)
	}
	s.w.stale = true // unless it succeeds
	if err := s.transaction(s.w.empty); err != nil {
		return s.wrap(err)
	}
	s.w.stale = false
	if err := s.w.exec("VACUUM"); err != nil {
		s.log.Warn("the file was emptied but not made smaller", "path", s.path, "err", err)
	}
	s.checkpoint()
	return nil
}

// empty removes all.
func (w *writer) empty() error {
	for _, table := range []string{"block", "trace", "part", "segment", "columns", "posting", "operation", "key", "value"} {
		if err := w.exec("DELETE FROM " + table); err != nil {
			return err
		}
	}
	w.dict, w.ops, w.traces, w.tail = newDictionary(), operations{}, traces{}, newTail(w.tail.next())
	w.counts.spans, w.counts.traces = 0, 0
	w.blocks = &blockCache{}
	return w.beginAnew()
}

// beginAnew tells those that follow the file that it is another one: what they
// know of it is of no use, and numbers may come again.
func (w *writer) beginAnew() error {
	var version int64
	if err := w.one("PRAGMA schema_version", nil, &version); err != nil {
		return err
	}
	_, err := w.ExecContext(context.Background(), fmt.Sprintf("PRAGMA schema_version = %d", version+1))
	return err
}
