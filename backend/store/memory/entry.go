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
	chunk *chunk
	index uint32
	hash  uint32 // lower half of record.hash
}

func (r ref) record() *record { return &r.chunk.records[r.index] }

func (r ref) name() *name { return &r.chunk.names[r.record().name] }

func (r ref) encoded() trace.Encoded { return r.chunk.encoded(r.record()) }

func (r *record) duration() int64 { return int64(min(r.end-r.start, math.MaxInt64)) }

// entry is a trace. It is never empty while it is in a data.
type entry struct {
	id    pcommon.TraceID
	refs  []ref
	index map[uint64]uint32 // of refs by hash, when there are more than maxUnindexed

	start, end uint64 // of the earliest and the latest span
	lastStart  uint64 // the latest start

	slot       int    // in data.all
	seq        uint64 // of its last write
	prev, next *entry // by seq
	swept      uint64 // number of the last chunk that was removed from it
}

// find returns the index of the ref of a span with the hash.
func (e *entry) find(hash uint64) (int, bool) {
	if e.index != nil {
		i, ok := e.index[hash]
		return int(i), ok
	}
	for i, r := range e.refs {
		if r.hash == uint32(hash) && r.record().hash == hash {
			return i, true
		}
	}
	return 0, false
}

// add adds a span that the trace does not have.
func (e *entry) add(r ref) {
	e.refs = append(e.refs, r)
	if e.index != nil {
		e.index[r.record().hash] = uint32(len(e.refs) - 1)
	} else {
		e.makeIndex()
	}
	e.extend(r.record())
}

func (e *entry) makeIndex() {
	if len(e.refs) <= maxUnindexed {
		return
	}
	e.index = make(map[uint64]uint32, 2*len(e.refs))
	for i, r := range e.refs {
		e.index[r.record().hash] = uint32(i)
	}
}

func (e *entry) extend(r *record) {
	e.start, e.end, e.lastStart = min(e.start, r.start), max(e.end, r.end), max(e.lastStart, r.start)
}

// remove removes the spans of a chunk and returns their number.
func (e *entry) remove(c *chunk) int {
	before := len(e.refs)
	e.refs = slices.DeleteFunc(e.refs, func(r ref) bool { return r.chunk == c })
	e.index, e.start, e.end, e.lastStart = nil, noTime, 0, 0
	for _, r := range e.refs {
		e.extend(r.record())
	}
	e.makeIndex()
	return before - len(e.refs)
}
