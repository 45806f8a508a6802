// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"slices"
	"time"

	"github.com/go-spur/spur/internal/spantree"
	"github.com/go-spur/spur/model"
)

// When so much waits, traces are drawn before they are complete; what comes when it
// is twice as much is dropped.
const (
	manyTraces = 1000
	manySpans  = 1000 // of a trace
	manyBytes  = 8 << 20
)

const (
	lateWait = time.Second // after the last span of a trace whose root was drawn
	rootWait = time.Minute // after the last span of one whose root has not finished
)

// consoleQueue is what waits to be drawn. Spans wait for their local root.
type consoleQueue struct {
	traces map[model.TraceID]*consoleTrace
	ready  []*consoleTrace
	spans  int
	bytes  int
}

// consoleTrace is the spans of a trace that were not drawn yet.
type consoleTrace struct {
	spans []model.Span
	last  time.Time // when the last one came
	ready bool      // it is in the queue's list
	whole bool      // to be drawn whole, with or without a root
	drawn bool      // a root was
}

// overdue says whether t has waited long enough for more. One without spans is only
// remembered for being drawn.
func (t *consoleTrace) overdue(now time.Time) bool {
	wait := rootWait
	if t.drawn {
		wait = lateWait
	}
	return now.Sub(t.last) >= wait
}

// isLocalRoot says whether s is the first span of a trace in its process.
func isLocalRoot(s *model.Span) bool { return s.ParentID == 0 || s.ParentRemote }

// add takes s, and returns false if there is no room.
func (q *consoleQueue) add(s model.Span, now time.Time) bool {
	size := consoleSize(&s)
	if len(q.ready) == 0 && (len(q.traces) >= manyTraces || q.bytes+size > manyBytes) {
		q.hurry(nil)
	}
	t := q.traces[s.TraceID]
	if q.bytes+size > 2*manyBytes || t == nil && len(q.traces) >= 2*manyTraces || t != nil && len(t.spans) >= 2*manySpans {
		return false
	}
	t = q.trace(s.TraceID)
	t.spans, t.last = append(t.spans, s), now
	q.spans++
	q.bytes += size
	if isLocalRoot(&s) || len(t.spans) >= manySpans {
		q.markReady(t, len(t.spans) >= manySpans)
	}
	return true
}

func (q *consoleQueue) trace(id model.TraceID) *consoleTrace {
	t := q.traces[id]
	if t == nil {
		if q.traces == nil {
			q.traces = map[model.TraceID]*consoleTrace{}
		}
		t = new(consoleTrace)
		q.traces[id] = t
	}
	return t
}

func (q *consoleQueue) markReady(t *consoleTrace, whole bool) {
	t.whole = t.whole || whole
	if !t.ready {
		t.ready = true
		q.ready = append(q.ready, t)
	}
}

// hurry makes the traces ready that are due, with nil all, and forgets those of them
// that have no spans.
func (q *consoleQueue) hurry(due func(*consoleTrace) bool) {
	for id, t := range q.traces {
		switch {
		case due != nil && !due(t):
		case len(t.spans) == 0:
			delete(q.traces, id)
		default:
			q.markReady(t, true)
		}
	}
	slices.SortStableFunc(q.ready, func(a, b *consoleTrace) int { return a.last.Compare(b.last) })
}

// take takes the spans of a trace that is ready, or none. The trace stays, as one
// that may get late spans.
func (q *consoleQueue) take() (t consoleTrace) {
	if len(q.ready) == 0 {
		return t
	}
	next := q.ready[0]
	if q.ready = q.ready[1:]; len(q.ready) == 0 {
		q.ready = nil
	}
	t = *next
	*next = consoleTrace{last: t.last, drawn: true}
	q.count(t.spans, -1)
	return t
}

// putBack lets spans wait again that take returned, for they have no root yet.
func (q *consoleQueue) putBack(spans []model.Span, t *consoleTrace, drawn bool) {
	now := q.trace(spans[0].TraceID)
	now.spans = append(now.spans, spans...)
	now.drawn = t.drawn || drawn
	if now.last.Before(t.last) {
		now.last = t.last
	}
	q.count(spans, 1)
}

func (q *consoleQueue) count(spans []model.Span, sign int) {
	for i := range spans {
		q.spans += sign
		q.bytes += sign * consoleSize(&spans[i])
	}
}

// localTraces takes spans of a trace apart: each local root with what descends from
// it, and the rest.
func localTraces(spans []model.Span) (complete [][]model.Span, rest []model.Span) {
	f := spantree.Plant(spans)
	taken := make([]bool, len(f.Spans))
	for i, s := range f.Spans {
		if taken[i] || !isLocalRoot(s) {
			continue
		}
		var group []model.Span
		f.Walk(i, func(j, _ int) {
			if !taken[j] {
				taken[j] = true
				group = append(group, *f.Spans[j])
			}
		})
		complete = append(complete, group)
	}
	for i, s := range f.Spans {
		if !taken[i] {
			rest = append(rest, *s)
		}
	}
	return complete, rest
}
