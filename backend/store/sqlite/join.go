// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
)

// child is a span that may have been called.
type child struct {
	index     int    // in its segment
	parent    spanOf // its span is 0 when there is none
	self      uint64 // span of the same trace, that can be a client's, too
	minute    uint64
	operation int64
	failed    bool
}

// spanOf is a span of a trace (trace.id).
type spanOf struct {
	trace int64
	span  uint64
}

// parent is a span that was found. The zero value is none.
type parent struct{ segment, operation int64 }

// childColumns are what children are made of, beside columnStart.
func childColumns() []kind {
	return []kind{columnTrace, columnSpan, columnOperation, columnStatus, columnParent}
}

func newChild(seg *segment, i int) child {
	c := &seg.cols
	return child{i, spanOf{c.trace[i], c.parent[i]}, c.span[i], c.start[i] / minute, c.operation[i], isError(c.status[i])}
}

// own is the child's own id.
func (c *child) own() spanOf { return spanOf{c.parent.trace, c.self} }

func (c *child) count() count {
	if c.failed {
		return count{1, 1}
	}
	return count{1, 0}
}

// children returns the spans of seg that start in a window (trace.Window.Nanos)
// and may have been called: those with a parent, and servers'.
func (r *snapshot) children(seg *segment, from, to uint64) ([]child, error) {
	var list []child
	s := *seg // so that its columns are not kept
	err := r.eachStarting(&s, from, to, childColumns(), func(seg *segment, i int) {
		list = append(list, newChild(seg, i))
	})
	if err != nil {
		return nil, err
	}
	operations := map[int64]struct{}{}
	for _, c := range list {
		operations[c.operation] = struct{}{}
	}
	err = r.know(operations)
	return slices.DeleteFunc(list, func(c child) bool { return c.parent.span == 0 && !r.isServer(c.operation) }), err
}

// childrenOf returns the spans of seg that are among orphans.
func (r *snapshot) childrenOf(seg *segment, orphans []orphan) ([]child, error) {
	if len(orphans) == 0 {
		return nil, nil
	}
	s := *seg // so that its columns are not kept
	if err := r.load(&s, append(childColumns(), columnStart)...); err != nil {
		return nil, err
	}
	list := make([]child, len(orphans))
	operations := map[int64]struct{}{}
	for i, o := range orphans {
		list[i] = newChild(&s, o.index)
		operations[list[i].operation] = struct{}{}
	}
	return list, r.know(operations)
}

// callers returns who called each of children, as far as it is in segments
// (store.Caller).
func (r *snapshot) callers(children []child, segments []*segment) ([]parent, error) {
	found := make(map[spanOf]store.Callers[parent], len(children))
	traces := newTraceSet()
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for _, c := range children {
		found[c.parent] = store.Callers[parent]{}
		if r.isServer(c.operation) {
			found[c.own()] = store.Callers[parent]{}
		}
		traces.add(c.parent.trace)
		first, last = min(first, c.parent.trace), max(last, c.parent.trace)
	}
	for _, seg := range segments {
		if seg.maxTrace < first || seg.minTrace > last {
			continue
		}
		if err := r.findIn(seg, found, traces); err != nil {
			return nil, err
		}
	}
	list := make([]parent, len(children))
	for i, c := range children {
		service := r.operations[c.operation].service
		var own store.Callers[parent]
		if r.isServer(c.operation) {
			own = found[c.own()]
		}
		list[i] = store.Caller(own, found[c.parent], func(p parent) bool { return r.operations[p.operation].service == service })
	}
	return list, nil
}

// findIn adds to found the spans of seg that it asks for, all of traces.
func (r *snapshot) findIn(seg *segment, found map[spanOf]store.Callers[parent], traces *traceSet) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	s := *seg // so that its columns are not kept
	if err := r.load(&s, columnTrace); err != nil {
		return err
	}
	if !slices.ContainsFunc(s.cols.trace, traces.has) {
		return nil
	}
	if err := r.load(&s, columnSpan, columnOperation); err != nil {
		return err
	}
	var hits []int
	operations := map[int64]struct{}{}
	for i, id := range s.cols.span {
		if !traces.has(s.cols.trace[i]) {
			continue
		}
		if _, ok := found[spanOf{s.cols.trace[i], id}]; ok {
			hits = append(hits, i)
			operations[s.cols.operation[i]] = struct{}{}
		}
	}
	if err := r.know(operations); err != nil {
		return err
	}
	for _, i := range hits {
		of := spanOf{s.cols.trace[i], s.cols.span[i]}
		callers := found[of]
		callers.Add(parent{s.first, s.cols.operation[i]}, ptrace.SpanKind(r.operations[s.cols.operation[i]].kind))
		found[of] = callers
	}
	return nil
}

// know puts operations (operation.id) into r.operations, without their names.
func (r *snapshot) know(operations map[int64]struct{}) error {
	if r.operations == nil {
		r.operations = map[int64]operation{}
	}
	var ids []any
	for id := range operations {
		if _, ok := r.operations[id]; !ok {
			ids = append(ids, id)
		}
	}
	return r.eachOf(r.ctx, "SELECT id, service, kind FROM operation WHERE id IN ", ids, func(scan func(...any) error) error {
		var id int64
		var o operation
		err := scan(&id, &o.service, &o.kind)
		r.operations[id] = o
		return err
	})
}

func (r *snapshot) isServer(operation int64) bool {
	return ptrace.SpanKind(r.operations[operation].kind) == ptrace.SpanKindServer
}
