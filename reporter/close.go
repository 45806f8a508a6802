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
// Without a deadline Close gives up when nothing has got through for RetryBudget. A
// receiver that has taken nothing for DownAfter when Close begins gets one more
// attempt, and so does each datagram that nobody listens for: dropped, send_error.
//
// The error wraps ErrLost and says how many spans that were waiting got lost, and
// why; it wraps ctx's error, too, when there was no time for some. Or it is the
// transport's. Later calls wait for the first and return nil, or their ctx's error.
func (r *Batching) Close(ctx context.Context) error {
	ctx = orBackground(ctx)
	if r.closing.Swap(true) {
		return awaitOther(ctx, r.done)
	}
	for _, sh := range r.shards {
		sh.close()
	}
	r.before = r.store.books()
	defer r.deadline.begin(ctx)()
	if !guard.Await(ctx, r.done) {
		stuck := fmt.Errorf("reporter: %s: the transport did not return: %w", r.name, ctx.Err())
		return errors.Join(r.closeError(ctx), stuck)
	}
	return errors.Join(r.closeError(ctx), r.closeErr)
}

// lostAtClose lists what was lost since Close began, such as "3 closed", or is empty.
func (r *Batching) lostAtClose() string {
	var list []string
	now := r.store.books()
	before := r.before.losses()
	for why, n := range now.losses() {
		if n -= before[why]; n > 0 {
			cause, _, _ := lossText(Reason(why))
			list = append(list, fmt.Sprintf("%d %s", n, cause))
		}
	}
	return strings.Join(list, ", ")
}

// closeError is Close's error about what was lost.
func (r *Batching) closeError(ctx context.Context) error {
	lost := r.lostAtClose()
	if lost == "" {
		return nil
	}
	err := fmt.Errorf("%w at close of %s: %s", ErrLost, r.name, lost)
	b := r.store.books()
	switch {
	case b.abandoned == 0:
	case ctx.Err() != nil:
		err = fmt.Errorf("%w: %w", err, ctx.Err())
	case r.deadline.down > 0: // the sender has ended
		err = fmt.Errorf("%w: every attempt had failed for %v, and so did one more", err, r.deadline.down.Round(time.Second))
	default: // it, or the budget, would have ended before the next attempt
		err = fmt.Errorf("%w: %w", err, context.DeadlineExceeded)
	}
	if b.troubled {
		err = fmt.Errorf("%w; last error: %s; see %s", err, b.explained(), knobs(r.format, r.loss.setBy))
	}
	return err
}
