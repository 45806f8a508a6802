// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Match reports whether q finds the trace that consists of spans, by its
// Where, IDs and Window. When it does, matched are the indices of the spans
// that meet Where or, with braces, a part of it that is not negated; it is nil
// when Where is.
func (q *Query) Match(spans []Span) (matched []int, ok bool) {
	matched, ok, _ = q.MatchContext(context.Background(), spans) // it ends when all is done
	return matched, ok
}

// MatchContext is Match until ctx is done. The error is ctx's.
func (q *Query) MatchContext(ctx context.Context, spans []Span) (matched []int, ok bool, err error) {
	m := matcher{ctx: ctx, spans: spans, window: q.Window}
	switch {
	case !slices.ContainsFunc(spans, m.inWindow):
		return nil, false, nil
	case q.IDs != nil && !slices.Contains(q.IDs, spans[0].TraceID()):
		return nil, false, nil
	case q.Where == nil:
		return nil, true, nil
	case !m.trace(q.Where):
		return nil, false, ctx.Err()
	}
	for i, s := range spans {
		if m.inWindow(s) && m.positive(q.Where, s) {
			matched = append(matched, i)
		}
	}
	return matched, true, ctx.Err()
}

// matcher evaluates conditions of the spans of one trace.
type matcher struct {
	ctx      context.Context // once it is done, conditions are not met
	spans    []Span
	window   Window
	duration time.Duration // of the trace, once it is known
	known    bool
}

func (m *matcher) inWindow(s Span) bool { return m.window.Contains(s.StartTimestamp()) }

// trace evaluates a condition of the trace.
func (m *matcher) trace(e *Expr) bool {
	switch e.Op {
	case OpAnd:
		for _, arg := range e.Args {
			if !m.trace(arg) {
				return false
			}
		}
		return true
	case OpOr:
		return slices.ContainsFunc(e.Args, m.trace)
	case OpNot:
		return !m.trace(e.Args[0])
	default:
		if e.Op == OpSpan {
			e = e.Args[0]
		}
		for _, s := range m.spans {
			if m.inWindow(s) && m.span(e, s) {
				return true
			}
		}
		return false
	}
}

// positive reports whether s meets an OpSpan within e that is not negated.
func (m *matcher) positive(e *Expr, s Span) bool {
	switch e.Op {
	case OpAnd, OpOr:
		for _, arg := range e.Args {
			if m.positive(arg, s) {
				return true
			}
		}
		return false
	case OpNot:
		return false
	case OpSpan:
		return m.span(e.Args[0], s)
	default:
		return m.span(e, s)
	}
}

// span evaluates a condition of a span.
func (m *matcher) span(e *Expr, s Span) bool {
	switch e.Op {
	case OpAnd:
		for _, arg := range e.Args {
			if !m.span(arg, s) {
				return false
			}
		}
		return true
	case OpOr:
		for _, arg := range e.Args {
			if m.span(arg, s) {
				return true
			}
		}
		return false
	case OpNot:
		return !m.span(e.Args[0], s)
	default:
		if m.ctx.Err() != nil {
			return false
		}
		if e.Term.Field == FieldTraceDuration {
			if !m.known {
				m.duration, m.known = traceDuration(m.spans), true
			}
			return e.Term.compare(intNumber(int64(m.duration)))
		}
		return e.Term.MatchSpan(s)
	}
}

// traceDuration is the time from the start of the earliest span to the end of
// the latest.
func traceDuration(spans []Span) time.Duration {
	start, end := spans[0].StartTimestamp(), pcommon.Timestamp(0)
	for _, s := range spans {
		start = min(start, s.StartTimestamp())
		end = max(end, s.StartTimestamp(), s.EndTimestamp())
	}
	return time.Duration(min(uint64(end-start), 1<<63-1))
}
