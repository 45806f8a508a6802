// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"cmp"
	"context"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Links implements store.Store. It looks at the columns of all spans in the
// window, and of those around them.
func (s *Store) Links(ctx context.Context, w trace.Window) ([]trace.Link, error) {
	l := linker{links: store.Links{}, services: map[int64]string{}}
	err := s.read(ctx, func(r *snapshot) error {
		names := map[string]string{} // each service once
		err := r.eachOperation(func(id int64, o operation) {
			if _, ok := names[o.service]; !ok {
				names[o.service] = o.service
			}
			l.services[id] = names[o.service]
		})
		if err != nil {
			return err
		}
		if l.segments, err = r.segments(); err != nil {
			return err
		}
		l.r = r
		kinds := []kind{columnTrace, columnOperation, columnStatus, columnParent}
		err = r.eachIn(w, kinds, func(seg *segment, i int) {
			if seg.cols.parent[i] != 0 {
				l.add(seg, i)
			}
		})
		return cmp.Or(err, l.flush())
	})
	if err != nil {
		return nil, err
	}
	return l.links.Answer(), nil
}

// linker joins spans to their parents, so many at a time.
type linker struct {
	r        *snapshot
	services map[int64]string // by operation.id
	segments []*segment
	links    store.Links

	children           []child
	parents            map[spanOf]int64 // operation.id by span, 0 when it is not known
	minTrace, maxTrace int64
	err                error
}

type spanOf struct {
	trace int64
	span  uint64
}

type child struct {
	parent    spanOf
	operation int64
	failed    bool
}

func (l *linker) add(seg *segment, i int) {
	if len(l.children) >= maxJoined && l.err == nil {
		l.err = l.flush()
	}
	c := child{spanOf{seg.cols.trace[i], seg.cols.parent[i]}, seg.cols.operation[i], isError(seg.cols.status[i])}
	if len(l.children) == 0 {
		l.parents = map[spanOf]int64{}
		l.minTrace, l.maxTrace = c.parent.trace, c.parent.trace
	}
	l.minTrace, l.maxTrace = min(l.minTrace, c.parent.trace), max(l.maxTrace, c.parent.trace)
	l.children = append(l.children, c)
	l.parents[c.parent] = 0
}

// flush finds the parents of children.
func (l *linker) flush() error {
	if l.err != nil || len(l.children) == 0 {
		return l.err
	}
	for _, seg := range l.segments {
		if err := l.r.ctx.Err(); err != nil {
			return err
		}
		if seg.maxTrace < l.minTrace || seg.minTrace > l.maxTrace {
			continue
		}
		s := *seg // so that its columns are not kept
		if err := l.r.load(&s, columnTrace, columnSpan, columnOperation); err != nil {
			return err
		}
		for i, id := range s.cols.span {
			of := spanOf{s.cols.trace[i], id}
			if _, ok := l.parents[of]; ok {
				l.parents[of] = s.cols.operation[i]
			}
		}
	}
	for _, c := range l.children {
		if parent := l.parents[c.parent]; parent != 0 {
			l.links.Add(l.services[parent], l.services[c.operation], c.failed)
		}
	}
	l.children = l.children[:0]
	return nil
}
