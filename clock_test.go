// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
)

func TestWallClockStepBeginsAnEra(t *testing.T) {
	c := newClock(nil)
	first := c.current()
	c.check()
	if c.current() != first {
		t.Error("a new era without a step")
	}
	c.offsets[first].Add(int64(time.Hour)) // as if the wall clock had been an hour ahead
	before := c.now(first)
	c.check()
	second := c.current()
	if second == first {
		t.Fatal("an hour's step goes unnoticed")
	}
	if d := before - c.now(second); d < int64(59*time.Minute) || d > int64(61*time.Minute) {
		t.Errorf("the new era is %v behind the old, want 1h", time.Duration(d))
	}
	if d := c.now(first) - before; d < 0 || d > int64(time.Minute) {
		t.Errorf("the old era moved by %v", time.Duration(d))
	}
	if real := time.Now().UnixNano(); abs(c.now(second)-real) > int64(time.Second) {
		t.Errorf("the new era is off by %v", time.Duration(c.now(second)-real))
	}
	for range 600 {
		c.offsets[c.current()].Add(int64(time.Hour))
		c.check() // wraps around
	}
}

// A step of the wall clock in the middle of a local trace changes neither the
// order of its spans nor their durations.
func TestLocalTraceKeepsItsEra(t *testing.T) {
	tracer, got := newTestTracer(t)
	tracer.clock.offsets[tracer.clock.current()].Add(int64(time.Hour))
	root := tracer.StartSpan("root")
	tracer.clock.check()
	child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
	child.LogKV("event", "x")
	child.Finish()
	root.Finish()
	other := tracer.StartSpan("other")
	other.Finish()
	spans := got.all()
	c, r, o := spans[0], spans[1], spans[2]
	if c.Start < r.Start || c.Start+int64(c.Duration) > r.Start+int64(r.Duration) || c.Logs[0].Time < c.Start {
		t.Errorf("child %d+%d, log %d, parent %d+%d", c.Start, c.Duration, c.Logs[0].Time, r.Start, r.Duration)
	}
	if r.Duration > time.Minute || o.Start > r.Start {
		t.Errorf("duration %v; the next trace starts at %d after %d", r.Duration, o.Start, r.Start)
	}
}

func TestCustomClock(t *testing.T) {
	now := time.Unix(1000, 0)
	tracer, got := newTestTracer(t, WithClock(func() time.Time { now = now.Add(time.Second); return now }))
	tracer.StartSpan("op").Finish()
	if s := got.only(t); s.Start != time.Unix(1001, 0).UnixNano() || s.Duration != time.Second {
		t.Errorf("%d %v", s.Start, s.Duration)
	}
}

func abs(d int64) int64 { return max(d, -d) }
