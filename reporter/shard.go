// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"runtime"
	"sync"
	"unsafe"

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

// lockShard returns a shard that it has locked: the one that s is for, or else one that
// nobody has.
//
// A tracer uses the same model.Span again and again on a processor, so its address says which
// one this is: processors seldom meet, and each fills one batch.
func (r *Batching) lockShard(s *model.Span) *shard {
	const spread = 0x9e3779b9 // 2³² ÷ the golden ratio
	at := uint64(uint32(uintptr(unsafe.Pointer(s))>>5) * spread)
	sh := r.shards[at*uint64(len(r.shards))>>32]
	if sh.mu.TryLock() {
		return sh
	}
	return r.lockAny(sh)
}

// lockAny locks a shard that nobody has. Those who have them all gave way to others in the
// middle, so it does, too, but not for ever: then it waits for one. A mutex that is waited
// for is handed to whoever waits, long before his turn comes, and nobody gets on.
func (r *Batching) lockAny(last *shard) *shard {
	for range maxYields {
		for _, sh := range r.shards {
			if sh.mu.TryLock() {
				return sh
			}
		}
		runtime.Gosched()
	}
	last.mu.Lock()
	return last
}

// maxYields is how often a goroutine gives way to others that have all shards before it waits
// for one of them.
const maxYields = 100

// add puts s behind the last span of a shard: encoded, which the caller may have made of it,
// or when nil what add makes itself. It returns false, and has changed nothing, when s alone
// is larger than a batch.
//
// Memory is got without a lock, because the garbage collector may stop who asks for it.
func (r *Batching) add(s *model.Span, encoded []byte) bool {
	var fresh *batch
	for {
		fits, room := r.tryAdd(s, encoded, &fresh)
		if fresh != nil { // not what is needed by now
			r.store.put(fresh, chunk+spareRoom)
			fresh = nil
		}
		if room == 0 {
			return fits
		}
		fresh = r.store.get()
		fresh.reset(r.process(s.Process), room)
	}
}

func (r *Batching) tryAdd(s *model.Span, encoded []byte, fresh **batch) (fits bool, room int) {
	sh := r.lockShard(s)
	defer sh.mu.Unlock()
	return r.addLocked(sh, s, encoded, fresh)
}

// addLocked is add for sh, if it can do with fresh, an empty batch of the same process or nil,
// which it may take or exchange. Otherwise it returns the room that the batch must have, and
// has changed nothing. The caller holds sh.mu.
func (r *Batching) addLocked(sh *shard, s *model.Span, encoded []byte, fresh **batch) (fits bool, room int) {
	if sh.closed {
		sh.late++
		return true, 0
	}
	most := r.maxBatch()
	limit := min(most, chunk)
	if room := r.openLocked(sh, s.Process, limit, fresh); room > 0 {
		return false, room
	}
	b := sh.batch
	var buf []byte
	if encoded == nil {
		buf = r.enc.span(b.buf, s)
	} else {
		buf = append(b.buf, encoded...)
	}
	if len(buf)+r.enc.tailMax > limit {
		return r.overflowLocked(sh, buf[len(b.buf):], limit, most, fresh)
	}
	b.accept(buf, limit+spareRoom)
	if b.len() == r.most {
		r.shipLocked(b, limit)
		sh.batch = nil
	}
	return true, 0
}

// openLocked sees to it that sh's batch is ready for another span of p; a batch of another
// process goes to the queue. Otherwise it returns the room that fresh must have. The caller
// holds sh.mu.
func (r *Batching) openLocked(sh *shard, p *model.Process, limit int, fresh **batch) (room int) {
	b, capacity := sh.batch, limit+spareRoom
	if b == nil || b.process.of != p {
		if *fresh == nil {
			return min(firstRoom, capacity)
		}
		if b != nil && b.len() > 0 {
			r.shipLocked(b, limit)
			b = nil
		}
		sh.batch, *fresh = *fresh, b
		b = sh.batch
	}
	if cap(b.buf)-len(b.buf) >= minRoom || cap(b.buf) >= capacity {
		return 0
	}
	if room = min(2*cap(b.buf), capacity); *fresh == nil || cap((*fresh).buf) < room {
		return room
	}
	sh.batch, *fresh = *fresh, b
	sh.batch.buf = append(sh.batch.buf[:0], b.buf...)
	sh.batch.starts = append(sh.batch.starts[:0], b.starts...)
	return 0
}

// overflowLocked starts the next batch with span, which did not fit behind the
// others of sh's batch, and sends that one on its way. A span that alone is larger
// than limit goes on its way by itself. It returns false, and has changed nothing,
// when that is more than most, what the transport takes, or with the room that fresh must
// have. The caller holds sh.mu.
func (r *Batching) overflowLocked(sh *shard, span []byte, limit, most int, fresh **batch) (fits bool, room int) {
	full, capacity := sh.batch, limit+spareRoom
	need := full.process.headroom + len(span) + r.enc.tailMax
	if need > most {
		return false, 0
	}
	if need > limit {
		giant := &batch{process: full.process, starts: []int32{int32(full.process.headroom)}}
		giant.buf = append(make([]byte, full.process.headroom, need), span...)
		r.shipLocked(giant, limit)
		return true, 0
	}
	next := *fresh
	if next == nil || cap(next.buf) < capacity {
		return false, capacity // it will be full too
	}
	// span may lie behind the end of full's buffer, where the sender writes the
	// tail: copy it before the sender can have full.
	next.append(span, capacity)
	r.shipLocked(full, limit)
	sh.batch, *fresh = next, nil
	return true, 0
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
