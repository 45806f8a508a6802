// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"cmp"
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// result is what the index says about a query: the traces that it finds for
// sure, and those that it may find, which include them.
type result struct {
	all       bool      // every trace, and the sets are not used
	sure, may *traceSet // the same one when they are equal
}

func newResult(sure, more *traceSet) *result {
	if more == nil {
		return &result{sure: sure, may: sure}
	}
	more.or(sure)
	return &result{sure: sure, may: more}
}

// fit makes f two sets if x is two.
func (f *result) fit(x *result) {
	if f.sure == f.may && x.sure != x.may {
		f.may = f.sure.clone()
	}
}

func (f *result) isSure(row int64) bool  { return f.all || f.sure.has(row) }
func (f *result) mayFind(row int64) bool { return f.all || f.may.has(row) }

// plan evaluates a query's conditions, segment by segment. Those with the latest
// spans come first, so that what is known about the newest traces is known soon.
type plan struct {
	r        *snapshot
	from, to uint64 // the window
	root     *node  // nil: every trace
	nodes    []*spanNode
	inWindow *traceSet  // traces with a span in the window; nil when not asked for
	named    *traceSet  // the only traces looked at; nil: all
	segments []*segment // those to come
	all      bool       // every trace is found
}

// spanNode is a condition of one span, an OpSpan of the query.
type spanNode struct {
	cond *cond
	sure *traceSet
	more *traceSet // that may meet it; nil when there are none
}

// newPlan looks up what q is about, among all traces or those of rows.
func (r *snapshot) newPlan(q *trace.Query, rows []int64) (*plan, error) {
	p := &plan{r: r}
	p.from, p.to = q.Window.Nanos()
	open := p.from == 0 && p.to == math.MaxUint64
	if q.IDs != nil {
		named, err := r.rows(q.IDs)
		if err != nil {
			return nil, err
		}
		rows = named
	}
	if q.IDs != nil || rows != nil {
		p.named = setOf(rows)
	}
	if q.Where == nil && open || p.named != nil && len(rows) == 0 {
		p.all = p.named == nil
		p.inWindow = p.named
		return p, nil
	}
	var err error
	if q.Where != nil {
		if p.root, err = p.compile(q.Where); err != nil {
			return nil, err
		}
	}
	if p.root == nil || p.root.negative() {
		p.inWindow = newTraceSet()
	}
	segments, err := r.segments()
	if err != nil {
		return nil, err
	}
	for _, seg := range segments {
		if overlaps(seg.minStart, seg.maxStart, p.from, p.to) && p.mayHold(seg, rows) {
			p.segments = append(p.segments, seg)
		}
	}
	slices.SortStableFunc(p.segments, func(a, b *segment) int { return cmp.Compare(b.maxStart, a.maxStart) })
	return p, nil
}

// mayHold reports whether seg may have spans of the traces that are looked at.
func (p *plan) mayHold(seg *segment, rows []int64) bool {
	return p.named == nil || slices.ContainsFunc(rows, func(row int64) bool { return seg.minTrace <= row && row <= seg.maxTrace })
}

// next looks at n more segments, or at all that are left when n is 0.
func (p *plan) next(n int) error {
	for i := 0; len(p.segments) > 0 && (n == 0 || i < n || p.segments[0].maxStart >= math.MaxInt64); i++ {
		if err := p.r.ctx.Err(); err != nil {
			return err
		}
		if err := p.segment(p.segments[0]); err != nil {
			return err
		}
		p.segments[0] = nil // its columns are not kept
		p.segments = p.segments[1:]
	}
	return nil
}

// floor is the earliest start, as it is in the file, of traces of which all is
// known: no span of theirs lies in the segments to come, where all start before.
func (p *plan) floor() int64 {
	if len(p.segments) == 0 {
		return math.MinInt64
	}
	return int64(p.segments[0].maxStart) + 1
}

// result returns what is known.
func (p *plan) result() *result {
	if p.all {
		return &result{all: true}
	}
	var f *result
	if p.root == nil {
		f = newResult(p.inWindow.clone(), nil)
	} else {
		f = p.trace(p.root)
	}
	if p.named != nil {
		f.sure.and(p.named)
		f.may.and(p.named)
	}
	return f
}

// rows returns the rows of the traces of these ids that there are.
func (r *snapshot) rows(ids []pcommon.TraceID) (rows []int64, err error) {
	args := make([]any, len(ids))
	for i := range ids {
		args[i] = ids[i][:]
	}
	err = r.eachOf(r.ctx, "SELECT id FROM trace WHERE trace_id IN ", args, func(scan func(...any) error) error {
		var row int64
		if err := scan(&row); err != nil {
			return err
		}
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

func setOf(rows []int64) *traceSet {
	t := newTraceSet()
	for _, row := range rows {
		t.add(row)
	}
	return t
}

// node is a condition of a trace.
type node struct {
	op   trace.Op // OpAnd, OpOr, OpNot, or OpSpan
	args []*node
	span *spanNode
}

// negative reports whether a trace can meet n without a span that does.
func (n *node) negative() bool {
	if n.op == trace.OpNot {
		return true
	}
	for _, arg := range n.args {
		if arg.negative() {
			return true
		}
	}
	return false
}

func (p *plan) compile(e *trace.Expr) (*node, error) {
	switch e.Op {
	case trace.OpAnd, trace.OpOr, trace.OpNot:
		n := &node{op: e.Op}
		for _, arg := range e.Args {
			a, err := p.compile(arg)
			if err != nil {
				return nil, err
			}
			n.args = append(n.args, a)
		}
		return n, nil
	case trace.OpSpan:
		e = e.Args[0]
	}
	c, err := p.r.newCond(e)
	if err != nil {
		return nil, err
	}
	s := &spanNode{cond: c, sure: newTraceSet()}
	p.nodes = append(p.nodes, s)
	return &node{op: trace.OpSpan, span: s}, nil
}

// segment evaluates the conditions of spans for a segment.
func (p *plan) segment(seg *segment) error {
	var window bitset // or nil: all
	if seg.minStart < p.from || seg.maxStart >= p.to && p.to != math.MaxUint64 {
		if err := p.r.load(seg, columnStart); err != nil {
			return err
		}
		window = newBitset(seg.n)
		for i, start := range seg.cols.start {
			if inWindow(start, p.from, p.to) {
				window.set(uint64(i))
			}
		}
	}
	if p.inWindow != nil {
		all := window
		if all == nil {
			all = fullBitset(seg.n)
		}
		if err := p.add(seg, all, p.inWindow); err != nil {
			return err
		}
	}
	for _, n := range p.nodes {
		b, err := p.r.evaluate(seg, n.cond, window)
		if err != nil {
			return err
		}
		if window != nil {
			b.and(exact(window))
		}
		if err := p.add(seg, b.sure, n.sure); err != nil {
			return err
		}
		if b.isExact() {
			continue
		}
		if n.more == nil {
			n.more = newTraceSet()
		}
		if err := p.add(seg, b.may, n.more); err != nil {
			return err
		}
	}
	return nil
}

// inWindow reports whether a span that starts at start is in a window
// (trace.Window.Nanos).
func inWindow(start, from, to uint64) bool {
	return start >= from && (start < to || to == math.MaxUint64)
}

// add adds the traces of spans to set.
func (p *plan) add(seg *segment, spans bitset, set *traceSet) error {
	if spans.empty() {
		return nil
	}
	return p.r.tracesOf(seg, spans, set.add)
}

// trace returns the traces that meet n.
func (p *plan) trace(n *node) *result {
	switch n.op {
	case trace.OpNot:
		x := p.trace(n.args[0])
		f := newResult(p.inWindow.clone(), nil)
		f.fit(x)
		f.sure.andNot(x.may)
		f.may.andNot(x.sure)
		return f
	case trace.OpAnd, trace.OpOr:
		f := p.trace(n.args[0])
		for _, arg := range n.args[1:] {
			x := p.trace(arg)
			f.fit(x)
			if n.op == trace.OpAnd {
				f.sure.and(x.sure)
				f.may.and(x.may)
			} else {
				f.sure.or(x.sure)
				f.may.or(x.may)
			}
		}
		return f
	default:
		if n.span.more == nil {
			return newResult(n.span.sure.clone(), nil)
		}
		return newResult(n.span.sure.clone(), n.span.more.clone())
	}
}
