// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"cmp"
	"slices"

	"github.com/go-spur/spur/model"
)

// TreeOption changes what Tree prints.
type TreeOption interface{ apply(*treeConfig) }

type treeOptionFunc func(*treeConfig)

func (f treeOptionFunc) apply(c *treeConfig) { f(c) }

type treeConfig struct {
	noTimes bool
	ids     bool
}

// WithoutTimes leaves out durations and the times of logs, for spans that are
// timed by a real clock. The order still depends on the times.
func WithoutTimes() TreeOption { return treeOptionFunc(func(c *treeConfig) { c.noTimes = true }) }

// WithIDs prints a line "trace ID" above each trace and the ids of spans.
func WithIDs() TreeOption { return treeOptionFunc(func(c *treeConfig) { c.ids = true }) }

// Tree prints spans as the trees they form, a span a line:
//
//	operation  duration  (remarks)  key=value key="another value"
//	  @offset key=value
//	  -> follows from operation
//	  child operation  duration
//
// Below a span, indented by two, stand its logs with the time since its start,
// its references other than to its parent, and its children by start time, then
// id. Traces follow each other by the start of their first spans, then id. When
// the spans come from several services the operation is preceded by "service: ".
//
// Tags and fields keep their order. Texts are quoted where they could be mistaken
// for something else: 42 is a number, "42" a text; bytes are 0x and hexadecimal.
// Durations are cut to microseconds, texts to 60 characters, of which the rest is
// told in bytes; lines longer than 100 columns go on below, behind "|"; from 20
// levels on the depth is written, like [21], instead of drawn.
//
// Remarks are "follows from" when the span does not descend from its parent but
// follows from it; "parent missing" when spans does not hold the parent, as with
// one in another process: such a span stands where a root would; "parent cycle"
// when the span is its own ancestor, for one span of the cycle, which is taken
// for a root; "n tags dropped" and its like, and "trimmed".
//
// The result is the same for the same spans in any order, provided that no two
// have the same ids, and ends with a newline unless it is empty. spans is not
// modified. Any input is accepted, at a cost of O(n log n).
func Tree(spans []model.Span, opts ...TreeOption) string {
	var p printer
	for _, o := range opts {
		o.apply(&p.treeConfig)
	}
	p.forest = plant(spans)
	p.print()
	return p.out.String()
}

// none is where an index points that points at no span.
const none = -1

// forest is spans sorted as they are printed among their siblings, with links
// between them as indexes. A parent has a child list: first child, and of each
// child the next.
type forest struct {
	spans       []*model.Span
	index       map[spanKey]int // of the first span with these ids
	parent      []int           // none for roots
	first, next []int
	cycle       []bool // the span is a root for want of another
	roots       []int
}

type spanKey struct {
	trace model.TraceID
	span  model.SpanID
}

func plant(spans []model.Span) *forest {
	n := len(spans)
	f := &forest{
		spans: sorted(spans), index: make(map[spanKey]int, n), parent: make([]int, n),
		first: make([]int, n), next: make([]int, n), cycle: make([]bool, n),
	}
	for i, s := range f.spans {
		key := spanKey{s.TraceID, s.SpanID}
		if _, taken := f.index[key]; !taken {
			f.index[key] = i
		}
	}
	for i, s := range f.spans {
		f.first[i], f.next[i], f.parent[i] = none, none, none
		if id := parentID(s); id != 0 {
			if at, found := f.index[spanKey{s.TraceID, id}]; found {
				f.parent[i] = at
			}
		}
	}
	f.breakCycles()
	for i := n - 1; i >= 0; i-- { // backwards, as each goes to the head of its list
		if p := f.parent[i]; p != none {
			f.first[p], f.next[i] = i, f.first[p]
		} else {
			f.roots = append(f.roots, i)
		}
	}
	slices.Reverse(f.roots)
	return f
}

// sorted returns pointers to spans by trace, then start, then id, then as they
// came.
func sorted(spans []model.Span) []*model.Span {
	first := map[model.TraceID]int64{}
	for i := range spans {
		s := &spans[i]
		if start, seen := first[s.TraceID]; !seen || s.Start < start {
			first[s.TraceID] = s.Start
		}
	}
	type entry struct {
		*model.Span
		traceStart int64
		index      int
	}
	order := make([]entry, len(spans))
	for i := range spans {
		order[i] = entry{&spans[i], first[spans[i].TraceID], i}
	}
	slices.SortFunc(order, func(a, b entry) int {
		return cmp.Or(
			cmp.Compare(a.traceStart, b.traceStart),
			cmp.Compare(a.TraceID.High, b.TraceID.High),
			cmp.Compare(a.TraceID.Low, b.TraceID.Low),
			cmp.Compare(a.Start, b.Start),
			cmp.Compare(a.SpanID, b.SpanID),
			cmp.Compare(a.index, b.index),
		)
	})
	sorted := make([]*model.Span, len(order))
	for i := range order {
		sorted[i] = order[i].Span
	}
	return sorted
}

// parentID is the parent field, or for senders that leave it empty the first
// CHILD_OF reference within the trace.
func parentID(s *model.Span) model.SpanID {
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
func (f *forest) breakCycles() {
	walk := make([]int, len(f.spans)) // the walk that came by, from 1
	for i := range f.spans {
		at := i
		for at != none && walk[at] == 0 {
			walk[at] = i + 1
			at = f.parent[at]
		}
		if at == none || walk[at] != i+1 {
			continue
		}
		head := at
		for j := f.parent[at]; j != at; j = f.parent[j] {
			head = min(head, j)
		}
		f.parent[head], f.cycle[head] = none, true
	}
}
