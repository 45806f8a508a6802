// SPDX-License-Identifier: Apache-2.0

package reporter

import "github.com/go-spur/spur/transport"

// deliver sends b, settles all its spans, and sends again what turned out lost on
// the way.
func (r *Batching) deliver(b *batch) {
	r.transmit(b)
	r.resend()
}

// transmit sends b in as many requests as it takes. A transport that refuses several
// spans as too large either says by MaxBatch what fits, or gets half as many from then
// on until the end of b; a single span that it refuses is dropped.
func (r *Batching) transmit(b *batch) {
	most := b.len() // spans in one request
	unanswered := 0 // the spans before this one were in a request that went unanswered
	kept := false   // b itself is r.last
	if b.attempts.unanswered {
		unanswered = b.len()
	}
	for from := 0; from < b.len(); {
		if r.deadline.over() {
			unanswered = max(unanswered, from)
			r.store.giveUp(unanswered-from, true, Closed) // Close has no more time
			r.store.giveUp(b.len()-unanswered, false, Closed)
			break
		}
		r.measure()
		to := min(from+most, b.len())
		if from < unanswered {
			to = min(to, unanswered) // what becomes of it depends on that
		}
		part := b
		if from > 0 || to < b.len() || len(b.buf)+r.enc.tailMax > r.maxBatch() {
			part = r.part(b, from, to)
			part.attempts.unanswered = from < unanswered
		}
		n := part.len()
		if n == 0 {
			r.recycle(part)
			r.store.giveUp(1, from < unanswered, TooLarge)
			from++
			continue
		}
		res := r.send(part)
		wasUnanswered := part.attempts.unanswered
		r.store.settle(n, &res, wasUnanswered, r.confirmer != nil)
		kept = r.after(part, &res, part != b) && part == b
		if res.last.Kind != transport.TooLarge {
			from += n
			continue
		}
		if wasUnanswered {
			unanswered = max(unanswered, from+n)
		}
		switch {
		case r.maxBatch() < res.size: // so much fits
		case n == 1:
			r.store.giveUp(1, wasUnanswered, TooLarge)
			from++
		default:
			most = n / 2
		}
	}
	if !kept {
		r.recycle(b)
	}
}

// after takes note of an attempt at part, and lets go of it unless the transport
// may still say that it was lost: then it returns true.
func (r *Batching) after(part *batch, res *result, copied bool) (kept bool) {
	switch kind := res.last.Kind; {
	case kind == transport.Accepted && r.confirmer != nil:
		r.keep(part)
		return true
	case kind == transport.Accepted || kind == transport.Partial:
		r.relieve()
	}
	if copied {
		r.recycle(part)
	}
	return false
}

// part returns a batch of the spans of b from number from to before number to, as
// many as fit.
func (r *Batching) part(b *batch, from, to int) *batch {
	part := r.store.get()
	part.reset(b.process, 0)
	part.fill(b, from, to, r.maxBatch()-r.enc.tailMax)
	return part
}
