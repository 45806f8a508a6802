// SPDX-License-Identifier: Apache-2.0

package reporter

import "math"

// What follows makes one request of several batches, on the sender's goroutine.

// gather returns a batch of open, which may be nil, and of what waits now, after
// it has sent what exceeds one request.
func (r *Batching) gather(open *batch) *batch {
	mark := r.store.mark()
	for b := r.store.pop(mark, nil, 0); b != nil; b = r.store.pop(mark, nil, 0) {
		switch {
		case open == nil:
			open = b
		case open.process == b.process && b.size() <= r.room(open):
			open = r.join(open, b)
		default:
			r.deliver(open)
			open = b
		}
	}
	return open
}

// sendNext sends one request: the batch that waits longest, and the next ones as
// far as they fit. False says that none waits.
func (r *Batching) sendNext() bool {
	open := r.store.pop(math.MaxUint64, nil, 0)
	if open == nil {
		return false
	}
	for {
		b := r.store.pop(math.MaxUint64, open.process, r.room(open))
		if b == nil {
			break
		}
		open = r.join(open, b)
	}
	r.deliver(open)
	return true
}

// merge returns a batch with the spans of both, after it has sent what exceeds one
// request. Unlike gather it fills that one to the brim. open may be nil.
func (r *Batching) merge(open, part *batch) *batch {
	if open == nil {
		return part
	}
	if open.process != part.process || r.store.single {
		r.deliver(open)
		return part
	}
	if part.size() <= r.room(open) {
		return r.join(open, part)
	}
	open = r.widen(open, r.room(open))
	from := open.fill(part, 0, part.len(), r.maxBatch()-r.enc.tailMax)
	r.store.rebook(open)
	r.deliver(open)
	if from == 0 {
		return part
	}
	rest := r.store.get()
	rest.reset(part.process, 0)
	rest.fill(part, from, part.len(), math.MaxInt-spareRoom)
	r.recycle(part)
	r.store.rebook(rest)
	return rest
}

// room is how many bytes of spans b can take before it is as large as a request
// may be.
func (r *Batching) room(b *batch) int {
	if r.store.single {
		return 0
	}
	return r.maxBatch() - r.enc.tailMax - len(b.buf)
}

// join appends all of part, which fits, and returns the batch that open is then.
func (r *Batching) join(open, part *batch) *batch {
	open = r.widen(open, part.size())
	open.join(part, r.maxBatch()+spareRoom)
	r.recycle(part)
	r.store.rebook(open)
	return open
}

// widen returns open itself, or when more bytes make it larger than a chunk, its
// spans in a buffer for a whole request, of which one is kept.
func (r *Batching) widen(open *batch, more int) *batch {
	if need := len(open.buf) + more; need <= cap(open.buf) || need <= chunk+spareRoom {
		return open
	}
	wide := r.wide
	if r.wide = nil; wide == nil {
		wide = new(batch)
	}
	capacity := r.maxBatch() + spareRoom
	wide.reset(open.process, capacity)
	wide.join(open, capacity)
	r.recycle(open)
	r.widened = true
	return wide
}

// recycle lets a batch be used again whose spans are settled or copied.
func (r *Batching) recycle(b *batch) {
	most := r.maxBatch() + spareRoom
	limit := min(most, chunk+spareRoom)
	size := cap(b.buf)
	r.store.put(b, limit)
	if size > limit && size <= most && r.wide == nil {
		r.wide = b // which is too large for the store to have kept it
	}
}

// shed gives up buffers that were not needed lately.
func (r *Batching) shed() {
	r.store.shed()
	if !r.widened {
		r.wide = nil
	}
	r.widened = false
}
