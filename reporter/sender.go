// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// sender is the part of a Batching that its goroutine alone touches.
type sender struct {
	seqNo   int64            // of the batch sealed last
	stats   wire.ClientStats // sent with it
	head    []byte           // scratch
	pace    bool
	pacer   pacer
	backoff backoff
	loss    lossLog
	wide    *batch // empty, with a buffer for several chunks; nil when none was needed lately
	widened bool   // wide was used since the last tick
	gaveUp  bool   // Close left no time for some spans
}

func (s *sender) init(l *slog.Logger, f transport.Format, pace bool) {
	s.pace = pace
	s.backoff = newBackoff(rand.Uint64(), rand.Uint64())
	s.loss.init(l, f)
}

// run is the goroutine: it sends full batches as they come, and at each tick
// whatever there is. It ends after Close.
//
// The transport and the logger are the only foreign code on it. Send, Confirm,
// Close and each line run under a recover of their own: a panic costs the batch in
// hand, which is counted, and nothing else.
func (r *Batching) run() {
	defer close(r.done)
	tick := time.NewTicker(r.interval)
	defer tick.Stop()
	for {
		select {
		case <-r.wake:
			if number, wanted := r.flushes.pending(); wanted {
				r.drain()
				r.confirm()
				if r.ctx.Err() == nil && !r.gaveUp { // else Close gave up on spans
					r.flushes.answer(number)
				}
				r.poke() // batches may have come meanwhile
			} else if r.store.ripe(r.t.MaxBatch()) && r.sendNext() {
				r.poke() // let a tick or a flush come between two batches
			}
			r.look(false)
		case <-tick.C:
			r.confirm()
			r.drain()
			r.shed()
			r.look(true)
		case <-r.closing:
			r.drain()
			r.confirm()
			r.closeErr = r.closeTransport()
			r.look(false)
			r.cancel()
			return
		}
	}
}

// drain sends every span that was reported before the call: what waits, what the
// shards have, and the batches that they shipped in between. What comes later
// cannot keep it busy for ever.
func (r *Batching) drain() {
	open := r.gather(nil)
	for _, sh := range r.shards {
		if part := r.take(sh); part != nil {
			open = r.merge(open, part)
		}
	}
	if open = r.gather(open); open != nil {
		r.deliver(open)
	}
}

// deliver sends b, which is in the hand, and settles all its spans. Where the
// path turns out too narrow it goes on with what fits: a transport that refuses
// several spans as too large either says by MaxBatch what fits, or gets half as
// many next time; a single span that it refuses is dropped.
func (r *Batching) deliver(b *batch) {
	most := b.len() // spans in one request
	tainted := 0    // the spans before this one were in a request that went unanswered
	for from := 0; from < b.len(); {
		if r.ctx.Err() != nil {
			r.abandon(b.len(), from, tainted)
			break
		}
		limit := r.t.MaxBatch()
		part := b
		if from > 0 || most < b.len() || len(b.buf)+r.enc.tailMax > limit {
			if part = r.part(b, from, min(from+most, b.len()), limit); part.len() == 0 {
				r.recycle(part)
				r.store.drop(TooLarge, 1)
				from++
				continue
			}
		}
		res := r.send(part, from < tainted)
		r.store.settle(part.len(), &res, r.confirmer != nil)
		if res.err.Kind == transport.TooLarge {
			n := part.len()
			if res.written {
				tainted = max(tainted, from+n)
			}
			switch {
			case r.t.MaxBatch() < res.size: // so much fits
			case n == 1:
				r.store.drop(TooLarge, 1)
				from++
			default:
				most = n / 2
			}
		} else {
			r.learn(&res)
			from += part.len()
		}
		if part != b {
			r.recycle(part)
		}
	}
	r.recycle(b)
}

// abandon gives up the spans of a batch of n from number from on, because Close
// has no more time.
func (r *Batching) abandon(n, from, tainted int) {
	r.gaveUp = true
	tainted = max(tainted, from)
	r.store.giveUp(tainted-from, true, Closed)
	r.store.giveUp(n-tainted, false, Closed)
}

// learn takes note of how delivery goes.
func (r *Batching) learn(res *result) {
	switch res.err.Kind {
	case transport.Accepted, transport.Partial:
		if r.loss.retrying {
			b := r.books()
			r.loss.relieved(&b)
		}
	case transport.Retryable:
		r.gaveUp = r.gaveUp || res.giveUp == Closed
	}
}

// part returns a batch of the spans of b from number from to before number to, as
// many as fit.
func (r *Batching) part(b *batch, from, to, limit int) *batch {
	part := r.store.get()
	part.reset(b.process, 0)
	part.fill(b, from, to, limit-r.enc.tailMax)
	return part
}

// seal makes the message of a batch: valid until b changes or another is sealed.
func (r *Batching) seal(b *batch) []byte {
	r.seqNo++
	r.countLoss()
	return b.seal(&r.enc, &envelope{seqNo: r.seqNo, stats: &r.stats}, &r.head)
}

// countLoss takes the totals that go with the next batch.
func (r *Batching) countLoss() {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	d := &r.store.dropped
	r.stats.FullQueueDroppedSpans = int64(d[QueueFull])
	r.stats.TooLargeDroppedSpans = int64(d[TooLarge])
	r.stats.FailedToEmitSpans = int64(d[SendError] + d[Rejected] + d[RetryExhausted])
}

// pause waits until size bytes do not overrun the receiver, or Close's context
// ends.
func (r *Batching) pause(size int) error {
	wait := r.pacer.delay(time.Now(), size, r.t.MaxBatch())
	if wait == 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

// attempt makes one attempt, after the pause that the pacing asks for.
func (r *Batching) attempt(message []byte) *transport.Error {
	if r.pace {
		if err := r.pause(len(message)); err != nil {
			return &transport.Error{Kind: transport.Retryable, Err: err}
		}
	}
	send := func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = &transport.Error{Kind: transport.Permanent, Err: panicked("Send", p)}
			}
		}()
		return r.t.Send(r.ctx, message)
	}
	return outcome(send())
}

// confirm asks about the batch sent last, if there is doubt. A transport that
// panics is taken to have lost it.
func (r *Batching) confirm() {
	if r.confirmer == nil || r.store.doubt == 0 { // changed by this goroutine alone
		return
	}
	ask := func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = &transport.Error{PreviousLost: true, Err: panicked("Confirm", p)}
			}
		}()
		return r.confirmer.Confirm()
	}
	r.store.confirm(outcome(ask()))
}

func (r *Batching) closeTransport() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked("Close", p)
		}
	}()
	return r.t.Close()
}

// look lets the loss log compare the books with what it saw last.
func (r *Batching) look(tick bool) {
	b := r.books()
	r.loss.look(&b, tick)
}

// complain says that a batch is about to be tried again.
func (r *Batching) complain() {
	b := r.books()
	r.loss.failing(&b)
}

func (r *Batching) books() lossBooks {
	b := lossBooks{name: r.name}
	s := &r.store
	s.mu.Lock()
	copy(b.lost[:], s.dropped[:])
	b.lost[unconfirmedLoss] = s.unconfirmed
	b.delivered, b.waiting, b.lastError = s.sent, s.waiting+s.hand, s.lastError
	s.mu.Unlock()
	if r.addresser != nil {
		b.address = r.addresser.Address()
	}
	return b
}

func panicked(method string, p any) error {
	return fmt.Errorf("reporter: the transport's %s panicked: %v", method, p)
}
