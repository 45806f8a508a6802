// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"cmp"
	"context"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Links implements store.Store. It looks at the columns of all spans in the
// window, and of those around them.
func (s *Store) Links(ctx context.Context, w trace.Window) ([]trace.Link, error) {
	l := linker{links: store.Links{}, operations: map[int64]operation{}}
	err := s.read(ctx, func(r *snapshot) error {
		names := map[string]string{} // each service once
		err := r.eachOperation(func(id int64, o operation) {
			if _, ok := names[o.service]; !ok {
				names[o.service] = o.service
			}
			l.operations[id] = operation{service: names[o.service], kind: o.kind}
		})
		if err != nil {
			return err
		}
		if l.segments, err = r.segments(); err != nil {
			return err
		}
		l.r = r
		kinds := []kind{columnTrace, columnSpan, columnOperation, columnStatus, columnParent}
		err = r.eachIn(w, kinds, l.add)
		return cmp.Or(err, l.flush())
	})
	if err != nil {
		return nil, err
	}
	return l.links.Answer(), nil
}

// linker joins spans to their parents, so many at a time.
type linker struct {
	r          *snapshot
	operations map[int64]operation // by id, without names
	segments   []*segment
	links      store.Links

	children           []child
	parents            map[spanOf]store.Callers[int64] // operation.id by span
	minTrace, maxTrace int64
	err                error
}

type spanOf struct {
	trace int64
	span  uint64
}

type child struct {
	parent    spanOf // its span is 0 when there is none
	self      uint64 // span of the same trace, that can be a client's, too
	operation int64
	failed    bool
}

func (l *linker) add(seg *segment, i int) {
	server := l.kindOf(seg.cols.operation[i]) == ptrace.SpanKindServer
	if seg.cols.parent[i] == 0 && !server {
		return
	}
	if len(l.children) >= maxJoined && l.err == nil {
		l.err = l.flush()
	}
	c := child{spanOf{seg.cols.trace[i], seg.cols.parent[i]}, seg.cols.span[i], seg.cols.operation[i], isError(seg.cols.status[i])}
	if len(l.children) == 0 {
		l.parents = map[spanOf]store.Callers[int64]{}
		l.minTrace, l.maxTrace = c.parent.trace, c.parent.trace
	}
	l.minTrace, l.maxTrace = min(l.minTrace, c.parent.trace), max(l.maxTrace, c.parent.trace)
	l.children = append(l.children, c)
	l.parents[c.parent] = store.Callers[int64]{}
	if server {
		l.parents[c.own()] = store.Callers[int64]{}
	}
}

// own is the child's own id.
func (c child) own() spanOf { return spanOf{c.parent.trace, c.self} }

func (l *linker) kindOf(id int64) ptrace.SpanKind { return ptrace.SpanKind(l.operations[id].kind) }

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
			if callers, ok := l.parents[of]; ok {
				operation := s.cols.operation[i]
				callers.Add(operation, l.kindOf(operation))
				l.parents[of] = callers
			}
		}
	}
	for _, c := range l.children {
		service := l.operations[c.operation].service
		var own store.Callers[int64]
		if l.kindOf(c.operation) == ptrace.SpanKindServer {
			own = l.parents[c.own()]
		}
		caller := store.Caller(own, l.parents[c.parent], func(id int64) bool { return l.operations[id].service == service })
		if caller != 0 {
			l.links.Add(l.operations[caller].service, service, c.failed)
		}
	}
	l.children = l.children[:0]
	return nil
}
