// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/transport"
)

// target is a receiver.
type target struct {
	name   string // host:port or URL, as logs and metrics show it
	sender send.Sender

	// What follows is guarded by targets.mu.
	underway int
	failures int       // in a row
	until    time.Time // it is left alone
	removed  bool
	logged   time.Time        // when it was last logged that it fails
	told     bool             // since it was last well
	requests map[string]int64 // by their outcome
}

// limit is how many batches may be under way to it.
func (t *target) limit() int {
	if t.failures > 0 {
		return 1
	}
	return perTarget
}

// targets are the receivers that may be used.
type targets struct {
	log    *slog.Logger
	failed func() // called when a target failed

	mu      sync.Mutex
	list    []*target
	turn    int           // whose it is when all are equal
	changed chan struct{} // closed when a target may have become free
}

func newTargets(log *slog.Logger, failed func()) *targets {
	return &targets{log: log, failed: failed, changed: make(chan struct{})}
}

// set makes list the targets. Those that are no longer in it end with what is under
// way.
func (ts *targets) set(list []*target) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	kept := map[*target]bool{}
	for _, t := range list {
		kept[t] = true
	}
	for _, t := range ts.list {
		if !kept[t] {
			t.removed = true
			t.closeIfUnused()
		}
	}
	ts.list = list
	ts.wake()
}

func (ts *targets) wake() {
	close(ts.changed)
	ts.changed = make(chan struct{})
}

func (t *target) closeIfUnused() {
	if t.removed && t.underway == 0 {
		_ = t.sender.Close() // nothing is under way
	}
}

// attempt is one use of a target.
type attempt struct {
	*target
	failures int // of the target, when it began
}

// pick returns the target with the least under way, of those that may be used. It
// waits for one until ctx is done.
func (ts *targets) pick(ctx context.Context) (attempt, error) {
	for {
		a, wait, changed := ts.free()
		if a.target != nil {
			return a, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return attempt{}, ctx.Err()
		}
	}
}

// free returns a target, or how long until one is to be tried again at the latest.
func (ts *targets) free() (a attempt, wait time.Duration, changed <-chan struct{}) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	now := time.Now()
	wait = time.Hour
	var best *target
	for i := range ts.list {
		t := ts.list[(ts.turn+i)%len(ts.list)]
		switch {
		case t.until.After(now):
			wait = min(wait, t.until.Sub(now))
		case t.underway < t.limit() && (best == nil || t.underway < best.underway):
			best = t
		}
	}
	if best == nil {
		return attempt{}, wait, ts.changed
	}
	ts.turn++
	best.underway++
	return attempt{best, best.failures}, 0, nil
}

// release says how an attempt ended: nil if all is well.
func (ts *targets) release(a attempt, e *transport.Error) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	t := a.target
	t.underway--
	outcome := "ok"
	if e != nil {
		outcome = e.Kind.String()
	}
	t.requests[outcome]++
	if e != nil && e.Kind == transport.Retryable {
		ts.fail(a, e)
	} else {
		if t.told {
			ts.log.Info("spans can be sent again", "target", t.name)
		}
		t.failures, t.until, t.told = 0, time.Time{}, false
	}
	t.closeIfUnused()
	ts.wake()
}

// fail has t left alone for a while.
func (ts *targets) fail(a attempt, e *transport.Error) {
	t := a.target
	if t.failures > a.failures {
		return // another attempt has said so
	}
	t.failures++
	pause := min(firstPause<<min(t.failures-1, 20), lastPause)
	pause += rand.N(pause / 2)
	if e.RetryAfter > 0 {
		pause = max(min(e.RetryAfter, mostAsked), firstPause)
	}
	now := time.Now()
	t.until = now.Add(pause)
	if now.Sub(t.logged) >= logEvery {
		t.logged, t.told = now, true
		ts.log.Warn("spans cannot be sent", "target", t.name, "error", e, "again in", pause)
	}
	ts.failed()
}

// asError returns what err, of a Send, says.
func asError(err error) *transport.Error {
	if err == nil {
		return nil
	}
	var e *transport.Error
	if errors.As(err, &e) {
		return e
	}
	return &transport.Error{Kind: transport.Permanent, Err: err}
}
