// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"sort"
	"time"

	"github.com/go-spur/spur/internal/spantree"
	"github.com/go-spur/spur/model"
)

// When so much waits, spans are drawn without their parents; what comes when it is
// twice as much is dropped, but for spans of one trace.
const (
	manyTraces = 1000
	manySpans  = 1000 // of a trace
	manyBytes  = 8 << 20
)

const (
	lateWait = time.Second // after the first span whose parent was drawn
	rootWait = time.Minute // after the last span of a trace

	manyDrawn = 10_000 // spans that are remembered for that, to twice as many
)

// consoleQueue is what waits to be drawn. A span waits for its parent in this process.
type consoleQueue struct {
	traces map[model.TraceID]*consoleTrace
	ready  []localTrace
	spans  int // in both
	bytes  int

	drawn, before map[spanKey]bool // spans that were ready, and those before them
}

// consoleTrace is the spans of a trace that wait.
type consoleTrace struct {
	spans []model.Span
	last  time.Time // when the last one came
	late  time.Time // when the first one came whose parent was drawn, or zero
}

// localTrace is what is drawn as one.
type localTrace struct {
	spans  []model.Span
	remark string
}

type spanKey struct {
	trace model.TraceID
	span  model.SpanID
}

// isLocalRoot says whether s is the first span of a trace in its process.
func isLocalRoot(s *model.Span) bool { return s.ParentID == 0 || s.ParentRemote }

// isLate says whether the parent of s was drawn.
func (q *consoleQueue) isLate(s *model.Span) bool {
	parent := spanKey{s.TraceID, s.ParentID}
	return q.drawn[parent] || q.before[parent]
}

// add takes s, and returns false if there is no room.
func (q *consoleQueue) add(s model.Span, now time.Time) bool {
	size := consoleSize(&s)
	if len(q.ready) == 0 && (len(q.traces) >= manyTraces || q.bytes+size > manyBytes) {
		q.release(now, true)
	}
	if q.bytes+size > 2*manyBytes || len(q.traces)+len(q.ready) >= 2*manyTraces {
		return false
	}
	if q.traces == nil {
		q.traces, q.drawn = map[model.TraceID]*consoleTrace{}, map[spanKey]bool{}
	}
	t := q.traces[s.TraceID]
	if t == nil {
		t = new(consoleTrace)
		q.traces[s.TraceID] = t
	}
	t.spans, t.last = append(t.spans, s), now
	q.spans++
	q.bytes += size
	switch {
	case isLocalRoot(&s):
		q.cut(t, isLocalRoot, "")
	case len(t.spans) >= manySpans:
		q.cutAll(t)
	case t.late.IsZero() && q.isLate(&s):
		t.late = now
	}
	return true
}

// release makes the spans ready that have waited long enough, or all.
func (q *consoleQueue) release(now time.Time, all bool) {
	before := len(q.ready)
	for _, t := range q.traces {
		switch {
		case all || now.Sub(t.last) >= rootWait:
			q.cutAll(t)
		case !t.late.IsZero() && now.Sub(t.late) >= lateWait:
			t.late = time.Time{}
			q.cut(t, q.isLate, "late")
		}
	}
	ready := q.ready[before:]
	sort.SliceStable(ready, func(i, j int) bool { return ready[i].spans[0].Start < ready[j].spans[0].Start })
}

func (q *consoleQueue) cutAll(t *consoleTrace) {
	remark := "without parent"
	if !t.late.IsZero() {
		remark = "late"
	}
	q.cut(t, func(*model.Span) bool { return true }, remark)
}

// cut makes the spans of t ready that top holds for, and all below them.
func (q *consoleQueue) cut(t *consoleTrace, top func(*model.Span) bool, remark string) {
	f := spantree.Plant(t.spans)
	taken := make([]bool, len(f.Spans))
	for i, s := range f.Spans {
		if !taken[i] && top(s) {
			f.Walk(i, func(j, _ int) { taken[j] = true })
		}
	}
	var group, rest []model.Span
	for i, s := range f.Spans {
		if !taken[i] {
			rest = append(rest, *s)
			continue
		}
		group = append(group, *s)
		if len(q.drawn) >= manyDrawn {
			q.before, q.drawn = q.drawn, map[spanKey]bool{}
		}
		q.drawn[spanKey{s.TraceID, s.SpanID}] = true
	}
	if len(group) == 0 { // what was drawn is forgotten meanwhile
		return
	}
	q.ready = append(q.ready, localTrace{group, remark})
	if t.spans = rest; len(rest) == 0 {
		delete(q.traces, group[0].TraceID)
	}
}

// take returns what has been ready longest, or nothing.
func (q *consoleQueue) take() (next localTrace) {
	if len(q.ready) == 0 {
		return next
	}
	next, q.ready[0] = q.ready[0], next
	q.ready = q.ready[1:]
	q.spans -= len(next.spans)
	for i := range next.spans {
		q.bytes -= consoleSize(&next.spans[i])
	}
	return next
}
