// SPDX-License-Identifier: Apache-2.0

package sqlite

import "iter"

// traceSet is a set of traces (trace.id). Archived traces can have numbers far
// below the others', so it is made of pages.
type traceSet map[int64]bitset

const (
	pageBits = 16
	pageSize = 1 << pageBits
	pageMask = pageSize - 1
)

func (t traceSet) add(row int64) {
	p := t[row>>pageBits]
	if p == nil {
		p = newBitset(pageSize)
		t[row>>pageBits] = p
	}
	p.set(uint64(row & pageMask))
}

func (t traceSet) has(row int64) bool { return t[row>>pageBits].has(uint64(row & pageMask)) }

func (t traceSet) count() (n int) {
	for _, p := range t {
		n += p.count()
	}
	return n
}

func (t traceSet) clone() traceSet {
	c := make(traceSet, len(t))
	for i, p := range t {
		c[i] = append(bitset(nil), p...)
	}
	return c
}

func (t traceSet) and(o traceSet) {
	for i, p := range t {
		if q, ok := o[i]; ok {
			p.and(q)
		} else {
			delete(t, i)
		}
	}
}

func (t traceSet) or(o traceSet) {
	for i, q := range o {
		if p, ok := t[i]; ok {
			p.or(q)
		} else {
			t[i] = append(bitset(nil), q...)
		}
	}
}

func (t traceSet) andNot(o traceSet) {
	for i, p := range t {
		if q, ok := o[i]; ok {
			p.andNot(q)
		}
	}
}

// all returns the traces of t, in no order.
func (t traceSet) all() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for i, p := range t {
			for n := range p.all() {
				if !yield(i<<pageBits + int64(n)) {
					return
				}
			}
		}
	}
}
