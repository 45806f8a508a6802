// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"context"
	"errors"
	"time"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/transport"
)

// work sends items until the store stops.
func (s *Store) work() {
	for {
		it := s.queue.take(s.stopped)
		if it == nil {
			return
		}
		left := it.batch.Spans // that wait
		if s.deliver(it, it.batch, &left) {
			s.ledger.drop(ReasonDamaged, left) // what the batch had less than it said
			s.queue.done(it)
		} else if s.config.Spool == "" {
			s.ledger.drop(trace.ReasonShutdown, left)
			s.queue.done(it)
		}
	}
}

// deliver sends b, which is it's or a part of it, and books what became of its spans,
// which are no longer left then. It is false when the store stopped before.
func (s *Store) deliver(it *item, b send.Batch, left *int) bool {
	settle := func(book func(spans int)) bool {
		n := min(b.Spans, *left)
		book(n)
		*left -= n
		return true
	}
	drop := func(reason trace.Reason) bool {
		return settle(func(n int) { s.ledger.drop(reason, n) })
	}
	for {
		e, err := s.attempt(it, b)
		switch {
		case s.stopped.Err() != nil && (err != nil || e != nil && e.Kind == transport.Retryable):
			return false
		case !s.queue.keeps(it) && (err != nil || e != nil && e.Kind == transport.Retryable):
			return drop(ReasonSpool)
		case err != nil:
			return drop(ReasonExpired)
		case e == nil:
			return settle(func(n int) { s.ledger.sent(n, 0) })
		}
		switch e.Kind {
		case transport.Retryable:
			if !it.expires.IsZero() && !time.Now().Before(it.expires) {
				return drop(ReasonExpired)
			}
		case transport.Partial:
			return settle(func(n int) { s.ledger.sent(n, int(min(e.Rejected, int64(n)))) })
		case transport.TooLarge:
			parts, err := b.Split()
			if err != nil {
				return drop(ReasonDamaged)
			}
			if len(parts) == 1 {
				s.warn(trace.ReasonTooLarge, e)
				return drop(trace.ReasonTooLarge)
			}
			for _, part := range parts {
				if !s.deliver(it, part, left) {
					return false
				}
			}
			return true
		default:
			s.warn(ReasonRefused, e)
			return drop(ReasonRefused)
		}
	}
}

var errExpired = errors.New("no receiver took the spans in time")

// attempt sends b once. An error is that there was no target to send it to before
// the item expired, or the store stopped.
func (s *Store) attempt(it *item, b send.Batch) (*transport.Error, error) {
	ctx := s.stopped
	if !it.expires.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadlineCause(ctx, it.expires, errExpired)
		defer cancel()
	}
	a, err := s.targets.pick(ctx)
	if err != nil {
		return nil, context.Cause(ctx)
	}
	e := asError(a.sender.Send(s.stopped, b))
	s.targets.release(a, e)
	return e, nil
}

// warn logs, once in logEvery for each reason, why spans are dropped.
func (s *Store) warn(reason trace.Reason, e *transport.Error) {
	s.mu.Lock()
	last, now := s.warned[reason], time.Now()
	quiet := !last.IsZero() && now.Sub(last) < logEvery
	if !quiet {
		s.warned[reason] = now
	}
	s.mu.Unlock()
	if !quiet {
		s.log.Warn("spans are dropped", "reason", reason, "error", e, "dropped", s.Books().Dropped)
	}
}
