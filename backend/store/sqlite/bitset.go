// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"iter"
	"math/bits"
)

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

// fullBitset has the numbers below n.
func fullBitset(n int) bitset {
	b := newBitset(n)
	for i := range b {
		b[i] = ^uint64(0)
	}
	if n%64 != 0 {
		b[len(b)-1] = 1<<(n%64) - 1
	}
	return b
}

func (b bitset) inRange(i uint64) bool { return i>>6 < uint64(len(b)) }
func (b bitset) set(i uint64)          { b[i>>6] |= 1 << (i & 63) }
func (b bitset) has(i uint64) bool     { return b.inRange(i) && b[i>>6]>>(i&63)&1 != 0 }

func (b bitset) and(o bitset) {
	for i := range b {
		b[i] &= o[i]
	}
}

func (b bitset) or(o bitset) {
	for i := range b {
		b[i] |= o[i]
	}
}

func (b bitset) andNot(o bitset) {
	for i := range b {
		b[i] &^= o[i]
	}
}

func (b bitset) empty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

func (b bitset) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// all returns the numbers in b, ascending.
func (b bitset) all() iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for i, w := range b {
			for ; w != 0; w &= w - 1 {
				if !yield(uint64(i)<<6 | uint64(bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}
