// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"iter"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
)

// data is everything that a store holds.
type data struct {
	traces  map[pcommon.TraceID]*entry
	order   order
	chunks  []*chunk // oldest first; the last is the one being filled
	archive []*chunk // likewise; of spans that are kept

	chunkBytes   int
	spans, bytes int64

	// Traces by their last write, and its number.
	first, last *entry
	seq         uint64
	lostSeq     uint64 // of the last write to a trace that is gone
}

func (d *data) reset(chunkBytes int) {
	*d = data{
		traces: map[pcommon.TraceID]*entry{}, chunks: []*chunk{newChunk(1, false, chunkBytes)}, archive: []*chunk{newChunk(1, true, chunkBytes)},
		chunkBytes: chunkBytes, seq: d.seq, lostSeq: d.seq,
	}
}

// entry returns the trace with the id, which it makes when there is none.
func (d *data) entry(id pcommon.TraceID) *entry {
	e := d.traces[id]
	if e == nil {
		e = &entry{id: id, start: noTime}
		d.traces[id] = e
		d.bytes += traceOverhead
	}
	return e
}

// sort puts e where it belongs in the order, after its spans have changed.
func (d *data) sort(e *entry) {
	at := int64(e.start)
	if e.sorted && e.sortedAt == at {
		return
	}
	d.unsort(e)
	e.sorted, e.sortedAt = true, at
	d.order.insert(place{store.Position{Key: at, ID: e.id}, e})
}

func (d *data) unsort(e *entry) {
	if e.sorted {
		d.order.remove(store.Position{Key: e.sortedAt, ID: e.id})
		e.sorted = false
	}
}

// touch makes e the trace that was last written to.
func (d *data) touch(e *entry) {
	d.seq++
	e.seq = d.seq
	if d.last == e {
		return
	}
	d.unlink(e)
	e.prev = d.last
	if d.last != nil {
		d.last.next = e
	} else {
		d.first = e
	}
	d.last = e
}

func (d *data) unlink(e *entry) {
	switch {
	case e.prev != nil:
		e.prev.next = e.next
	case d.first == e:
		d.first = e.next
	}
	switch {
	case e.next != nil:
		e.next.prev = e.prev
	case d.last == e:
		d.last = e.prev
	}
	e.prev, e.next = nil, nil
}

// forget removes a trace that has no spans any more.
func (d *data) forget(e *entry) {
	d.unlink(e)
	d.unsort(e)
	delete(d.traces, e.id)
	d.bytes -= traceOverhead
	d.lostSeq = max(d.lostSeq, e.seq)
}

// evict removes the oldest chunks until the data takes at most maxBytes, and
// returns how many spans went. It leaves the chunk that is being filled.
func (d *data) evict(maxBytes int64) (spans int64) {
	for d.bytes > maxBytes && len(d.chunks) > 1 {
		c := d.chunks[0]
		d.chunks[0] = nil
		d.chunks = d.chunks[1:]
		d.bytes -= int64(c.bytes)
		for r := range c.records() {
			e := d.traces[r.trace]
			if e == nil || e.swept == c.number {
				continue
			}
			e.swept = c.number
			spans += int64(e.remove(c))
			if len(e.refs) == 0 {
				d.forget(e)
			} else {
				d.sort(e)
			}
		}
	}
	d.spans -= spans
	return spans
}

// oldest returns the start of the oldest span that is not archived, or noTime.
func (d *data) oldest() uint64 {
	oldest := uint64(noTime)
	for _, c := range d.chunks {
		oldest = min(oldest, c.oldest)
	}
	return oldest
}

// eachChunk returns all chunks.
func (d *data) eachChunk() iter.Seq[*chunk] {
	return func(yield func(*chunk) bool) {
		for _, chunks := range [][]*chunk{d.archive, d.chunks} {
			for _, c := range chunks {
				if !yield(c) {
					return
				}
			}
		}
	}
}
