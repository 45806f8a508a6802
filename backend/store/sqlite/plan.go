// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
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

func (f *result) isSure(row int64) bool { return f.all || f.sure.has(row) }

// plan evaluates a query's conditions.
type plan struct {
	r        *snapshot
	from, to uint64 // the window
	leaves   map[*trace.Term]*leaf
	nodes    []*spanNode
	inWindow *traceSet // traces with a span in the window; nil when not asked for
}

// spanNode is a condition of one span, an OpSpan of the query.
type spanNode struct {
	expr *trace.Expr
	sure *traceSet
	more *traceSet // that may meet it; nil when there are none
}

// search looks q up.
func (r *snapshot) search(q *trace.Query) (*result, error) {
	p := &plan{r: r, leaves: map[*trace.Term]*leaf{}}
	p.from, p.to = q.Window.Nanos()
	open := p.from == 0 && p.to == math.MaxUint64
	if q.Where == nil && q.IDs == nil && open {
		return &result{all: true}, nil
	}
	var root *node
	var err error
	var named []int64
	if q.IDs != nil {
		if named, err = r.rows(q.IDs); err != nil {
			return nil, err
		}
		if len(named) == 0 || q.Where == nil && open {
			return newResult(setOf(named), nil), nil
		}
	}
	if q.Where != nil {
		if root, err = p.compile(q.Where); err != nil {
			return nil, err
		}
	}
	if root == nil || root.negative() {
		p.inWindow = newTraceSet()
	}
	segments, err := r.segments()
	if err != nil {
		return nil, err
	}
	for _, seg := range segments {
		if err := r.ctx.Err(); err != nil {
			return nil, err
		}
		if named != nil && !slices.ContainsFunc(named, func(row int64) bool { return seg.minTrace <= row && row <= seg.maxTrace }) {
			continue
		}
		seg := *seg // so that its columns are not kept
		if err := p.segment(&seg); err != nil {
			return nil, err
		}
	}
	f := &result{sure: p.inWindow, may: p.inWindow}
	if root != nil {
		f = p.trace(root)
	}
	if named != nil {
		set := setOf(named)
		f.sure.and(set)
		f.may.and(set)
	}
	return f, nil
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
	s := &spanNode{expr: e, sure: newTraceSet()}
	p.nodes = append(p.nodes, s)
	return &node{op: trace.OpSpan, span: s}, p.terms(e)
}

// terms makes the leaves below e.
func (p *plan) terms(e *trace.Expr) error {
	if e.Op == trace.OpTerm {
		l, err := p.r.newLeaf(&e.Term, p.from, p.to)
		p.leaves[&e.Term] = l
		return err
	}
	for _, arg := range e.Args {
		if err := p.terms(arg); err != nil {
			return err
		}
	}
	return nil
}

// segment evaluates the conditions of spans for a segment.
func (p *plan) segment(seg *segment) error {
	if !overlaps(seg.minStart, seg.maxStart, p.from, p.to) {
		return nil
	}
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
		b, err := p.span(seg, n.expr, window)
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
	if err := p.r.load(seg, columnTrace); err != nil {
		return err
	}
	last := int64(-1)
	for i := range spans.all() {
		if i >= uint64(seg.n) {
			break
		}
		if row := seg.cols.trace[i]; row != last {
			set.add(row)
			last = row
		}
	}
	return nil
}

// span returns the spans of seg that meet e. Only those in among matter, if it
// is not nil.
func (p *plan) span(seg *segment, e *trace.Expr, among bitset) (bounds, error) {
	switch e.Op {
	case trace.OpNot:
		b, err := p.span(seg, e.Args[0], among)
		if err != nil {
			return bounds{}, err
		}
		not := exact(fullBitset(seg.n))
		not.without(b)
		return not, nil
	case trace.OpAnd, trace.OpOr:
		var b bounds
		for i, arg := range e.Args {
			if i > 0 && e.Op == trace.OpAnd {
				if b.may.empty() {
					break
				}
				among = b.may
			}
			x, err := p.span(seg, arg, among)
			if err != nil {
				return bounds{}, err
			}
			switch {
			case i == 0:
				b = x
			case e.Op == trace.OpAnd:
				b.and(x)
			default:
				b.or(x)
			}
		}
		return b, nil
	default:
		return p.r.eval(seg, p.leaves[&e.Term], among)
	}
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
		return newResult(n.span.sure, n.span.more)
	}
}
