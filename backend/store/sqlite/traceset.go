// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"iter"
	"slices"
)

// traceSet is a set of traces (trace.id). Archived traces can have numbers far
// below the others', so it is made of pages.
type traceSet struct {
	pages map[int64]bitset
	last  bitset // pages[at], the one that was used last
	at    int64
}

func newTraceSet() *traceSet { return &traceSet{pages: map[int64]bitset{}} }

const (
	pageBits = 16
	pageSize = 1 << pageBits
	pageMask = pageSize - 1
)

func (t *traceSet) add(row int64) {
	if row>>pageBits != t.at || t.last == nil {
		p := t.pages[row>>pageBits]
		if p == nil {
			p = newBitset(pageSize)
			t.pages[row>>pageBits] = p
		}
		t.last, t.at = p, row>>pageBits
	}
	t.last.set(uint64(row & pageMask))
}

func (t *traceSet) has(row int64) bool {
	return t.pages[row>>pageBits].has(uint64(row & pageMask))
}

func (t *traceSet) count() (n int) {
	for _, p := range t.pages {
		n += p.count()
	}
	return n
}

func (t *traceSet) clone() *traceSet {
	c := newTraceSet()
	c.or(t)
	return c
}

func (t *traceSet) and(o *traceSet) {
	t.last = nil
	for i, p := range t.pages {
		if q, ok := o.pages[i]; ok {
			p.and(q)
		} else {
			delete(t.pages, i)
		}
	}
}

func (t *traceSet) or(o *traceSet) {
	for i, q := range o.pages {
		if p, ok := t.pages[i]; ok {
			p.or(q)
		} else {
			t.pages[i] = slices.Clone(q)
		}
	}
}

func (t *traceSet) andNot(o *traceSet) {
	for i, p := range t.pages {
		if q, ok := o.pages[i]; ok {
			p.andNot(q)
		}
	}
}

// all returns the traces of t, in no order.
func (t *traceSet) all() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for i, p := range t.pages {
			for n := range p.all() {
				if !yield(i<<pageBits + int64(n)) {
					return
				}
			}
		}
	}
}
