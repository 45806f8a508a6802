// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"bytes"
	"container/heap"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// candidate is a trace with its place in the answer.
type candidate struct {
	place
	start uint64
}

// candidates are the traces that may be in an answer, in its order.
type candidates interface {
	peek() (next candidate, ok bool)
	pop() // what peek has returned
}

// candidates returns the traces that have spans about the time of the query's
// window: those up to the position after, and those behind it.
func (f *finder) candidates(after *store.Position) (before, behind candidates) {
	list, ok := f.holders()
	switch {
	case ok:
	case f.query.IDs == nil && f.query.Order == trace.NewestFirst:
		behind = &newest{store: f.store, query: f.query, last: after}
		if after == nil {
			return &sorted{}, behind
		}
		return &newest{store: f.store, query: f.query, end: after}, behind
	default:
		list = f.store.about(f.query)
	}
	var b, a sorted
	for _, c := range list {
		if after != nil && c.Compare(*after) <= 0 {
			b = append(b, c)
		} else {
			a = append(a, c)
		}
	}
	heap.Init(&b)
	heap.Init(&a)
	return &b, &a
}

// about returns the traces that have spans about the time of q's window.
func (s *Store) about(q *trace.Query) (list []candidate) {
	start, end := q.Window.Nanos()
	s.mu.RLock()
	defer s.mu.RUnlock()
	add := func(e *entry) bool {
		if e.about(start, end) {
			list = append(list, e.candidate(q.Order))
		}
		return true
	}
	if q.IDs == nil {
		list = make([]candidate, 0, len(s.data.traces))
		s.data.order.behind(nil, func(p place) bool { return add(p.entry) })
		return list
	}
	ids := slices.Clone(q.IDs)
	slices.SortFunc(ids, func(a, b pcommon.TraceID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range slices.Compact(ids) {
		if e := s.data.traces[id]; e != nil {
			add(e)
		}
	}
	return list
}

func (e *entry) candidate(o trace.Order) candidate {
	return candidate{place{store.Position{Key: e.key(o), ID: e.id}, e}, e.start}
}

// newest are candidates by start. A trace whose start changes meanwhile can come
// twice or not at all.
type newest struct {
	store *Store
	query *trace.Query
	list  []candidate     // the next ones
	last  *store.Position // where list ends
	end   *store.Position // the last one to come, if there is one
	done  bool            // nothing comes behind list
}

func (n *newest) peek() (candidate, bool) {
	for len(n.list) == 0 && !n.done {
		n.fill()
	}
	if len(n.list) == 0 {
		return candidate{}, false
	}
	return n.list[0], true
}

func (n *newest) pop() { n.list = n.list[1:] }

// fill looks at some more traces.
func (n *newest) fill() {
	start, end := n.query.Window.Nanos()
	n.list = make([]candidate, 0, tracesAtOnce)
	looked := 0
	var last store.Position
	n.store.mu.RLock()
	defer n.store.mu.RUnlock()
	n.done = true
	n.store.data.order.behind(n.last, func(p place) bool {
		if n.end != nil && p.Compare(*n.end) > 0 {
			return false
		}
		if looked == tracesAtOnce {
			n.done = false
			return false
		}
		looked++
		last = p.Position
		if p.entry.about(start, end) {
			n.list = append(n.list, candidate{p, p.entry.start})
		}
		return true
	})
	n.last = &last
}

// sorted are candidates as a heap.
type sorted []candidate

func (s sorted) Len() int           { return len(s) }
func (s sorted) Less(i, j int) bool { return s[i].Compare(s[j].Position) < 0 }
func (s sorted) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *sorted) Push(any)          {} // nothing is ever pushed
func (s *sorted) Pop() any {
	*s = (*s)[:len(*s)-1]
	return nil
}

func (s *sorted) peek() (candidate, bool) {
	if len(*s) == 0 {
		return candidate{}, false
	}
	return (*s)[0], true
}

func (s *sorted) pop() { heap.Pop(s) }
