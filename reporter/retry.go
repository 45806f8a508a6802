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
)

// backoff says how long to wait before the next attempt at a batch.
type backoff struct {
	rand        *rand.Rand
	first, most time.Duration // longest own waits: the first and any
}

func newBackoff(seed1, seed2 uint64) backoff {
	return backoff{rand: rand.New(rand.NewPCG(seed1, seed2)), first: firstWait, most: mostWait}
}

// attempts is what a batch remembers of the attempts at it.
type attempts struct {
	first      time.Time     // when it was tried first
	step       time.Duration // the longest own wait before the next one; backoff.first when 0
	unanswered bool          // one was written whole and not answered
}

// wait returns a wait of 50 to 100 % of the current step, by chance, or what the
// receiver asked for when that is longer (asked).
func (b *backoff) wait(t *attempts, retryAfter time.Duration) (wait time.Duration, asked bool) {
	step := t.step
	if step == 0 {
		step = b.first
	}
	t.step = min(2*step, b.most)
	wait = step/2 + time.Duration(b.rand.Int64N(int64(step/2)+1))
	if retryAfter = min(retryAfter, mostAsked); retryAfter > wait {
		return retryAfter, true
	}
	return wait, false
}

// result is what became of a batch, or of the part of one that was sent.
type result struct {
	size   int    // of the message in bytes
	last   answer // to the last attempt
	giveUp Reason // why there was no further attempt, when the last answer is Retryable
}

// send makes attempts at a batch, with the same bytes, until the transport says
// something final or the deadline allows no more.
func (r *Batching) send(b *batch) result {
	message := r.seal(b)
	res := result{size: len(message)}
	if b.attempts.first.IsZero() {
		b.attempts.first = time.Now()
	}
	for {
		res.last = r.attempt(message)
		if res.last.PreviousLost {
			r.takeBack(true)
		}
		if res.last.Kind != transport.Retryable {
			r.deadline.advance()
			return res
		}
		r.deadline.fail()
		b.attempts.unanswered = b.attempts.unanswered || res.last.Written
		var ok bool
		if res.giveUp, ok = r.again(b, &res.last); !ok {
			return res
		}
	}
}

// again waits before the next attempt at b, a being what came of the last one. It
// returns false, and why, when there is none.
func (r *Batching) again(b *batch, a *answer) (why Reason, ok bool) {
	wait, asked := r.backoff.wait(&b.attempts, a.RetryAfter)
	if why, ok := r.deadline.allows(wait, b.attempts.first, a); !ok {
		return why, false
	}
	r.store.note(a)
	r.look(false)
	r.loss.failing(r.books())
	hurried, ok := r.deadline.rest(wait, asked, func() {
		r.confirm()
		r.look(false) // the queue may overflow meanwhile
	})
	if !ok {
		return Closed, false
	}
	if hurried {
		b.attempts.step = 0
	}
	r.store.retry()
	return 0, true
}

// What follows is about transports that learn only later that a batch was lost
// (transport.Confirmer). The batch accepted last is kept until that is known.

// keep keeps b, which was accepted, and lets go of the one before, which arrived.
func (r *Batching) keep(b *batch) {
	if r.last != nil {
		r.recycle(r.last)
		r.relieve()
	}
	r.last = b
}

// takeBack has the batch accepted last, which was lost, sent again by resend, if it
// may be. Close does not wait for a datagram that was refused.
func (r *Batching) takeBack(again bool) {
	b := r.last
	r.last = nil
	if !again || b == nil || r.deadline.noRetry || r.deadline.closed() {
		r.store.prove(&r.store.dropped[SendError])
		if b != nil {
			r.recycle(b)
		}
		return
	}
	r.store.prove(&r.store.sending)
	r.lost = append(r.lost, b)
}

// confirm asks about the batch accepted last.
func (r *Batching) confirm() {
	if r.last == nil && r.store.unproven == 0 { // changed by this goroutine alone
		return
	}
	a := r.ask()
	r.store.note(&a)
	if a.PreviousLost {
		r.takeBack(a.Kind != transport.Permanent)
		return
	}
	r.store.prove(&r.store.sent)
	r.keep(nil)
}

// resend sends what was lost, until it is there or given up.
func (r *Batching) resend() {
	for len(r.lost) > 0 {
		b := r.lost[0]
		r.lost = r.lost[1:]
		if why, ok := r.again(b, &answer{Error: transport.Error{NoReceiver: true}}); !ok {
			r.store.giveUp(b.len(), b.attempts.unanswered, why)
			r.recycle(b)
			continue
		}
		r.deliver(b)
	}
}
