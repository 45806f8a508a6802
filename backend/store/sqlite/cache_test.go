// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"errors"
	"testing"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

func (c *blockCache) held() (bytes int) {
	for _, m := range []map[int64]*block{c.recent, c.old} {
		for _, b := range m {
			bytes += b.bytes
		}
	}
	return bytes
}

// The cache never holds more than it may, and what is used stays.
func TestBlockCacheBytes(t *testing.T) {
	const size = maxCachedBytes / 100
	c := &blockCache{}
	used := &block{bytes: size}
	c.put(0, used)
	for id := int64(1); id < 1000; id++ {
		if c.get(0) != used {
			t.Fatalf("a block that is always used is gone after %d others", id)
		}
		c.put(id, &block{bytes: size * int(1+id%3)})
		if n := c.held(); n > maxCachedBytes {
			t.Fatalf("%d bytes of at most %d", n, maxCachedBytes)
		}
	}
	if c.get(1) != nil || c.get(999) == nil {
		t.Error("the first block of many is still there, or the last is not")
	}
	if n := c.held(); n < maxCachedBytes/4 {
		t.Errorf("only %d bytes of %d are used", n, maxCachedBytes)
	}
	c.put(1000, &block{bytes: maxCachedBytes})
	if c.get(1000) != nil {
		t.Error("a block as large as the cache is in it")
	}
}

// What a read left in the cache serves the next one, and is not there any more
// once the store was emptied, though numbers begin anew.
func TestBlockCachePurged(t *testing.T) {
	s := openTest(t, Config{})
	read := func(id uint64) error {
		_, err := s.Trace(t.Context(), traceID(id), trace.Window{})
		return err
	}
	if err := errors.Join(s.Write(t.Context(), some(1, 10)), read(1)); err != nil {
		t.Fatal(err)
	}
	cache := s.view.blocks
	b := cache.get(1)
	if b == nil {
		t.Fatal("a block that was read is not in the cache")
	}
	if err := read(1); err != nil || cache.get(1) != b {
		t.Errorf("it was read again: %v", err)
	}
	s.w.stale = true // as after an error: the writer reads from the file what comes next
	if err := errors.Join(s.Purge(t.Context()), s.Write(t.Context(), some(2, 10))); err != nil {
		t.Fatal(err)
	}
	if err := read(1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after Purge: %v", err)
	}
	if err := read(2); err != nil || s.view.blocks == cache || s.view.blocks.held() >= 2*b.bytes {
		t.Errorf("after Purge the cache holds %d bytes, %v", s.view.blocks.held(), err)
	}
}
