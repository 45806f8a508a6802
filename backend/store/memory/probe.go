// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"iter"

	"github.com/go-spur/spur/backend/trace"
)

// verdict is what records say about a condition: no, maybe or yes.
type verdict uint8

const (
	no verdict = iota
	maybe
	yes
)

func verdictOf(ok bool) verdict {
	if ok {
		return yes
	}
	return no
}

// view is a span as far as a probe looks at it. It stays as it is when the
// store changes.
type view struct {
	*record
	*name
	encoded trace.Encoded // or none: then conditions of tags and text are maybe
}

// probe evaluates the condition of a query over the spans of one trace, as
// trace.Query.Match does.
type probe struct {
	where      *trace.Expr
	start, end uint64 // the query's window
	duration   int64  // of the trace
	spans      iter.Seq[view]
}

func newProbe(q *trace.Query) *probe {
	p := &probe{where: q.Where}
	p.start, p.end = q.Window.Nanos()
	return p
}

// match says whether the query finds a trace.
func (p *probe) match(duration int64, spans iter.Seq[view]) verdict {
	p.duration, p.spans = duration, spans
	v := p.any(nil)
	if v == yes && p.where != nil {
		v = p.trace(p.where)
	}
	return v
}

// any says whether a span of the window meets e, or, without e, exists.
func (p *probe) any(e *trace.Expr) verdict {
	found := no
	for v := range p.spans {
		switch {
		case !within(v.start, p.start, p.end):
		case e == nil:
			return yes
		default:
			if found = max(found, p.span(e, &v)); found == yes {
				return yes
			}
		}
	}
	return found
}

// trace evaluates a condition of the trace.
func (p *probe) trace(e *trace.Expr) verdict {
	switch e.Op {
	case trace.OpAnd, trace.OpOr, trace.OpNot:
		return combine(e, p.trace)
	case trace.OpSpan:
		return p.any(e.Args[0])
	default:
		return p.any(e)
	}
}

// span evaluates a condition of a span.
func (p *probe) span(e *trace.Expr, v *view) verdict {
	if e.Op != trace.OpTerm {
		return combine(e, func(arg *trace.Expr) verdict { return p.span(arg, v) })
	}
	t := &e.Term
	switch t.Field {
	case trace.FieldService:
		return verdictOf(t.MatchText(v.service))
	case trace.FieldName:
		return verdictOf(t.MatchText(v.name.name))
	case trace.FieldKind:
		return verdictOf(t.MatchText(trace.KindText(v.kind)))
	case trace.FieldStatus:
		return verdictOf(t.MatchText(trace.StatusText(v.status)))
	case trace.FieldDuration:
		return verdictOf(t.MatchInt(v.record.duration()))
	case trace.FieldTraceDuration:
		return verdictOf(t.MatchInt(p.duration))
	}
	switch {
	case v.encoded.Span == nil:
		return maybe
	case t.Field == trace.FieldTag:
		return verdictOf(!v.firehose && matchTags(t, v.encoded))
	default:
		return verdictOf(matchText(t, v))
	}
}

// combine evaluates OpAnd, OpOr or OpNot.
func combine(e *trace.Expr, eval func(*trace.Expr) verdict) verdict {
	switch e.Op {
	case trace.OpNot:
		return yes - eval(e.Args[0])
	case trace.OpAnd:
		all := yes
		for _, arg := range e.Args {
			if all = min(all, eval(arg)); all == no {
				break
			}
		}
		return all
	default:
		one := no
		for _, arg := range e.Args {
			if one = max(one, eval(arg)); one == yes {
				break
			}
		}
		return one
	}
}
