// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"math"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Links implements store.Store. The calls of whole minutes are added up already;
// of the other spans it looks at, the newest and those of the minutes that w
// cuts, it looks for the parents. Of a client's and a server's span with the same
// id, one that comes after the segment of its child was closed changes nothing.
func (s *Store) Links(ctx context.Context, w trace.Window) ([]trace.Link, error) {
	links := store.Links{}
	err := s.read(ctx, func(r *snapshot) error {
		l := newLinker(r, w)
		if err := l.count(); err != nil {
			return err
		}
		operations := map[int64]struct{}{}
		for p := range l.counts {
			operations[p.parent], operations[p.child] = struct{}{}, struct{}{}
		}
		err := r.know(operations)
		for p, n := range l.counts {
			links.AddCalls(r.operations[p.parent].service, r.operations[p.child].service, n.calls, n.errors)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return links.Answer(), nil
}

// linker counts the calls in a window.
type linker struct {
	r        *snapshot
	from, to uint64 // trace.Window.Nanos
	// The whole minutes in it; none when wholeFrom >= wholeTo.
	wholeFrom, wholeTo uint64

	segments []*segment
	there    map[int64]bool // segment.id
	unlinked []*segment     // and the tail
	recent   *traceSet      // of unlinked; nil: not known yet
	counts   map[edge]count
}

// edge is from an operation (operation.id) to one it called.
type edge struct{ parent, child int64 }

func newLinker(r *snapshot, w trace.Window) *linker {
	l := &linker{r: r, there: map[int64]bool{}, counts: map[edge]count{}}
	l.from, l.to = w.Nanos()
	l.wholeFrom, l.wholeTo = (l.from+minute-1)/minute*minute, l.to
	if l.to != math.MaxUint64 {
		l.wholeTo = l.to / minute * minute
	}
	return l
}

func (l *linker) whole(m uint64) bool { return inWindow(m*minute, l.wholeFrom, l.wholeTo) }

// cut returns what the whole minutes leave of the window.
func (l *linker) cut() [][2]uint64 {
	if l.wholeFrom >= l.wholeTo {
		return [][2]uint64{{l.from, l.to}}
	}
	return [][2]uint64{{l.from, l.wholeFrom}, {l.wholeTo, l.to}}
}

func (l *linker) count() error {
	var err error
	if l.segments, err = l.r.segments(); err != nil {
		return err
	}
	unlinked, err := l.r.unlinked()
	if err != nil {
		return err
	}
	for _, seg := range l.segments {
		l.there[seg.first] = true
		if seg.tail != nil || unlinked[seg.first] {
			l.unlinked = append(l.unlinked, seg)
		}
	}
	for _, seg := range l.segments {
		if !overlaps(seg.minStart, seg.maxStart, l.from, l.to) {
			continue
		}
		if seg.tail != nil || unlinked[seg.first] {
			err = l.join(seg, l.from, l.to)
		} else {
			err = l.linked(seg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// join counts the calls in a part of the window.
func (l *linker) join(seg *segment, from, to uint64) error {
	children, err := l.r.children(seg, from, to)
	if err != nil {
		return err
	}
	return l.add(children, l.segments)
}

// add counts the children whose callers are in segments.
func (l *linker) add(children []child, segments []*segment) error {
	if len(children) == 0 {
		return nil
	}
	callers, err := l.r.callers(children, segments)
	for i, p := range callers {
		if p != (parent{}) {
			e := edge{p.operation, children[i].operation}
			l.counts[e] = l.counts[e].plus(children[i].count())
		}
	}
	return err
}

// linked counts the calls of a segment that is linked.
func (l *linker) linked(seg *segment) error {
	orphans, err := l.r.links(seg, func(c call, n count) {
		if l.whole(c.minute) && l.there[c.from] {
			e := edge{c.parent, c.child}
			l.counts[e] = l.counts[e].plus(n)
		}
	})
	if err != nil {
		return err
	}
	if err := l.adopt(seg, orphans); err != nil {
		return err
	}
	for _, part := range l.cut() {
		if err := l.join(seg, part[0], part[1]); err != nil {
			return err
		}
	}
	return nil
}

// adopt counts the orphans of whole minutes whose parents are in no segment that
// is linked.
func (l *linker) adopt(seg *segment, orphans []orphan) error {
	if len(orphans) == 0 {
		return nil
	}
	if l.recent == nil {
		var err error
		if l.recent, err = l.r.tracesIn(l.unlinked...); err != nil {
			return err
		}
	}
	mine, _ := split(orphans, l.recent)
	all, err := l.r.childrenOf(seg, mine)
	if err != nil {
		return err
	}
	children := all[:0]
	for _, c := range all {
		if l.whole(c.minute) {
			children = append(children, c)
		}
	}
	return l.add(children, l.unlinked)
}
