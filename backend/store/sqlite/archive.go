// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Archive implements store.Archiver. It keeps whole traces, with the spans of
// theirs that come later. Archived traces take up to half of Config.MaxBytes;
// beyond that it returns store.ErrFull.
func (s *Store) Archive(ctx context.Context, td ptrace.Traces) error {
	return s.put(ctx, td, true)
}

// archivable reports whether there is room for more archived spans.
func (s *Store) archivable(spans []trace.Encoded) error {
	var kept, adding int64
	if err := s.w.one("SELECT coalesce(sum(spans), 0) FROM trace WHERE kept", nil, &kept); err != nil {
		return err
	}
	used, err := usedBytes(s.w.conn)
	if err != nil {
		return err
	}
	for _, e := range spans {
		adding += int64(len(e.Span)) // compressed, with all beside it, it will be less
	}
	if n := s.w.counts.spans; n > 0 && used/n*kept+adding > s.cfg.MaxBytes/2 {
		return fmt.Errorf("archived traces take half of the store: %w", store.ErrFull)
	}
	return nil
}

// firstKept is the number of the first archived span whose segment had to go.
const firstKept = -1 << 40

// keep moves the archived spans among those from number from up to to.
func (w *writer) keep(ctx context.Context, from, to int64) (moved int64, err error) {
	type keptRow struct {
		row, block int64
		refs       []byte
	}
	var parts []keptRow
	err = w.each(ctx, `SELECT p.trace, p.block, p.refs FROM trace t JOIN part p ON p.trace = t.id
		WHERE t.kept AND p.block >= ? AND p.block < ?`, []any{from, to}, func(scan func(...any) error) error {
		var p keptRow
		if err := scan(&p.row, &p.block, &p.refs); err != nil {
			return err
		}
		parts = append(parts, p)
		return nil
	})
	if err != nil || len(parts) == 0 {
		return 0, err
	}
	var first int64
	if err := w.one("SELECT coalesce(max(id + spans), ?) FROM block WHERE id < 0", []any{int64(firstKept)}, &first); err != nil {
		return 0, err
	}
	k := keeper{w: w, next: first}
	for _, p := range parts {
		if err := k.part(p.row, p.block, p.refs); err != nil {
			return 0, err
		}
	}
	if err := k.flush(); err != nil {
		return 0, err
	}
	return k.next - first, w.keepSegment(ctx, first, k.next)
}

// keepSegment makes a segment of the archived spans from number from up to to.
// When the segment before is small it becomes a part of the new one.
func (w *writer) keepSegment(ctx context.Context, from, to int64) error {
	var last, spans int64
	if err := w.one("SELECT coalesce(max(id), 0), coalesce(spans, 0) FROM segment WHERE id < 0", nil, &last, &spans); err != nil {
		return err
	}
	if last < 0 && last+spans == from && spans+(to-from) <= segmentSpans {
		from = last
		if err := w.deleteSegment(last); err != nil {
			return err
		}
	}
	now := w.dict.now
	defer func() { w.dict.now = now }()
	w.dict.now = forever // keys and values, too, are kept
	t, err := w.rebuild(ctx, from, to)
	if err != nil {
		return err
	}
	return t.save(w.conn)
}
