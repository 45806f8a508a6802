// SPDX-License-Identifier: Apache-2.0

// Package spantree finds the trees that spans form, and prints their parts for
// people. spurtest's Tree and reporter's Console draw them.
package spantree

import (
	"cmp"
	"slices"
	"sort"

	"github.com/go-spur/spur/model"
)

// None is where an index points that points at no span.
const None = -1

// Forest is spans sorted as they are printed among their siblings, with links
// between them as indexes. A parent has a child list: first child, and of each
// child the next.
type Forest struct {
	Spans       []*model.Span
	Parent      []int // None for roots
	First, Next []int
	Cycle       []bool // the span is a root for want of another
	Roots       []int
	index       map[spanKey]int // of the first span with these ids
}

type spanKey struct {
	trace model.TraceID
	span  model.SpanID
}

// Plant sorts spans by trace, the traces by the starts of their first spans, then by
// start, then id, and finds their parents. No two should have the same ids.
func Plant(spans []model.Span) *Forest {
	n := len(spans)
	f := &Forest{
		Spans: sorted(spans), index: make(map[spanKey]int, n), Parent: make([]int, n),
		First: make([]int, n), Next: make([]int, n), Cycle: make([]bool, n),
	}
	for i, s := range f.Spans {
		key := spanKey{s.TraceID, s.SpanID}
		if _, taken := f.index[key]; !taken {
			f.index[key] = i
		}
	}
	for i, s := range f.Spans {
		f.First[i], f.Next[i], f.Parent[i] = None, None, None
		if id := ParentID(s); id != 0 {
			f.Parent[i] = f.Find(s.TraceID, id)
		}
	}
	f.breakCycles()
	for i := n - 1; i >= 0; i-- { // backwards, as each goes to the head of its list
		if p := f.Parent[i]; p != None {
			f.First[p], f.Next[i] = i, f.First[p]
		} else {
			f.Roots = append(f.Roots, i)
		}
	}
	slices.Reverse(f.Roots)
	return f
}

// Find returns the index of the first span with these ids, or None.
func (f *Forest) Find(trace model.TraceID, span model.SpanID) int {
	if i, found := f.index[spanKey{trace, span}]; found {
		return i
	}
	return None
}

// Walk visits root, at depth 0, and all below it, depth first. It needs no deep stack.
func (f *Forest) Walk(root int, visit func(i, depth int)) {
	type place struct{ span, depth int }
	stack := []place{{root, 0}}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		visit(at.span, at.depth)
		if next := f.Next[at.span]; next != None && at.depth > 0 {
			stack = append(stack, place{next, at.depth})
		}
		if child := f.First[at.span]; child != None {
			stack = append(stack, place{child, at.depth + 1})
		}
	}
}

// sorted returns pointers to spans by trace, then start, then id, then as they
// came.
func sorted(spans []model.Span) []*model.Span {
	o := order{first: map[model.TraceID]int64{}}
	for i := range spans {
		s := &spans[i]
		o.spans = append(o.spans, s)
		if start, seen := o.first[s.TraceID]; !seen || s.Start < start {
			o.first[s.TraceID] = s.Start
		}
	}
	sort.Stable(&o)
	return o.spans
}

// order implements sort.Interface. The functions of slices would make programs that
// draw nothing 20 kB larger.
type order struct {
	spans []*model.Span
	first map[model.TraceID]int64 // the first starts of traces
}

func (o *order) Len() int      { return len(o.spans) }
func (o *order) Swap(i, j int) { o.spans[i], o.spans[j] = o.spans[j], o.spans[i] }

func (o *order) Less(i, j int) bool {
	a, b := o.spans[i], o.spans[j]
	return cmp.Or(
		cmp.Compare(o.first[a.TraceID], o.first[b.TraceID]),
		cmp.Compare(a.TraceID.High, b.TraceID.High),
		cmp.Compare(a.TraceID.Low, b.TraceID.Low),
		cmp.Compare(a.Start, b.Start),
		cmp.Compare(a.SpanID, b.SpanID),
	) < 0
}

// ParentID is the parent field, or for senders that leave it empty the first
// CHILD_OF reference within the trace.
func ParentID(s *model.Span) model.SpanID {
	if s.ParentID != 0 {
		return s.ParentID
	}
	for _, r := range s.References {
		if r.Type == model.ChildOf && r.TraceID == s.TraceID {
			return r.SpanID
		}
	}
	return 0
}

// breakCycles makes the first span of each cycle of parents a root. Each walk
// up the parents ends where an earlier one has been, so all of them together
// take n steps.
func (f *Forest) breakCycles() {
	walk := make([]int, len(f.Spans)) // the walk that came by, from 1
	for i := range f.Spans {
		at := i
		for at != None && walk[at] == 0 {
			walk[at] = i + 1
			at = f.Parent[at]
		}
		if at == None || walk[at] != i+1 {
			continue
		}
		head := at
		for j := f.Parent[at]; j != at; j = f.Parent[j] {
			head = min(head, j)
		}
		f.Parent[head], f.Cycle[head] = None, true
	}
}
