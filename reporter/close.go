// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/guard"
)

// Close implements Reporter. Spans reported from now on are dropped, reason closed.
// What waits is sent until ctx ends; the rest is dropped for the same reason, or
// Unconfirmed when an attempt at it went unanswered. Then the transport is closed.
// A batch that waits for its next attempt gets one at once, unless the receiver
// asked to wait; a wait that would outlast ctx's deadline is not begun. Close
// returns 100 ms after ctx ended at the latest, even when the transport hangs; its
// spans stay buffered until it lets go.
//
// A receiver that is down may come back, so Close tries until ctx ends, or without
// a deadline until nothing has got through for RetryBudget. One that has taken nothing
// for DownAfter when Close begins gets one more attempt. Over UDP, where nobody
// listens, it makes one attempt at each datagram and returns: dropped, send_error.
//
// The error wraps ErrLost and says how many spans that were waiting got lost, and
// why; it wraps ctx's error, too, when there was no time for some. Or it is the
// transport's. Later calls wait likewise, do nothing and return nil unless their
// ctx ends.
func (r *Batching) Close(ctx context.Context) error {
	if ctx == nil {
		ctx = context.Background()
	}
	first := false
	var before ledger
	stop := func() bool { return false }
	r.closeOnce.Do(func() {
		first = true
		for _, sh := range r.shards {
			sh.close()
		}
		before = r.store.books()
		stop = r.deadline.begin(ctx)
	})
	if !first {
		return awaitOther(ctx, r.done)
	}
	defer stop()
	if !guard.Await(ctx, r.done) {
		stuck := fmt.Errorf("reporter: %s: the transport did not return: %w", r.name, ctx.Err())
		return errors.Join(r.lostSince(ctx, &before), stuck)
	}
	return errors.Join(r.lostSince(ctx, &before), r.closeErr)
}

// lostSince is Close's error about the spans that were lost since before.
func (r *Batching) lostSince(ctx context.Context, before *ledger) error {
	var list []string
	now, lost := r.store.books(), before.losses()
	for why, n := range now.losses() {
		if n -= lost[why]; n > 0 {
			cause, _, _ := lossText(Reason(why))
			list = append(list, fmt.Sprintf("%d %s", n, cause))
		}
	}
	if list == nil {
		return nil
	}
	err := fmt.Errorf("%w at close of %s: %s", ErrLost, r.name, strings.Join(list, ", "))
	switch {
	case now.abandoned == 0:
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", err, ctx.Err())
	case r.deadline.down > 0: // the sender has ended
		return fmt.Errorf("%w: every attempt had failed for %v, and so did one more", err, r.deadline.down.Round(time.Second))
	default: // it, or the budget, would have ended before the next attempt
		return fmt.Errorf("%w: %w", err, context.DeadlineExceeded)
	}
}
