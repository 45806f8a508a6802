// SPDX-License-Identifier: Apache-2.0

package poll

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/go-spur/spur/internal/guard"
)

const (
	defaultInterval = time.Minute
	defaultTimeout  = 10 * time.Second
	defaultFloor    = time.Second            // more often than that no server should be asked
	longestInterval = 365 * 24 * time.Hour   // so that sums do not overflow
	firstSpread     = time.Second            // the first fetch comes within it
	closePatience   = 100 * time.Millisecond // for a fetch that does not heed its context
)

// Options say when a Loop fetches. The zero value is right for a server that is
// asked once a minute.
type Options struct {
	// Interval is the time from the end of one fetch to the next, plus or minus a
	// tenth of it; a minute when 0 or less. One below Floor counts as Floor, and one
	// of more than a year as a year. The first fetch comes at once: within a second,
	// or within Interval if that is shorter, at a random moment, so that a fleet that
	// starts together does not ask together.
	Interval time.Duration
	// Floor is the least time between fetches, so that a mistyped interval is no
	// attack on a server; a second when 0 or less.
	Floor time.Duration
	// Retry is the time to the second fetch if the first one fails, plus or minus
	// a tenth of it. It doubles with each further failure, up to Interval, until a
	// fetch has succeeded once. No fetch follows a failed one sooner, even if Interval
	// is shorter. Interval when 0 or less, and Floor when below it.
	Retry time.Duration
	// Timeout is the deadline of one fetch; 10 s when 0 or less.
	Timeout time.Duration
	// Random returns numbers in [0, 1); math/rand's when nil.
	Random func() float64
}

// Loop fetches until it is closed, on one goroutine of its own.
type Loop struct {
	cancel context.CancelFunc
	done   chan struct{} // closed when the goroutine ends
}

// Start starts a loop. It calls fetch, and settle with what fetch returned, one
// after the other on the loop's goroutine. fetch must return soon after its
// context ends. If it panics, settle gets a guard.ErrPanic; if settle panics,
// nothing more happens. A fetch that Close interrupts is not settled.
func Start(o Options, fetch func(context.Context) error, settle func(error)) *Loop {
	o = o.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	l := &Loop{cancel: cancel, done: make(chan struct{})}
	go l.run(ctx, o, fetch, settle)
	return l
}

func (o Options) withDefaults() Options {
	if o.Interval <= 0 {
		o.Interval = defaultInterval
	}
	if o.Floor <= 0 {
		o.Floor = defaultFloor
	}
	o.Interval = min(max(o.Interval, o.Floor), longestInterval)
	if o.Retry <= 0 {
		o.Retry = o.Interval
	}
	o.Retry = min(max(o.Retry, o.Floor), longestInterval)
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	return o
}

func (l *Loop) run(ctx context.Context, o Options, fetch func(context.Context) error, settle func(error)) {
	defer close(l.done)
	afterFailure := o.Retry
	timer := time.NewTimer(fraction(min(o.Interval, firstSpread), o.Random()))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if ctx.Err() != nil { // both had come
			return
		}
		err := guard.Try(func() error {
			ctx, cancel := context.WithTimeout(ctx, o.Timeout)
			defer cancel()
			return fetch(ctx)
		})
		if ctx.Err() != nil {
			return
		}
		_ = guard.Run(func() { settle(err) })
		wait := o.Interval
		if err == nil {
			afterFailure = max(o.Retry, o.Interval)
		} else {
			wait = afterFailure
			afterFailure = max(o.Retry, min(2*afterFailure, o.Interval))
		}
		timer.Reset(wait - wait/10 + fraction(wait/5, o.Random()))
	}
}

// Close stops the loop and interrupts a fetch. It returns when the goroutine has
// ended, or after 100 ms if fetch does not heed its context. Further calls do
// the same. It may be called from fetch and settle.
func (l *Loop) Close() error {
	l.cancel()
	timer := time.NewTimer(closePatience)
	defer timer.Stop()
	select {
	case <-l.done:
	case <-timer.C:
	}
	return nil
}

func fraction(d time.Duration, of float64) time.Duration { return time.Duration(float64(d) * of) }
