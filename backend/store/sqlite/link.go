// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"math"
)

// A segment is linked when it is closed: its spans are joined to their parents in
// all segments, and the calls are added up by minute and service. Those without a
// parent stay orphans until a segment with the parent is linked. So each segment
// is joined to each other once, and what a reader has to look at is the tail.

// link links the segments that are not. One that cannot be, because something is
// damaged, stays as it is: who reads it is told.
func (w *writer) link(ctx context.Context) error {
	r := &snapshot{conn: w.conn, ctx: ctx}
	unlinked, err := r.unlinked()
	if err != nil || len(unlinked) == 0 {
		return err
	}
	segments, err := r.segments()
	if err != nil {
		return err
	}
	for _, seg := range segments {
		if !unlinked[seg.first] {
			continue
		}
		changed, err := r.link(seg, segments)
		if err != nil {
			continue
		}
		for id, l := range changed {
			err := w.exec("INSERT INTO columns (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", columnID(id, columnLinks), l.encode())
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// unlink undoes link for the segments with calls from the segment with the number
// from, whose spans have been removed or moved.
func (w *writer) unlink(ctx context.Context, from int64) error {
	r := &snapshot{conn: w.conn, ctx: ctx}
	segments, err := r.segments()
	if err != nil {
		return err
	}
	linked, err := r.linked(segments)
	for _, seg := range linked {
		found := false
		if _, err := r.links(seg, func(c call, _ count) { found = found || c.from == from }); err != nil || !found {
			continue
		}
		if err := w.exec("DELETE FROM columns WHERE id = ?", columnID(seg.first, columnLinks)); err != nil {
			return err
		}
	}
	return err
}

// link returns the links of seg, and of those of segments that have changed with
// them, by segment.id.
func (r *snapshot) link(seg *segment, segments []*segment) (map[int64]*links, error) {
	children, err := r.children(seg, 0, math.MaxUint64)
	if err != nil {
		return nil, err
	}
	own := &links{calls: map[call]count{}}
	if err := r.settle(own, children, segments); err != nil {
		return nil, err
	}
	changed := map[int64]*links{seg.first: own}
	linked, err := r.linked(segments)
	if err != nil {
		return nil, err
	}
	var traces *traceSet
	for _, other := range linked {
		if other.first == seg.first || other.maxTrace < seg.minTrace || other.minTrace > seg.maxTrace {
			continue
		}
		if traces == nil {
			if traces, err = r.tracesIn(seg); err != nil {
				return nil, err
			}
		}
		l := &links{calls: map[call]count{}}
		orphans, err := r.links(other, l.add)
		if err != nil {
			return nil, err
		}
		var mine []orphan
		if mine, l.orphans = split(orphans, traces); len(mine) == 0 {
			continue
		}
		children, err := r.childrenOf(other, mine)
		if err != nil {
			return nil, err
		}
		if err := r.settle(l, children, []*segment{seg}); err != nil {
			return nil, err
		}
		if len(l.orphans) < len(orphans) {
			changed[other.first] = l
		}
	}
	return changed, nil
}

// settle adds children to l, those whose callers are not in segments as orphans.
func (r *snapshot) settle(l *links, children []child, segments []*segment) error {
	callers, err := r.callers(children, segments)
	if err != nil {
		return err
	}
	for i, p := range callers {
		c := &children[i]
		if p == (parent{}) {
			l.orphans = append(l.orphans, orphan{c.parent.trace, c.index})
			continue
		}
		l.add(call{p.segment, c.minute, p.operation, c.operation}, c.count())
	}
	operations := map[int64]struct{}{}
	for c := range l.calls {
		operations[c.parent], operations[c.child] = struct{}{}, struct{}{}
	}
	err = r.know(operations)
	l.merge(r.operations)
	return err
}

// linked returns the segments that are linked.
func (r *snapshot) linked(segments []*segment) ([]*segment, error) {
	unlinked, err := r.unlinked()
	if err != nil {
		return nil, err
	}
	var list []*segment
	for _, seg := range segments {
		if seg.tail == nil && !unlinked[seg.first] {
			list = append(list, seg)
		}
	}
	return list, nil
}

// unlinked returns the segments (segment.id) that are not linked.
func (r *snapshot) unlinked() (map[int64]bool, error) {
	return r.without(columnLinks)
}

// without returns the segments (segment.id) that have no column k.
func (r *snapshot) without(k kind) (map[int64]bool, error) {
	segments := map[int64]bool{}
	const query = "SELECT id FROM segment WHERE NOT EXISTS (SELECT 1 FROM columns WHERE columns.id = segment.id * 16 + ?)"
	err := r.each(r.ctx, query, []any{int64(k)}, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		segments[id] = true
		return err
	})
	return segments, err
}

// links reads those of a segment that is linked (decodeLinks).
func (r *snapshot) links(seg *segment, f func(call, count)) (orphans []orphan, err error) {
	var body sql.RawBytes
	err = r.each(r.ctx, "SELECT body FROM columns WHERE id = ?", []any{columnID(seg.first, columnLinks)}, func(scan func(...any) error) error {
		if err := scan(&body); err != nil {
			return err
		}
		orphans, err = decodeLinks(body, seg.n, f)
		return err
	})
	return orphans, err
}

// tracesIn returns the traces with spans in segments.
func (r *snapshot) tracesIn(segments ...*segment) (*traceSet, error) {
	traces := newTraceSet()
	for _, seg := range segments {
		s := *seg // so that its columns are not kept
		if err := r.load(&s, columnTrace); err != nil {
			return nil, err
		}
		for _, row := range s.cols.trace {
			traces.add(row)
		}
	}
	return traces, nil
}
