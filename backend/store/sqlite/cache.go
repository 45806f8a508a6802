// SPDX-License-Identifier: Apache-2.0

package sqlite

import "sync"

// blockCache holds blocks that were read lately, for the traces of a page lie in
// the same ones, and so do those of the next search. A block never changes, and
// its number is not used again until the store is emptied, which begins a new
// cache.
type blockCache struct {
	mu          sync.Mutex
	recent, old map[int64]*block // recent becomes old when it is half of the cache
	bytes       int              // of recent
}

// get returns a block, or nil when it is not there.
func (c *blockCache) get(id int64) *block {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b := c.recent[id]; b != nil {
		return b
	}
	b := c.old[id]
	if b != nil {
		delete(c.old, id)
		c.add(id, b)
	}
	return b
}

func (c *blockCache) put(id int64, b *block) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(id, b)
}

func (c *blockCache) add(id int64, b *block) {
	if b.bytes > maxCachedBytes/2 || c.recent[id] != nil {
		return
	}
	if c.recent == nil || c.bytes+b.bytes > maxCachedBytes/2 {
		c.recent, c.old, c.bytes = map[int64]*block{}, c.recent, 0
	}
	c.recent[id] = b
	c.bytes += b.bytes
}
