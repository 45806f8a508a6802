// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
)

// stepWallClock makes the wall clock seem to have been d ahead until now.
func stepWallClock(t *Tracer, d time.Duration) {
	t.clock.era.Store(t.newEra(t.clock.era.Load().offset + int64(d)))
}

func TestWallClockStepBeginsAnEra(t *testing.T) {
	tracer, _ := newTestTracer(t)
	now := func(e *era) int64 { return tracer.clock.mono() + e.offset }
	first := tracer.clock.era.Load()
	if tracer.checkClock(); tracer.clock.era.Load() != first {
		t.Error("a new era without a step")
	}
	stepWallClock(tracer, time.Hour)
	first = tracer.clock.era.Load()
	before := now(first)
	tracer.checkClock()
	second := tracer.clock.era.Load()
	if second == first {
		t.Fatal("an hour's step goes unnoticed")
	}
	if d := before - now(second); d < int64(59*time.Minute) || d > int64(61*time.Minute) {
		t.Errorf("the new era is %v behind the old, want 1h", time.Duration(d))
	}
	if d := now(first) - before; d < 0 || d > int64(time.Minute) {
		t.Errorf("the old era moved by %v", time.Duration(d))
	}
	if real := time.Now().UnixNano(); abs(now(second)-real) > int64(time.Second) {
		t.Errorf("the new era is off by %v", time.Duration(now(second)-real))
	}
}

// However often the wall clock is stepped back, a span keeps its own time: eras that
// were numbered in a byte used to come round again after 256 steps.
func TestSpanOutlivesManySteps(t *testing.T) {
	tracer, got := newTestTracer(t)
	span := tracer.StartSpan("long")
	for range 300 {
		stepWallClock(tracer, time.Hour)
		tracer.checkClock()
		tracer.StartSpan("short").Finish()
	}
	stepWallClock(tracer, -time.Hour)
	span.LogKV("event", "late")
	span.Finish()
	spans := got.all()
	s := spans[len(spans)-1]
	if s.Operation != "long" || s.Duration <= 0 || s.Duration > time.Minute || s.Logs[0].Time < s.Start || s.Logs[0].Time > s.Start+int64(time.Minute) || tagMap(s.Tags)["spur.end_before_start_ns"] != nil {
		t.Errorf("%+v", s)
	}
}

// A step of the wall clock in the middle of a local trace changes neither the
// order of its spans nor their durations.
func TestLocalTraceKeepsItsEra(t *testing.T) {
	tracer, got := newTestTracer(t)
	stepWallClock(tracer, time.Hour)
	root := tracer.StartSpan("root")
	tracer.checkClock()
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

// A clock of the user's may say anything, or nothing.
func TestCustomClockOutOfRange(t *testing.T) {
	for name, tt := range map[string]struct {
		now     func() time.Time
		clamped bool
	}{
		"zero time": {func() time.Time { return time.Time{} }, true},
		"1969":      {func() time.Time { return time.Unix(-1, 0) }, true},
		"2600":      {func() time.Time { return time.Date(2600, 1, 1, 0, 0, 0, 0, time.UTC) }, true},
		"panics":    {func() time.Time { panic("no clock") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			tracer, got := newTestTracer(t, WithClock(tt.now))
			span := tracer.StartSpan("op")
			span.LogKV("event", "x")
			span.Finish()
			s := got.only(t)
			if clamped := tagMap(s.Tags)["spur.time_clamped"] == true; clamped != tt.clamped {
				t.Errorf("tags %v, want clamped %v", s.Tags, tt.clamped)
			}
			if s.Start < 0 || s.Duration < 0 || s.Logs[0].Time < 0 {
				t.Errorf("%+v", s)
			}
			if panics := tracer.Stats().Cut.Panics > 0; panics == tt.clamped {
				t.Errorf("panics counted: %v", panics)
			}
			if tt.clamped {
				return
			}
			if d := time.Since(time.Unix(0, s.Start)); d < 0 || d > time.Hour {
				t.Errorf("started %v ago, want the real time", d)
			}
		})
	}
}

func abs(d int64) int64 { return max(d, -d) }
