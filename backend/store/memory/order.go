// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"slices"

	"github.com/go-spur/spur/backend/store"
)

// place is a trace with where it stands among the newest.
type place struct {
	store.Position
	entry *entry
}

// order holds traces by position, the newest at the end, where new ones usually
// come. They lie in blocks, none of them empty.
type order struct{ blocks [][]place }

// find returns the block and the index of the first place that does not stand
// behind p. With all behind p, it is that after the last of the last block. There
// must be a block.
func (o *order) find(p store.Position) (block, index int) {
	behind := func(at place, p store.Position) int {
		return p.Compare(at.Position)
	}
	block, _ = slices.BinarySearchFunc(o.blocks, p, func(b []place, p store.Position) int { return behind(b[len(b)-1], p) })
	if block == len(o.blocks) {
		block--
		return block, len(o.blocks[block])
	}
	index, _ = slices.BinarySearchFunc(o.blocks[block], p, behind)
	return block, index
}

func (o *order) insert(p place) {
	if len(o.blocks) == 0 {
		o.blocks = append(o.blocks, append(make([]place, 0, blockPlaces), p))
		return
	}
	i, j := o.find(p.Position)
	b := o.blocks[i]
	if len(b) == blockPlaces {
		middle := blockPlaces / 2
		if j == blockPlaces && i == len(o.blocks)-1 {
			middle = j // the next ones will come there, too
		}
		o.blocks = slices.Insert(o.blocks, i+1, append(make([]place, 0, blockPlaces), b[middle:]...))
		clear(b[middle:])
		o.blocks[i] = b[:middle]
		if j >= middle {
			i, j = i+1, j-middle
		}
	}
	o.blocks[i] = slices.Insert(o.blocks[i], j, p)
}

// remove removes the place at p, which must be there.
func (o *order) remove(p store.Position) {
	i, j := o.find(p)
	o.blocks[i] = slices.Delete(o.blocks[i], j, j+1)
	if len(o.blocks[i]) == 0 {
		o.blocks = slices.Delete(o.blocks, i, i+1)
		return
	}
	for _, k := range []int{i - 1, i} { // few places in many blocks would waste memory
		if k >= 0 && k+1 < len(o.blocks) && len(o.blocks[k])+len(o.blocks[k+1]) <= blockPlaces/2 {
			o.blocks[k] = append(o.blocks[k], o.blocks[k+1]...)
			o.blocks = slices.Delete(o.blocks, k+1, k+2)
			return
		}
	}
}

// behind calls f with the places behind p, or, without p, with all, the newest
// first, until it returns false.
func (o *order) behind(p *store.Position, f func(place) bool) {
	blocks := o.blocks
	if p != nil && len(blocks) > 0 {
		i, j := o.find(*p)
		for _, at := range slices.Backward(blocks[i][:j]) {
			if !f(at) {
				return
			}
		}
		blocks = blocks[:i]
	}
	for _, b := range slices.Backward(blocks) {
		for _, at := range slices.Backward(b) {
			if !f(at) {
				return
			}
		}
	}
}
