// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"math"
	"sync/atomic"
	"time"
)

// clock tells wall-clock time in nanoseconds since 1970 by adding an offset to
// the monotonic clock. About once a second whoever starts a local trace looks whether
// the wall clock was stepped. If so, an era begins: local traces that start from then
// on use a new offset, and the others keep theirs.
type clock struct {
	custom  func() time.Time // WithClock; nil for the real one
	base    time.Time        // where the monotonic readings start
	checked atomic.Int64     // when the wall clock was looked at last, on the monotonic clock
	era     atomic.Pointer[era]
}

// era holds what local traces that begin in it share, one for each shard of counters.
type era struct {
	offset int64 // wall clock minus monotonic clock
	locals [counterShards]localTrace
}

// clockStep is how far the wall clock may wander from an era's offset before a new
// one begins.
const clockStep = int64(time.Millisecond)

// startClock begins the first era.
func (t *Tracer) startClock(custom func() time.Time) {
	t.clock.custom, t.clock.base = custom, time.Now()
	t.clock.era.Store(t.newEra(t.clock.base.UnixNano()))
}

func (t *Tracer) newEra(offset int64) *era {
	e := &era{offset: offset}
	for i := range e.locals {
		e.locals[i] = localTrace{tracer: t, offset: offset, counters: &t.counters[i]}
	}
	return e
}

// mono reads the monotonic clock.
func (c *clock) mono() int64 { return int64(time.Since(c.base)) }

// newLocalTrace returns what a local trace that begins at a reading of the monotonic
// clock starts with.
func (t *Tracer) newLocalTrace(mono int64) *localTrace {
	c := &t.clock
	if last := c.checked.Load(); mono-last > int64(time.Second) && c.checked.CompareAndSwap(last, mono) {
		t.checkClock()
	}
	return &c.era.Load().locals[shardOf()]
}

// checkClock begins a new era if the wall clock was stepped. It may be called from
// any goroutine.
func (t *Tracer) checkClock() {
	current, now := t.clock.era.Load(), time.Now()
	offset := now.UnixNano() - int64(now.Sub(t.clock.base))
	if d := offset - current.offset; d > clockStep || d < -clockStep {
		t.clock.era.CompareAndSwap(current, t.newEra(offset))
	}
}

// customNow asks the clock of WithClock, or the real one where that panics. Times
// outside 1970 to 2262 are moved there.
func (t *Tracer) customNow() (ns int64, clamped bool) {
	var now time.Time
	if !t.guard(func() { now = t.clock.custom() }) {
		now = time.Now()
	}
	return unixNano(now)
}

// unixNano converts a time to nanoseconds since 1970 and reports whether it had
// to be moved into the range of 1970 to 2262.
func unixNano(t time.Time) (ns int64, clamped bool) {
	switch sec := t.Unix(); {
	case sec < 0:
		return 0, true
	case sec > math.MaxInt64/int64(time.Second)-1:
		return math.MaxInt64 - int64(time.Second), true
	}
	return t.UnixNano(), false
}
