// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"sync/atomic"
	"time"
)

// Clock is a clock for spur.WithClock that no real time passes for. It starts at
// 2024-01-01T00:00:00Z. All methods may be called from any goroutine; none
// blocks.
type Clock struct {
	step    time.Duration
	elapsed atomic.Int64
}

// NewClock returns a clock that moves by step after each reading. With step 0
// only Advance moves it.
func NewClock(step time.Duration) *Clock { return &Clock{step: step} }

// Now returns the time and then moves the clock by its step.
func (c *Clock) Now() time.Time {
	elapsed := c.elapsed.Add(int64(c.step)) - int64(c.step)
	return time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(elapsed))
}

// Advance moves the clock by d; a negative d turns it back.
func (c *Clock) Advance(d time.Duration) { c.elapsed.Add(int64(d)) }
