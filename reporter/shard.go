// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"sync"

	"github.com/go-spur/spur/model"
)

// shard is one of the batches under construction. Several exist so that
// goroutines on different processors do not wait for each other.
type shard struct {
	mu     sync.Mutex
	batch  *batch // nil when there is none
	closed bool   // by Close: no more spans
	late   uint64 // spans that came after that

	_ [88]byte // a shard fills two cache lines, which it shares with nothing
}

// add puts s behind the last span of sh: encoded, which the caller may have made of
// it, or when nil what it makes itself. It returns false, and has changed nothing,
// when s alone is larger than a batch.
func (r *Batching) add(sh *shard, s *model.Span, encoded []byte) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.closed {
		sh.late++
		return true
	}
	most := r.maxBatch()
	limit := min(most, chunk)
	b := r.openLocked(sh, s.Process, limit)
	var buf []byte
	if encoded == nil {
		buf = r.enc.span(b.buf, s)
	} else {
		buf = append(b.buf, encoded...)
	}
	if len(buf)+r.enc.tailMax <= limit {
		b.accept(buf, limit+spareRoom)
		if b.len() == r.most {
			r.shipLocked(b, limit)
			sh.batch = nil
		}
		return true
	}
	return r.overflowLocked(sh, buf[len(b.buf):], limit, most)
}

// openLocked returns sh's batch, ready for another span of p; a batch of another
// process goes to the queue. The caller holds sh.mu.
func (r *Batching) openLocked(sh *shard, p *model.Process, limit int) *batch {
	b := sh.batch
	switch {
	case b != nil && b.process.of == p:
	case b != nil && b.len() == 0:
		b.reset(r.process(p), 0)
	default:
		if b != nil {
			r.shipLocked(b, limit)
		}
		b = r.store.get()
		b.reset(r.process(p), min(firstRoom, limit+spareRoom))
	}
	sh.batch = b
	b.reserve(limit + spareRoom)
	return b
}

// overflowLocked starts the next batch with span, which did not fit behind the
// others of sh's batch, and sends that one on its way. A span that alone is larger
// than limit goes on its way by itself. It returns false, and has changed nothing,
// when that is more than most, what the transport takes. The caller holds sh.mu.
func (r *Batching) overflowLocked(sh *shard, span []byte, limit, most int) bool {
	full := sh.batch
	need := full.process.headroom + len(span) + r.enc.tailMax
	if need > most {
		return false
	}
	if need > limit {
		giant := new(batch)
		giant.reset(full.process, need)
		giant.append(span, need)
		r.shipLocked(giant, limit)
		return true
	}
	// span may lie behind the end of full's buffer, where the sender writes the
	// tail: copy it before the sender can have full.
	next := r.store.get()
	next.reset(full.process, limit+spareRoom) // it will be full too
	next.append(span, limit+spareRoom)
	r.shipLocked(full, limit)
	sh.batch = next
	return true
}

// shipLocked gives b to the queue, or drops it when there is no room. The caller
// holds the mutex of the shard that b comes from.
func (r *Batching) shipLocked(b *batch, limit int) {
	capacity := limit + spareRoom
	if need := len(b.buf) + r.enc.tailMax; 2*need < cap(b.buf) {
		// Hardly filled (two processes by turns, or a giant span behind it): let
		// it not wait in a buffer for a whole batch.
		small := &batch{process: b.process, buf: append(make([]byte, 0, need), b.buf...), starts: append([]int32(nil), b.starts...)}
		r.store.put(b, capacity)
		b = small
	}
	if r.store.push(b) {
		r.wakeUp()
	} else {
		r.store.put(b, capacity)
	}
}

// take gives the sender the batch of sh, which may not be full, or nil when there
// are no spans.
func (r *Batching) take(sh *shard) *batch {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	b := sh.batch
	if b == nil || b.len() == 0 {
		return nil
	}
	r.store.take(b)
	sh.batch = nil
	return b
}

// close makes sh count the spans that still come.
func (sh *shard) close() {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.closed = true
}
