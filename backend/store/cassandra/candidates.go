// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"cmp"
	"context"
	"slices"
)

// candidates are the entries of an index, and in their place in the order of time those
// that were put back: of traces that the search has not read, or that it has to read again
// to return them.
type candidates struct {
	index stream
	back  []entry // latest first
	next  entry   // of the index, as peek has seen it
	more  bool    // there is one
}

// putBack adds entries. Peek has to follow.
func (c *candidates) putBack(more []entry) {
	c.back = append(c.back, more...)
	slices.SortStableFunc(c.back, func(a, b entry) int { return cmp.Compare(b.start, a.start) })
}

// peek returns the next entry, or false when there is none.
func (c *candidates) peek(ctx context.Context) (e entry, ok bool, err error) {
	if c.next, c.more, err = c.index.peek(ctx); err != nil {
		return entry{}, false, err
	}
	if c.again() {
		return c.back[0], true, nil
	}
	return c.next, c.more, nil
}

// again reports whether the entry that peek has returned was put back. Of those of one time
// the index has its turn first: what it adds need not be put back to go on.
func (c *candidates) again() bool {
	return len(c.back) > 0 && (!c.more || c.back[0].start > c.next.start)
}

// pop removes the entry that peek has returned.
func (c *candidates) pop() {
	if c.again() {
		c.back = c.back[1:]
		return
	}
	c.index.pop()
}
