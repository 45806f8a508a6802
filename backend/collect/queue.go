// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// parcel is what Take was given, when it has been validated.
type parcel struct {
	td      ptrace.Traces
	encoded []trace.Encoded // instead of td
	spans   int
	memory  int64
	mended  int
	refused []trace.Refused
	into    *batch // that it is written with, when it is queued
}

// batch is what is written at once.
type batch struct {
	td      ptrace.Traces
	encoded []trace.Encoded // as well as td
	spans   int
	saved   int // of spans
	refused *store.RefusedError
	memory  int64
	began   time.Time
	settled chan struct{} // closed when it is known what became of it
	lost    bool          // that the store has not taken it; set before settled is closed
}

// queue holds the batches that wait, the last of which may be filling, and counts
// what waits: the batch being written, too.
type queue struct {
	batches []*batch
	spans   int
	memory  int64
}

// hasRoom reports whether p may be queued, or for a nil p whether anything may.
func (q *queue) hasRoom(limits *Config, p *parcel) bool {
	if q.spans == 0 {
		return true
	}
	if p == nil {
		return q.spans < limits.QueueSpans && q.memory < limits.QueueBytes
	}
	if p.spans == 0 {
		return true
	}
	return q.spans+p.spans <= limits.QueueSpans && q.memory+p.memory <= limits.QueueBytes
}

// push appends p to the last batch, or to a new one when that has batchSpans. It
// reports whether the writer should look: a batch has begun, or is complete.
func (q *queue) push(p *parcel, batchSpans int) (news bool) {
	n := len(q.batches)
	if n == 0 || q.batches[n-1].spans >= batchSpans {
		q.batches = append(q.batches, &batch{td: ptrace.NewTraces(), began: time.Now(), settled: make(chan struct{})})
		news = true
		n++
	}
	b := q.batches[n-1]
	p.into = b
	if p.encoded != nil {
		b.encoded = append(b.encoded, p.encoded...)
	} else {
		p.td.ResourceSpans().MoveAndAppendTo(b.td.ResourceSpans())
	}
	b.spans += p.spans
	b.memory += p.memory
	q.spans += p.spans
	q.memory += p.memory
	return news || b.spans >= batchSpans
}

// pop takes the first batch, if it is complete or at least delay old. Otherwise it
// returns how long that will take, or a negative time when nothing waits.
func (q *queue) pop(batchSpans int, delay time.Duration) (b *batch, wait time.Duration) {
	if len(q.batches) == 0 {
		return nil, -1
	}
	b = q.batches[0]
	if age := time.Since(b.began); b.spans < batchSpans && age < delay {
		return nil, delay - age
	}
	q.batches[0] = nil
	q.batches = q.batches[1:]
	return b, 0
}

// settle takes a batch that was popped out of the count. It is false when drop
// has done so.
func (q *queue) settle(b *batch) bool {
	if q.spans == 0 {
		return false
	}
	q.spans -= b.spans
	q.memory -= b.memory
	return true
}

// drop empties the queue, and returns how many spans waited.
func (q *queue) drop() (spans int) {
	spans = q.spans
	*q = queue{}
	return spans
}
