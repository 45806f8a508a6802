// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// sender is the part of a Batching that its goroutine alone touches.
type sender struct {
	seqNo int64            // of the batch attempted last
	stats wire.ClientStats // sent with it
	head  []byte           // scratch
	pace  bool
	pacer pacer
	loss  lossLog
}

func (s *sender) init(l *slog.Logger, pace bool) {
	s.pace = pace
	s.loss.init(l)
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
				if r.ctx.Err() == nil { // else Close gave up on spans
					r.flushes.answer(number)
				}
				r.poke() // batches may have come meanwhile
			} else if r.sendNext(math.MaxUint64) {
				r.poke() // let a tick or a flush come between two batches
			}
			r.look(false)
		case <-tick.C:
			r.confirm()
			r.drain()
			r.store.shed()
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
	r.sendMarked()
	var open *batch
	for _, sh := range r.shards {
		if part := r.take(sh); part != nil {
			open = r.merge(open, part)
		}
	}
	if open != nil {
		r.deliver(open)
	}
	r.sendMarked()
}

// sendMarked sends the batches that wait now.
func (r *Batching) sendMarked() {
	for mark := r.store.mark(); r.sendNext(mark); {
	}
}

// sendNext sends the batch that waits longest of those before mark, and false
// says that there is none.
func (r *Batching) sendNext(mark uint64) bool {
	b := r.store.pop(mark)
	if b == nil {
		return false
	}
	r.deliver(b)
	return true
}

// merge returns a batch with the spans of both, after it has sent what exceeds
// one. open may be nil.
func (r *Batching) merge(open, part *batch) *batch {
	if open == nil {
		return part
	}
	if open.process != part.process {
		r.deliver(open)
		return part
	}
	limit := r.t.MaxBatch()
	from := open.fill(part, 0, limit-r.enc.tailMax)
	if from == part.len() {
		r.recycle(part)
		return open
	}
	r.deliver(open)
	if from == 0 {
		return part
	}
	rest := r.store.get()
	rest.reset(part.process, 0)
	rest.fill(part, from, math.MaxInt-spareRoom)
	r.recycle(part)
	return rest
}

// deliver sends b, which is in the hand, and settles all its spans. Where the
// path turns out too narrow it goes on with what fits. This is the one place
// where a batch that was not accepted could be tried again.
func (r *Batching) deliver(b *batch) {
	narrow := math.MaxInt // below what the transport has just refused
	for from := 0; from < b.len(); {
		if r.ctx.Err() != nil {
			r.store.drop(Closed, b.len()-from)
			break
		}
		limit := min(r.t.MaxBatch(), narrow)
		part := b
		if from > 0 || len(b.buf)+r.enc.tailMax > limit {
			if part = r.part(b, from, limit); part.len() == 0 {
				r.recycle(part)
				r.store.drop(TooLarge, 1)
				from++
				continue
			}
		}
		size, e := r.send(part)
		why := SendError
		if e.Kind == transport.Retryable && r.ctx.Err() != nil {
			why = Closed
		}
		r.store.settle(part.len(), e, r.confirmer != nil, why)
		if e.Kind == transport.TooLarge {
			narrow = size - 1
			if part.len() > 1 && r.t.MaxBatch() >= size {
				narrow = size / 2 // the transport does not say what would fit
			}
		} else {
			from += part.len()
		}
		if part != b {
			r.recycle(part)
		}
	}
	r.recycle(b)
}

// part returns a batch of the spans of b from number from on, as many as fit.
func (r *Batching) part(b *batch, from, limit int) *batch {
	part := r.store.get()
	part.reset(b.process, 0)
	part.fill(b, from, limit-r.enc.tailMax)
	return part
}

// send makes one attempt at a batch, after the pause that the pacing asks for.
// size is that of the message.
func (r *Batching) send(b *batch) (size int, e *transport.Error) {
	r.seqNo++
	r.countLoss()
	message := b.seal(&r.enc, &envelope{seqNo: r.seqNo, stats: &r.stats}, &r.head)
	if r.pace {
		if err := r.pause(len(message)); err != nil {
			return len(message), &transport.Error{Kind: transport.Retryable, Err: err}
		}
	}
	return len(message), outcome(r.attempt(message))
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

func (r *Batching) attempt(message []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &transport.Error{Kind: transport.Permanent, Err: panicked("Send", p)}
		}
	}()
	return r.t.Send(r.ctx, message)
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

// recycle lets a batch be used again whose spans are settled.
func (r *Batching) recycle(b *batch) { r.store.put(b, r.t.MaxBatch()+spareRoom) }

// look lets the loss log compare the books with what it saw last.
func (r *Batching) look(tick bool) {
	r.store.mu.Lock()
	books := lossBooks{delivered: r.store.sent, lost: r.store.dropped, lastError: r.store.lastError}
	r.store.mu.Unlock()
	books.name = r.name
	if r.addresser != nil {
		books.address = r.addresser.Address()
	}
	r.loss.look(&books, tick)
}

func panicked(method string, p any) error {
	return fmt.Errorf("reporter: the transport's %s panicked: %v", method, p)
}
