// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"errors"
	"log/slog"
	"math"
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
// Foreign code on it are the transport (foreign.go) and the logger, whose lines
// run under a recover of their own. A panic anywhere else is a mistake of this
// package; it costs the spans in hand, which are counted, and nothing else.
func (r *Batching) run() {
	defer close(r.done)
	finished := false
	defer func() {
		if !finished { // the transport has ended the goroutine (runtime.Goexit)
			r.desert()
		}
	}()
	tick := time.NewTicker(r.interval)
	defer tick.Stop()
	for {
		select {
		case <-r.wake:
			r.survive(r.serve)
		case <-tick.C:
			r.survive(r.sweep)
		case <-r.closing:
			r.finish()
			finished = true
			return
		}
	}
}

// survive runs a part of the sender's work, and returns false when it panicked.
func (r *Batching) survive(work func()) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			r.store.writeOff(SendError, shorten("reporter: panic: "+said(p)))
		}
	}()
	work()
	return true
}

// serve answers those who called Flush, or else sends one request, if one is ripe.
func (r *Batching) serve() {
	if number, wanted := r.flushes.pending(); wanted {
		r.drain()
		r.confirm()
		if r.ctx.Err() == nil && !r.gaveUp { // else Close gave up on spans
			r.flushes.answer(number)
		}
		r.poke() // batches may have come meanwhile
	} else if r.store.ripe(r.maxBatch()) && r.sendNext() {
		r.poke() // let a tick or a flush come between two batches
	}
	r.look(false)
}

// sweep is what a tick does.
func (r *Batching) sweep() {
	r.confirm()
	r.drain()
	r.shed()
	r.look(true)
	if _, wanted := r.flushes.pending(); wanted {
		r.poke()
	}
}

// finish sends what is left, and ends.
func (r *Batching) finish() {
	if !r.survive(r.drain) {
		r.survive(r.giveUpRest)
	}
	r.survive(r.confirm)
	r.closeErr = r.closeTransport()
	r.survive(func() { r.look(false) })
	r.cancel()
}

// desert counts what there is as lost, and what comes as late: nobody will send it.
func (r *Batching) desert() {
	const why = "reporter: the transport ended the sender's goroutine"
	r.store.writeOff(SendError, why)
	for _, sh := range r.shards {
		sh.close()
	}
	r.giveUpRest()
	r.store.confirm(&answer{}) // nobody will ask any more
	r.closeErr = errors.New(why)
	r.cancel()
	r.closeErr = errors.Join(r.closeErr, r.closeTransport())
}

// giveUpRest drops what waits, without a try.
func (r *Batching) giveUpRest() {
	for _, sh := range r.shards {
		r.take(sh)
	}
	for r.store.pop(math.MaxUint64, nil, 0) != nil {
		continue
	}
	r.store.writeOff(Closed, "")
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
// many from then on until the end of b; a single span that it refuses is dropped.
func (r *Batching) deliver(b *batch) {
	most := b.len() // spans in one request
	tainted := 0    // the spans before this one were in a request that went unanswered
	for from := 0; from < b.len(); {
		if r.ctx.Err() != nil {
			r.abandon(b.len(), from, tainted)
			break
		}
		r.measure()
		to := min(from+most, b.len())
		if from < tainted {
			to = min(to, tainted) // what becomes of it depends on that
		}
		part := b
		if from > 0 || to < b.len() || len(b.buf)+r.enc.tailMax > r.maxBatch() {
			part = r.part(b, from, to)
		}
		n := part.len()
		if n == 0 {
			r.recycle(part)
			r.store.giveUp(1, from < tainted, TooLarge)
			from++
			continue
		}
		res := r.send(part, from < tainted)
		if part != b {
			r.recycle(part)
		}
		r.store.settle(n, &res, r.confirmer != nil)
		if res.last.kind != transport.TooLarge {
			r.learn(&res)
			from += n
			continue
		}
		if res.written {
			tainted = max(tainted, from+n)
		}
		switch {
		case r.maxBatch() < res.size: // so much fits
		case n == 1:
			r.store.giveUp(1, res.written, TooLarge)
			from++
		default:
			most = n / 2
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
	switch res.last.kind {
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
func (r *Batching) part(b *batch, from, to int) *batch {
	part := r.store.get()
	part.reset(b.process, 0)
	part.fill(b, from, to, r.maxBatch()-r.enc.tailMax)
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
	wait := r.pacer.delay(time.Now(), size, r.maxBatch())
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

// confirm asks about the batch sent last, if there is doubt.
func (r *Batching) confirm() {
	if r.confirmer == nil || r.store.doubt == 0 { // changed by this goroutine alone
		return
	}
	a := r.ask()
	r.store.confirm(&a)
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
	b := lossBooks{name: r.name, address: r.address(), lost: r.store.losses()}
	s := &r.store
	s.mu.Lock()
	defer s.mu.Unlock()
	b.delivered, b.waiting, b.lastError = s.sent, s.waiting+s.hand, s.lastError
	return b
}
