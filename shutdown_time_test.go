// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package spur

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// slowSampler takes its time to close.
type slowSampler struct {
	sampler.Sampler
	takes time.Duration // 0: until done
	done  chan struct{}
}

func (s *slowSampler) Close() error {
	if s.takes == 0 {
		<-s.done
		return nil
	}
	time.Sleep(s.takes)
	return errSampler
}

// timedReporter notes when it is closed, which takes a while.
type timedReporter struct {
	collector
	closed atomic.Pointer[time.Time]
}

func (r *timedReporter) Close(context.Context) error {
	now := time.Now()
	r.closed.Store(&now)
	time.Sleep(10 * time.Millisecond)
	return nil
}

// The user's sampler is foreign code: however long its Close takes, spans are
// sent, and Shutdown ends when it was told to.
func TestShutdownDoesNotWaitForASampler(t *testing.T) {
	for _, tt := range []struct {
		name  string
		takes time.Duration
		after time.Duration // Shutdown returns
		err   error
	}{
		{"hangs", 0, 150 * time.Millisecond, context.DeadlineExceeded},
		{"in time", 20 * time.Millisecond, 20 * time.Millisecond, errSampler},
		{"quicker than the reporter", time.Millisecond, 10 * time.Millisecond, errSampler},
		{"within the grace", 149 * time.Millisecond, 149 * time.Millisecond, errSampler},
		{"just too late", 151 * time.Millisecond, 150 * time.Millisecond, context.DeadlineExceeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &slowSampler{Sampler: sampler.NewConst(true), takes: tt.takes, done: make(chan struct{})}
				defer close(s.done)
				r := &timedReporter{}
				tracer, err := New("test", WithSampler(s), WithReporter(r), WithLogger(nil))
				if err != nil {
					t.Fatal(err)
				}
				tracer.StartSpan("op").Finish()
				began := time.Now()
				ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
				defer cancel()
				err = tracer.Shutdown(ctx)
				if took := time.Since(began); took != tt.after || !errors.Is(err, tt.err) {
					t.Errorf("after %v: %v; want %v after %v", took, err, tt.err, tt.after)
				}
				if at := r.closed.Load(); at == nil || !at.Equal(began) {
					t.Errorf("the reporter was closed at %v, not at once", at)
				}
				if len(r.all()) != 1 {
					t.Errorf("%d reported", len(r.all()))
				}
				checkBooks(t, tracer)
				time.Sleep(tt.takes) // until Close has returned
			})
		})
	}
}

// hangingReporter's Flush and Close wait for release, whatever ctx says.
type hangingReporter struct {
	collector
	release chan struct{}
}

func (r *hangingReporter) Flush(context.Context) error { <-r.release; return nil }
func (r *hangingReporter) Close(context.Context) error { <-r.release; return nil }

// So is the user's reporter: Close took as long as it did. Where it hangs beside a
// sampler, they have the same 100 ms.
func TestShutdownDoesNotWaitForAReporter(t *testing.T) {
	for _, others := range []int{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			opts := []Option{
				WithSampler(&slowSampler{Sampler: sampler.NewConst(true), done: release}),
				WithReporter(&hangingReporter{release: release}), WithLogger(nil),
			}
			memory := &reporter.Memory{}
			if others > 0 {
				opts = append(opts, WithReporter(memory))
			}
			tracer, err := New("test", opts...)
			if err != nil {
				t.Fatal(err)
			}
			tracer.StartSpan("op").Finish()
			const limit = 50 * time.Millisecond
			for _, do := range []func(context.Context) error{tracer.Flush, tracer.Shutdown, tracer.Shutdown} {
				ctx, cancel := context.WithTimeout(context.Background(), limit)
				began := time.Now()
				err := do(ctx)
				cancel()
				if took := time.Since(began); took > limit+guard.Grace || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("after %v: %v; want %v and its error", took, err, limit+guard.Grace)
				}
			}
			tracer.StartSpan("late").Finish()
			if n := len(memory.Spans()); n != others {
				t.Errorf("the other reporter has %d spans, want %d", n, others)
			}
			close(release)
			synctest.Wait()
		})
	}
}

// A second Shutdown, on another goroutine, returns no sooner than the first.
func TestShutdownTwiceAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &slowSampler{Sampler: sampler.NewConst(true), takes: 300 * time.Millisecond}
		tracer, err := New("test", WithSampler(slow), WithReporter(reporter.Null{}), WithLogger(nil))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		go func() { _ = tracer.Shutdown(context.Background()) }()
		synctest.Wait()
		if err := tracer.Shutdown(context.Background()); err != nil || time.Since(began) != slow.takes {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

func TestCloseWithAReporterThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &hangingReporter{release: make(chan struct{})}
		tracer, err := New("test", WithSampler(sampler.NewConst(true)), WithReporter(r), WithLogger(nil))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		err = tracer.Close()
		if took := time.Since(began); took > closeTimeout+guard.Grace || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", took, err)
		}
		close(r.release)
	})
}

// reentrantSampler sets another sampler when it is closed.
type reentrantSampler struct {
	sampler.Sampler
	tracer **Tracer
	next   sampler.Sampler
	err    error
	closed int
}

func (r *reentrantSampler) Close() error {
	r.closed++
	r.err = (*r.tracer).SetSampler(r.next)
	return nil
}

// No lock is held while a sampler is closed. synctest reports a deadlock.
func TestSamplerThatSetsASamplerWhenClosed(t *testing.T) {
	for _, tt := range []struct {
		name  string
		close func(*Tracer) error
		err   error // what the call inside gets
		next  int32 // how often the sampler it set is closed by then
	}{
		{"by SetSampler", func(t *Tracer) error { return t.SetSampler(sampler.NewConst(true)) }, nil, 0},
		{"by Shutdown", func(t *Tracer) error { return t.Shutdown(context.Background()) }, ErrClosed, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var tracer *Tracer
				next := &closingSampler{sample: true}
				r := &reentrantSampler{Sampler: sampler.NewConst(true), tracer: &tracer, next: next}
				tracer, err := New("test", WithSampler(r), WithReporter(&reporter.Memory{}), WithLogger(nil))
				if err != nil {
					t.Fatal(err)
				}
				r.tracer = &tracer
				if err := tt.close(tracer); err != nil {
					t.Error(err)
				}
				if r.closed != 1 || !errors.Is(r.err, tt.err) || next.closed.Load() != tt.next {
					t.Errorf("closed %d times, inside %v, next closed %d times; want 1, %v, %d", r.closed, r.err, next.closed.Load(), tt.err, tt.next)
				}
				if err := tracer.Close(); err != nil || next.closed.Load() != 1 {
					t.Errorf("in the end: %v, closed %d times", err, next.closed.Load())
				}
			})
		})
	}
}

// Spans alone keep the clock right: whoever begins a local trace looks at the wall
// clock, but only about once a second.
func TestStartingSpansNoticesAStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracer, _ := newTestTracer(t)
		started := func() time.Duration {
			s := tracer.StartSpan("op").(*Span)
			defer s.Finish()
			return time.Until(s.StartTime())
		}
		stepWallClock(tracer, time.Hour)
		if off := started(); off != time.Hour {
			t.Errorf("%v off: looked within the first second", off)
		}
		time.Sleep(2 * time.Second)
		if off := started(); off != 0 {
			t.Errorf("%v off after the look", off)
		}
		stepWallClock(tracer, time.Hour)
		time.Sleep(time.Second)
		if off := started(); off != time.Hour {
			t.Errorf("%v off: looked after a second, want only beyond it", off)
		}
		time.Sleep(time.Millisecond)
		if off := started(); off != 0 {
			t.Errorf("%v off: not looked any more", off)
		}
	})
}

// hanging is a throttler and a sampler whose Close takes its time.
type hanging struct {
	takes time.Duration
	err   error
}

func (hanging) Allow(string) bool                      { return false }
func (hanging) Sample(sampler.Params) sampler.Decision { return sampler.Decision{} }
func (hanging) Allowed(string, string) (int, bool)     { return 0, false }
func (h hanging) Close() error                         { time.Sleep(h.takes); return h.err }

// TestShutdownWaitsOnce for sampler, restrictions and throttler together, and
// loses no error that is there.
func TestShutdownWaitsOnce(t *testing.T) {
	one, two, three := errors.New("one"), errors.New("two"), errors.New("three")
	const ctx, grace = 50 * time.Millisecond, 100 * time.Millisecond
	for _, tt := range []struct {
		sampler, restrictions, throttler time.Duration
		took                             time.Duration
		want                             string
	}{
		{0, 0, 0, 0, "one\ntwo\nthree"},
		{20 * time.Millisecond, 40 * time.Millisecond, 10 * time.Millisecond, 40 * time.Millisecond, "one\ntwo\nthree"},
		{time.Hour, 0, 120 * time.Millisecond, ctx + grace, "context deadline exceeded\ntwo\nthree"},
		{time.Hour, time.Hour, time.Hour, ctx + grace, "context deadline exceeded\ncontext deadline exceeded\ncontext deadline exceeded"},
	} {
		shutdown := func(t *testing.T) {
			tracer, err := New("orders", WithReporter(reporter.Null{}), WithLogger(nil), WithSampler(hanging{tt.sampler, one}),
				WithBaggageRestrictions(hanging{tt.restrictions, two}), WithDebugThrottler(hanging{tt.throttler, three}))
			if err != nil {
				t.Fatal(err)
			}
			within, cancel := context.WithTimeout(context.Background(), ctx)
			defer cancel()
			start := time.Now()
			if err := tracer.Shutdown(within); fmt.Sprint(err) != tt.want || time.Since(start) != tt.took {
				t.Errorf("%v after %v, want %s after %v", err, time.Since(start), tt.want, tt.took)
			}
			time.Sleep(time.Hour) // for those that were left behind
		}
		for range 10 { // of two that are ready select takes either
			synctest.Test(t, shutdown)
		}
	}
}
