// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"errors"
	"math"
	"time"

	"github.com/go-spur/spur/internal/guard"
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
	last    *batch   // accepted last, while a Confirmer may still say that it was lost
	lost    []*batch // to be sent again because a Confirmer said so
	wide    *batch   // empty, with a buffer for several chunks; nil when none was needed lately
	widened bool     // wide was used since the last tick
}

// run is the goroutine: it sends full batches as they come, and at each tick
// whatever there is. It ends after Close. Of foreign code only the transport runs on it.
func (r *Batching) run() {
	defer close(r.done)
	finished := false
	defer func() {
		if !finished { // the transport has ended the goroutine (runtime.Goexit)
			r.lostGoroutine()
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
		case <-r.deadline.closing:
			r.finish()
			finished = true
			return
		}
	}
}

// survive runs a part of the sender's work, and returns false when it panicked.
func (r *Batching) survive(work func()) bool {
	err := guard.Run(work)
	if err != nil {
		r.lost, r.last = nil, nil
		r.store.writeOff(SendError, shorten("reporter: "+err.Error()))
	}
	return err == nil
}

// serve answers those who called Flush, or else sends one request, if there is
// enough for one.
func (r *Batching) serve() {
	if number, wanted := r.flushes.pending(); wanted {
		r.drain()
		r.conclude()
		if r.store.books().abandoned == 0 { // else Flush returns ErrClosed, after Close
			r.flushes.answer(number)
		}
		r.wakeUp() // batches may have come meanwhile
	} else if r.store.enough(r.maxBatch()) && r.sendNext() {
		r.wakeUp() // let a tick or a flush come between two batches
	}
	r.look(false)
}

// sweep is what a tick does.
func (r *Batching) sweep() {
	r.conclude()
	r.drain()
	r.shed()
	r.look(true)
	if _, wanted := r.flushes.pending(); wanted {
		r.wakeUp()
	}
}

// conclude asks about the batch accepted last, and sends it again if it was lost.
func (r *Batching) conclude() {
	for r.confirm(); len(r.lost) > 0; r.confirm() {
		r.resend()
	}
}

// finish sends what is left, and ends.
func (r *Batching) finish() {
	r.survive(func() { r.look(false) })
	r.loss.closing = true
	if !r.survive(r.drain) {
		r.survive(r.giveUpRest)
	}
	r.survive(r.conclude)
	r.closeErr = r.closeTransport()
	r.survive(r.lookLast)
	r.deadline.giveUp()
	r.loss.lines.wait(guard.Grace)
}

// lostGoroutine counts what there is as lost, and what comes as late: nobody will
// send it.
func (r *Batching) lostGoroutine() {
	const why = "reporter: the transport ended the sender's goroutine"
	r.store.writeOff(SendError, why)
	for _, sh := range r.shards {
		sh.close()
	}
	r.giveUpRest()
	r.store.prove(&r.store.sent) // nobody will ask any more
	r.deadline.giveUp()
	r.closeErr = errors.Join(errors.New(why), r.closeTransport())
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
// shards have, and the batches that they shipped in between.
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

// seal makes the message of a batch: valid until b changes or another is sealed.
func (r *Batching) seal(b *batch) []byte {
	r.seqNo++
	d := r.store.books().dropped
	r.stats.FullQueueDroppedSpans = int64(d[QueueFull])
	r.stats.TooLargeDroppedSpans = int64(d[TooLarge])
	r.stats.FailedToEmitSpans = int64(d[SendError] + d[Rejected] + d[RetryExhausted])
	return b.seal(&r.enc, &envelope{seqNo: r.seqNo, stats: &r.stats}, &r.head)
}

// look lets the loss log compare the books with what it saw last.
func (r *Batching) look(tick bool) {
	r.loss.look(r.books(), tick)
}

// lookLast says in the log what Close's error says.
func (r *Batching) lookLast() {
	if lost := r.lostAtClose(); lost != "" {
		r.loss.closed(r.books(), lost)
	}
}

func (r *Batching) relieve() {
	if r.loss.retrying {
		r.loss.relieved(r.books())
	}
}

func (r *Batching) books() lossBooks {
	return lossBooks{r.name, r.address(), r.store.books()}
}
