// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// ref is where a span lies.
type ref struct {
	chunk  *chunk
	record *record
	hash   uint32 // lower half of record.hash
	named  uint32 // index of its name in the chunk
}

func (r ref) name() *name { return &r.chunk.names[r.named] }

func (r ref) encoded() trace.Encoded { return r.chunk.encoded(r.record) }

func (r *record) duration() int64 { return int64(min(r.end-r.start, math.MaxInt64)) }

// entry is a trace. It is never empty while it is in a data.
type entry struct {
	id   pcommon.TraceID
	refs []ref

	// When there are more than maxUnindexed refs, index has the places of all by
	// hash, counted from the first that ever was; base is that of refs[0].
	index map[uint64]uint64
	base  uint64

	start, end uint64 // of the earliest and the latest span
	lastStart  uint64 // the latest start

	sorted     bool   // it is in data.order,
	sortedAt   int64  // at this Position.Key
	seq        uint64 // of its last write
	prev, next *entry // by seq
	swept      uint64 // number of the last chunk that was removed from it
}

// find returns the index in refs of a span with the hash.
func (e *entry) find(hash uint64) (int, bool) {
	if e.index != nil {
		place, ok := e.index[hash]
		return int(place - e.base), ok
	}
	for i, r := range e.refs {
		if r.hash == uint32(hash) && r.record.hash == hash {
			return i, true
		}
	}
	return 0, false
}

// add adds a span that the trace does not have.
func (e *entry) add(r ref) {
	e.refs = append(e.refs, r)
	if e.index != nil {
		e.index[r.record.hash] = e.base + uint64(len(e.refs)-1)
	} else {
		e.makeIndex()
	}
	e.extend(r.record)
}

// about reports whether spans may start in a window (Window.Nanos).
func (e *entry) about(start, end uint64) bool {
	return e.lastStart >= start && (e.start < end || end == noTime)
}

func (e *entry) makeIndex() {
	e.index, e.base = nil, 0
	if len(e.refs) <= maxUnindexed {
		return
	}
	e.index = make(map[uint64]uint64, 2*len(e.refs))
	for i, r := range e.refs {
		e.index[r.record.hash] = uint64(i)
	}
}

func (e *entry) extend(r *record) {
	e.start, e.end, e.lastStart = min(e.start, r.start), max(e.end, r.end), max(e.lastStart, r.start)
}

// remove removes the spans of a chunk and returns their number.
func (e *entry) remove(c *chunk) int {
	before := len(e.refs)
	in := func(r ref) bool { return r.chunk == c }
	// Usually they are the first: only archived ones can be before them.
	for len(e.refs) > 0 && in(e.refs[0]) {
		delete(e.index, e.refs[0].record.hash)
		e.refs[0] = ref{}
		e.refs = e.refs[1:]
		e.base++
	}
	if slices.ContainsFunc(e.refs, in) {
		e.refs = slices.DeleteFunc(e.refs, in)
		e.makeIndex()
	}
	e.start, e.end, e.lastStart = noTime, 0, 0
	for _, r := range e.refs {
		e.extend(r.record)
	}
	return before - len(e.refs)
}
