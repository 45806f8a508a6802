// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/transport"
)

// minWaiting is how many batches may wait whatever the limits say: with fewer, a
// limit below the size of one batch would drop everything.
const minWaiting = 2

// store is what shards and the sender share: the batches that wait, buffers to
// use again, and every column of the books but the spans in the shards. One
// mutex guards it all, so that no span is ever in two columns or in none.
type store struct {
	maxSpans  uint64
	maxMemory int64
	single    bool // each batch is a request: none is put together with others

	// crowded asks a Report for a Gosched: half of the room is taken, and the sender
	// is not even at work.
	crowded atomic.Bool

	mu     sync.Mutex
	queue  []*batch // what waits, from first on
	first  int
	pushed uint64 // batches that ever waited
	popped uint64 // of them, how many the sender has taken
	size   int    // bytes of the spans in queue
	ledger

	free       []*batch
	freeMemory int64
	freeLow    int // fewest free buffers since the last tick
}

// newStore returns a store whose lists usually have no need to grow: whoever holds the mutex
// should not have to wait for memory.
func newStore(o *BatchingOptions) store {
	const usual = 512 // of the largest datagrams DefaultQueueBytes holds 250
	return store{
		maxSpans: uint64(o.QueueSpans), maxMemory: int64(o.QueueBytes), single: o.BatchSpans > 0,
		queue: make([]*batch, 0, usual), free: make([]*batch, 0, usual),
	}
}

// ledger holds the books of a store.
type ledger struct {
	waiting  uint64 // spans in queue
	sending  uint64 // spans that the sender has taken and not settled
	unproven uint64 // spans of the batch accepted last, while it may turn out lost
	memory   int64  // of the batches in queue and with the sender

	sent, unconfirmed uint64
	dropped           [NumReasons]uint64
	abandoned         uint64 // of unconfirmed and dropped: because Close had no more time
	retries           uint64
	lastError         string // without its hint
	lastErrorTime     time.Time
	lastHint          string // of lastError
	troubled          bool   // nothing was accepted since lastError
}

// losses are the columns of what did not arrive for sure.
func (c *ledger) losses() (n [numLosses]uint64) {
	copy(n[:], c.dropped[:])
	n[unconfirmedLoss] = c.unconfirmed
	return n
}

// explained is the last error and what is probably wrong.
func (c *ledger) explained() string {
	if c.lastHint == "" {
		return c.lastError
	}
	return c.lastError + "; " + c.lastHint
}

func (s *store) books() ledger {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger
}

// get returns an empty batch of any capacity, without a process.
func (s *store) get() *batch {
	var b *batch
	s.mu.Lock()
	if n := len(s.free); n > 0 {
		b = s.free[n-1]
		s.free[n-1], s.free = nil, s.free[:n-1]
		s.freeMemory -= b.memory()
		s.freeLow = min(s.freeLow, n-1)
	}
	s.mu.Unlock()
	if b == nil {
		b = new(batch)
	}
	return b
}

// put takes back a batch that is no longer needed. It is used again, unless its buffer
// is above capacity, or another is free and with what waits all would take more than
// maxMemory.
func (s *store) put(b *batch, capacity int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.memory -= b.booked
	b.booked, b.process = 0, nil
	m := b.memory()
	if cap(b.buf) > capacity || len(s.free) > 0 && s.memory+s.freeMemory+m > s.maxMemory {
		return
	}
	s.free = append(s.free, b)
	s.freeMemory += m
}

// shed gives up half of the free buffers that nobody needed since it was called
// last.
func (s *store) shed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range (s.freeLow + 1) / 2 {
		n := len(s.free) - 1
		s.freeMemory -= s.free[n].memory()
		s.free[n], s.free = nil, s.free[:n]
	}
	s.freeLow = len(s.free)
}

// push lets b wait for the sender and returns true, or counts its spans as
// dropped and returns false.
func (s *store) push(b *batch) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	spans, m := uint64(b.len()), b.memory()
	if len(s.queue)-s.first >= minWaiting && (s.waiting+spans > s.maxSpans || s.memory+m > s.maxMemory) {
		s.dropped[QueueFull] += spans
		return false
	}
	if s.first > 64 && s.first > len(s.queue)/2 {
		n := copy(s.queue, s.queue[s.first:])
		clear(s.queue[n:])
		s.queue, s.first = s.queue[:n], 0
	}
	s.queue = append(s.queue, b)
	s.pushed++
	s.waiting += spans
	s.size += b.size()
	s.bookLocked(b, m)
	if s.sending == 0 && len(s.queue)-s.first >= minWaiting && s.halfLocked() {
		s.crowded.Store(true)
	}
	return true
}

// halfLocked says whether half of the room is taken. The caller holds s.mu.
func (s *store) halfLocked() bool {
	return 2*s.waiting > s.maxSpans || 2*s.memory > s.maxMemory
}

// enough says whether what waits is worth a request of at most most bytes: another
// chunk would not fit, or must not, or half of the room is taken.
func (s *store) enough(most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first < len(s.queue) && (s.single || s.size > most-chunk || s.halfLocked())
}

// pop gives the sender the batch that waited longest, or nil when none is left
// of those pushed before the mark. Of p, unless that is nil, it must be, and its
// spans may have room bytes at most; else nil is returned, too.
func (s *store) pop(mark uint64, p *process, room int) *batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.popped >= mark || s.first == len(s.queue) {
		return nil
	}
	b := s.queue[s.first]
	if p != nil && (b.process != p || b.size() > room) {
		return nil
	}
	s.queue[s.first] = nil
	if s.first++; s.first == len(s.queue) {
		s.queue, s.first = s.queue[:0], 0
	}
	s.popped++
	s.waiting -= uint64(b.len())
	s.size -= b.size()
	s.sending += uint64(b.len())
	return b
}

// mark is what pop needs to return everything that waits now.
func (s *store) mark() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pushed
}

// take gives the sender b, which comes from a shard that the caller has locked.
func (s *store) take(b *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sending += uint64(b.len())
	s.bookLocked(b, b.memory())
}

func (s *store) rebook(b *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bookLocked(b, b.memory())
}

// dropNew counts a span as dropped that was in no column before.
func (s *store) dropNew(why Reason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropped[why]++
}

// giveUp counts n spans that the sender has as dropped, or as unconfirmed when an
// attempt at them was written and went unanswered.
func (s *store) giveUp(n int, unanswered bool, why Reason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.giveUpLocked(uint64(n), unanswered, why)
}

func (s *store) giveUpLocked(spans uint64, unanswered bool, why Reason) {
	s.sending -= spans
	if unanswered {
		s.unconfirmed += spans
	} else {
		s.dropped[why] += spans
	}
	if why == Closed {
		s.abandoned += spans
	}
}

// note keeps an error's text and hint, unless there was none.
func (s *store) note(a *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noteLocked(a)
}

func (s *store) noteLocked(a *answer) {
	if a.text != "" {
		s.lastError, s.lastErrorTime, s.lastHint, s.troubled = a.text, time.Now(), a.Hint, true
	}
}

func (s *store) retry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retries++
}

// settle books what became of n spans that the sender has. With a Confirmer,
// accepted ones stay buffered until prove, and what was TooLarge with the sender.
func (s *store) settle(n int, res *result, unanswered, confirmer bool) {
	spans, a := uint64(n), &res.last
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noteLocked(a)
	switch a.Kind {
	case transport.TooLarge:
		return
	case transport.Retryable:
		s.giveUpLocked(spans, unanswered, res.giveUp)
		return
	case transport.Accepted:
		s.troubled = a.text != ""
		s.sent += s.unproven
		s.unproven = spans
		if !confirmer {
			s.sent, s.unproven = s.sent+spans, 0
		}
	case transport.Partial:
		rejected := min(uint64(max(a.Rejected, 0)), spans)
		s.dropped[Rejected] += rejected
		s.sent += spans - rejected
	case transport.Unconfirmed:
		s.unconfirmed += spans
	case transport.Refused:
		s.dropped[Rejected] += spans
	default:
		s.giveUpLocked(spans, unanswered, SendError)
		return
	}
	s.sending -= spans
}

// prove moves the batch accepted last to where it belongs, now that this is known:
// one of the columns of s.
func (s *store) prove(column *uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*column, s.unproven = *column+s.unproven, 0
}

// writeOff drops all that the sender has, because it failed. The text says why,
// unless it is empty.
func (s *store) writeOff(why Reason, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.giveUpLocked(s.sending, false, why)
	s.memory = 0
	for _, b := range s.queue[s.first:] {
		s.memory += b.booked
	}
	s.noteLocked(&answer{text: text})
}

// bookLocked enters b's memory. The caller holds s.mu.
func (s *store) bookLocked(b *batch, memory int64) {
	s.memory += memory - b.booked
	b.booked = memory
}
