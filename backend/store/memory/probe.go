// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"slices"

	"github.com/go-spur/spur/backend/trace"
)

// verdict is whether a condition holds. It is maybe when records do not tell.
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

// view is what is known of a span. It may be read without a lock.
type view struct {
	*record
	*name
	encoded trace.Encoded
}

// probe evaluates the condition of a query over the spans of one trace, as
// trace.Query.Match does.
type probe struct {
	ctx        context.Context // when it is done, answers mean nothing
	where      *trace.Expr
	start, end uint64 // the query's window

	// The trace: its refs, and then conditions of tags and text are no or maybe, or
	// its spans.
	duration int64
	within   bool // all spans start in the window
	refs     []ref
	views    []view
	looked   int // how many records it looked at
	read     int // how many spans it searched for a text
	cost     int // of spans that it read: Config.MaxScan
}

func newProbe(ctx context.Context, q *trace.Query) *probe {
	p := &probe{ctx: ctx, where: q.Where}
	p.start, p.end = q.Window.Nanos()
	return p
}

// entry says whether the query finds a trace, as far as can be told soon: by the
// records, and by texts that are nowhere in a span.
func (p *probe) entry(e *entry) verdict {
	p.duration, p.refs, p.views, p.looked, p.read, p.cost = e.duration(), e.refs, nil, 1, 0, 0
	p.within = within(e.start, p.start, p.end) && within(e.lastStart, p.start, p.end)
	if p.where == nil && len(e.refs) > 0 && within(e.start, p.start, p.end) {
		return yes
	}
	return p.match()
}

// spans says whether the query finds the trace that entry was called with last.
// The spans are all that it has; the answer is never maybe.
func (p *probe) spans(views []view) verdict {
	p.refs, p.views = nil, views
	return p.match()
}

func (p *probe) match() verdict {
	v := p.any(nil)
	if v == yes && p.where != nil {
		v = p.trace(p.where)
	}
	return v
}

// any says whether a span of the window meets e, or, without e, exists.
func (p *probe) any(e *trace.Expr) verdict {
	found := no
	for i := range len(p.refs) + len(p.views) {
		p.looked++
		switch {
		case !p.within && !within(p.record(i).start, p.start, p.end):
		case e == nil:
			return yes
		default:
			if found = max(found, p.span(e, i)); found == yes {
				return yes
			}
		}
	}
	return found
}

func (p *probe) record(i int) *record {
	if p.views != nil {
		return p.views[i].record
	}
	return p.refs[i].record
}

func (p *probe) name(i int) *name {
	if p.views != nil {
		return p.views[i].name
	}
	return p.refs[i].name()
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

// span evaluates a condition of the span i.
func (p *probe) span(e *trace.Expr, i int) verdict {
	if e.Op != trace.OpTerm {
		return combine(e, func(arg *trace.Expr) verdict { return p.span(arg, i) })
	}
	t := &e.Term
	switch t.Field {
	case trace.FieldService:
		return verdictOf(t.MatchText(p.name(i).service))
	case trace.FieldName:
		return verdictOf(t.MatchText(p.name(i).name))
	case trace.FieldKind:
		return verdictOf(t.MatchText(trace.KindText(p.name(i).kind)))
	case trace.FieldStatus:
		return verdictOf(t.MatchText(trace.StatusText(p.record(i).status)))
	case trace.FieldDuration:
		return verdictOf(t.MatchInt(p.record(i).duration()))
	case trace.FieldTraceDuration:
		return verdictOf(t.MatchInt(p.duration))
	}
	switch {
	case p.views == nil:
		if p.absent(t, i) {
			return no
		}
		return maybe
	case p.ctx.Err() != nil:
		return no // one trace alone can take long
	case t.Field == trace.FieldTag, t.Field == trace.FieldLink:
		p.cost += tagCost(p.views[i].encoded)
		return verdictOf(matchIndexed(t, &p.views[i]))
	default:
		p.cost += textCost + len(p.views[i].encoded.Span)/textBytes
		return verdictOf(matchText(t, &p.views[i]))
	}
}

// absent reports whether a term is not met because its text, or id, is nowhere in
// the span i. Once it has looked at much, it does not look any more: writing waits.
func (p *probe) absent(t *trace.Term, i int) bool {
	if p.cost >= maxProbed || t.Field != trace.FieldLink && (t.Field != trace.FieldTag || !isText(t)) {
		return false
	}
	e := p.refs[i].encoded()
	p.read++
	p.cost += tagCost(e)
	if t.Field == trace.FieldLink {
		return !matchLinks(t, e.Span)
	}
	return !contains(e, t.Text)
}

// tagCost is what looking for a tag in a span costs.
func tagCost(e trace.Encoded) int {
	return 1 + (len(e.Span)+len(e.Resource)+len(e.Scope))/tagBytes
}

// positive reports whether the span i meets a part of e that is not negated.
func (p *probe) positive(e *trace.Expr, i int) bool {
	switch e.Op {
	case trace.OpAnd, trace.OpOr:
		return slices.ContainsFunc(e.Args, func(arg *trace.Expr) bool { return p.positive(arg, i) })
	case trace.OpNot:
		return false
	case trace.OpSpan:
		return p.span(e.Args[0], i) == yes
	default:
		return p.span(e, i) == yes
	}
}

// columns returns values of tags, as trace.Summarize does, of the trace that
// entry was called with last.
func (p *probe) columns(views []view, keys []string) []string {
	p.refs, p.views = nil, views
	found := map[string]string{}
	missing := map[string]bool{}
	for _, key := range keys {
		missing[key] = true
	}
	take := func(i int) {
		tags(views[i].encoded, func(a attribute) bool {
			if missing[string(a.key)] {
				found[string(a.key)] = a.value().AsString()
				delete(missing, string(a.key))
			}
			return len(missing) > 0
		})
	}
	for _, matching := range []bool{true, false} {
		for i := 0; i < len(views) && len(missing) > 0; i++ {
			if !matching || p.where != nil && within(views[i].start, p.start, p.end) && p.positive(p.where, i) {
				take(i)
			}
		}
	}
	values := make([]string, len(keys))
	for i, key := range keys {
		values[i] = found[key]
	}
	return values
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
