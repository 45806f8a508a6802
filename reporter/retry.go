// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"math/rand/v2"
	"time"

	"github.com/go-spur/spur/transport"
)

const (
	firstWait = 250 * time.Millisecond // before the second attempt; it doubles from then on
	mostWait  = 5 * time.Second        // between two attempts
	mostAsked = time.Minute            // of what a receiver asks for

	lookInterval = time.Second // between two looks at the books while a batch waits
)

// backoff says how long to wait before the next attempt at one batch.
type backoff struct {
	rand        *rand.Rand
	first, most time.Duration // longest own waits: the first and any
	next        time.Duration // longest own wait now
}

func newBackoff(seed1, seed2 uint64) backoff {
	return backoff{rand: rand.New(rand.NewPCG(seed1, seed2)), first: firstWait, most: mostWait, next: firstWait}
}

// reset is for the next batch.
func (b *backoff) reset() { b.next = b.first }

// wait returns a wait of 50 to 100 % of the current step, so that clients which
// failed together do not come back together, or what the receiver asked for when
// that is longer. asked says which of the two it is.
func (b *backoff) wait(retryAfter time.Duration) (wait time.Duration, asked bool) {
	step := b.next
	b.next = min(2*step, b.most)
	wait = step/2 + time.Duration(b.rand.Int64N(int64(step/2)+1))
	if retryAfter = min(retryAfter, mostAsked); retryAfter > wait {
		return retryAfter, true
	}
	return wait, false
}

// result is what became of a batch, or of the part of one that was sent.
type result struct {
	size    int    // of the message in bytes
	last    answer // to the last attempt
	written bool   // an attempt was written whole and not answered
	giveUp  Reason // why there was no further attempt, when the last answer is Retryable
}

// send makes attempts at a batch until the transport says something final, the
// budget does not hold another wait, or Close has no more time. The message is
// sealed once: every attempt has the same bytes. written says that an attempt at
// these spans went unanswered before.
func (r *Batching) send(b *batch, written bool) result {
	message := r.seal(b)
	res := result{size: len(message), written: written}
	r.backoff.reset()
	for begin := time.Now(); ; {
		res.last = r.attempt(message)
		if res.last.kind != transport.Retryable {
			return res
		}
		res.written = res.written || res.last.written
		wait, asked := r.backoff.wait(res.last.retryAfter)
		switch {
		case r.ctx.Err() != nil:
			res.giveUp = Closed
			return res
		case isClosed(r.closing) && time.Since(r.closeBegan)+wait > r.budget:
			r.cancel() // the batches behind it get no budget of their own
			res.giveUp = Closed
			return res
		case r.noRetry:
			res.giveUp = SendError
			return res
		case time.Since(begin)+wait > r.budget:
			res.giveUp = RetryExhausted
			return res
		}
		r.store.failed(&res.last)
		r.look(false)
		r.complain()
		if !r.rest(wait, asked) {
			res.giveUp = Closed
			return res
		}
		r.store.retry()
	}
}

// rest waits before an attempt, and false says that Close leaves no time for it.
// When Close begins, an own wait is cut short and the next ones are short again,
// so that the time that is left is used; a wait that the receiver asked for is
// kept. A wait that would outlast Close's deadline is not begun.
func (r *Batching) rest(wait time.Duration, asked bool) bool {
	end := time.Now().Add(wait)
	timer, tick := time.NewTimer(wait), time.NewTicker(lookInterval)
	defer timer.Stop()
	defer tick.Stop()
	closing := (<-chan struct{})(r.closing)
	if isClosed(closing) {
		closing = nil
		if r.tooLate(end) {
			return false
		}
	}
	for {
		select {
		case <-timer.C:
			return r.ctx.Err() == nil
		case <-tick.C: // the queue may overflow meanwhile
			r.confirm()
			r.look(false)
		case <-closing:
			closing = nil
			if !asked {
				r.backoff.reset()
				return r.ctx.Err() == nil
			}
			if r.tooLate(end) {
				return false
			}
		case <-r.ctx.Done():
			return false
		}
	}
}

// tooLate says whether t is after the deadline of Close, which has begun.
func (r *Batching) tooLate(t time.Time) bool {
	return !r.closeBy.IsZero() && t.After(r.closeBy)
}
