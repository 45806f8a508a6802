// SPDX-License-Identifier: Apache-2.0

package reporter

import "slices"

const (
	firstRoom = 16 << 10 // capacity of a first buffer; it doubles as it fills
	spareRoom = 4 << 10  // capacity beyond the limit, where the span that fits no more is encoded
	minRoom   = 1 << 10  // capacity that Report wants to see before it encodes

	// chunk is how large a shard's batch becomes at most: an eighth of a usual HTTP
	// request, for which the sender puts several together.
	chunk = 125_000

	// smallSpan is how large an encoded span usually is at least.
	smallSpan = 64

	batchOverhead = 128 // of a batch beside its slices, in bytes
)

// batch is spans of one process, encoded:
//
//	buf: | headroom | span | span | … |
//
// It is owned by a shard, then by the store, then by the sender.
type batch struct {
	process *process
	buf     []byte
	starts  []int32 // where in buf each span begins
	booked  int64   // what the store's books hold as its memory

	attempts attempts
}

// reset makes b empty, for spans of p, with a buffer of at least the given
// capacity.
func (b *batch) reset(p *process, capacity int) {
	b.process, b.starts, b.attempts = p, b.starts[:0], attempts{}
	if capacity = max(capacity, p.headroom); cap(b.buf) < capacity {
		b.buf = make([]byte, p.headroom, capacity)
		b.starts = make([]int32, 0, capacity/smallSpan)
	}
	b.buf = b.buf[:p.headroom]
}

// accept makes buf, which is b.buf with one more span behind, the new buffer.
func (b *batch) accept(buf []byte, capacity int) {
	b.starts = append(b.starts, int32(len(b.buf)))
	grown := cap(buf) != cap(b.buf)
	b.buf = buf
	if grown && cap(buf) > capacity {
		b.move(capacity)
	}
}

// move takes b to a buffer of the given capacity, unless its spans need more.
func (b *batch) move(capacity int) {
	buf := make([]byte, len(b.buf), max(capacity, len(b.buf)))
	copy(buf, b.buf)
	b.buf = buf
}

// grow makes room for more bytes, by doubling as far as capacity.
func (b *batch) grow(more, capacity int) {
	if need := len(b.buf) + more; need > cap(b.buf) {
		b.move(max(need, min(2*cap(b.buf), capacity)))
	}
}

func (b *batch) append(span []byte, capacity int) {
	b.grow(len(span), capacity)
	b.starts = append(b.starts, int32(len(b.buf)))
	b.buf = append(b.buf, span...)
}

func (b *batch) size() int { return len(b.buf) - b.process.headroom }

func (b *batch) len() int { return len(b.starts) }

func (b *batch) span(i int) []byte {
	if i+1 < len(b.starts) {
		return b.buf[b.starts[i]:b.starts[i+1]]
	}
	return b.buf[b.starts[i]:]
}

// fill copies the spans of src from number from to before number to to the end of
// b, as many as let b's buffer not exceed limit. It returns the number of the next
// one.
func (b *batch) fill(src *batch, from, to, limit int) int {
	for ; from < to; from++ {
		span := src.span(from)
		if len(b.buf)+len(span) > limit {
			break
		}
		b.append(span, limit+spareRoom)
	}
	return from
}

// join copies all spans of src, which has the same process, to the end of b.
func (b *batch) join(src *batch, capacity int) {
	from := src.process.headroom
	b.grow(src.size(), capacity)
	shift := int32(len(b.buf) - from)
	b.starts = slices.Grow(b.starts, len(src.starts))
	for _, start := range src.starts {
		b.starts = append(b.starts, start+shift)
	}
	b.buf = append(b.buf, src.buf[from:]...)
}

func (b *batch) memory() int64 {
	return batchOverhead + int64(cap(b.buf)) + 4*int64(cap(b.starts))
}

// seal writes the head, which it makes in scratch, in front of the spans and the tail
// behind them, and returns the message: valid until b changes. It fills in e's process,
// spans and size. b can be sealed again.
func (b *batch) seal(enc *encoding, e *envelope, scratch *[]byte) []byte {
	e.process, e.spans, e.size = b.process.bytes, b.len(), b.size()
	head := enc.head((*scratch)[:0], e)
	*scratch = head
	start := b.process.headroom - len(head)
	copy(b.buf[start:], head)
	return enc.tail(b.buf, e)[start:]
}
