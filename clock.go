// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"sync"
	"sync/atomic"
	"time"
)

// clock tells wall-clock time in nanoseconds since 1970 by adding an offset to
// the monotonic clock: one reading instead of two, and durations that no step of
// the wall clock can bend.
//
// The offset is looked at again at each check. When the wall clock was stepped a
// new era begins. A local trace keeps the era it began in, so that a child never
// starts before its parent and a span never ends before it starts.
type clock struct {
	custom func() time.Time // WithClock; nil for the real one
	base   time.Time        // where the monotonic readings start

	mu      sync.Mutex        // held by check
	era     atomic.Uint32     // index of the current offset
	offsets [256]atomic.Int64 // wall minus monotonic, by era
	checked atomic.Int64      // when start checked last, on the monotonic clock
}

// clockStep is how far the wall clock may wander from the current era's offset
// before a new one begins.
const clockStep = int64(time.Millisecond)

func newClock(custom func() time.Time) *clock {
	c := &clock{custom: custom, base: time.Now()}
	c.offsets[0].Store(c.base.UnixNano())
	return c
}

// current returns the era that local traces begin in now.
func (c *clock) current() uint8 { return uint8(c.era.Load()) }

// now returns the time in an era.
func (c *clock) now(era uint8) int64 {
	if c.custom != nil {
		return c.custom().UnixNano()
	}
	return int64(time.Since(c.base)) + c.offsets[era].Load()
}

// check begins a new era if the wall clock was stepped. It may be called from
// any goroutine.
func (c *clock) check() {
	if c.custom != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t := time.Now()
	offset := t.UnixNano() - int64(t.Sub(c.base))
	era := c.current()
	if d := offset - c.offsets[era].Load(); d > clockStep || d < -clockStep {
		c.offsets[era+1].Store(offset)
		c.era.Store(uint32(era + 1))
	}
}

// start is now, and checks the offset about once a second.
func (c *clock) start(era uint8) int64 {
	if c.custom != nil {
		return c.custom().UnixNano()
	}
	mono := int64(time.Since(c.base))
	if last := c.checked.Load(); mono-last > int64(time.Second) && c.checked.CompareAndSwap(last, mono) {
		c.check()
	}
	return mono + c.offsets[era].Load()
}
