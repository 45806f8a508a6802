// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"slices"

	"github.com/go-spur/spur/backend/trace"
)

// cond is a condition of one span: what is below an OpSpan of a query.
type cond struct {
	op   trace.Op // OpTerm, OpAnd, OpOr or OpNot
	args []*cond  // those that cost less first
	leaf *leaf    // of OpTerm
	cost int
}

// What it costs to look at a term: a tag has few spans, a field's value many;
// for others a column is read, and text is told by nothing but reading spans.
const (
	costTag = iota
	costField
	costColumn
	costText
)

func (r *snapshot) newCond(e *trace.Expr) (*cond, error) {
	c := &cond{op: e.Op}
	if e.Op == trace.OpTerm {
		c.cost = costOf(e.Term.Field)
		c.leaf = &leaf{term: &e.Term}
		return c, r.resolve(c.leaf)
	}
	for _, arg := range e.Args {
		a, err := r.newCond(arg)
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, a)
		c.cost = max(c.cost, a.cost)
	}
	slices.SortStableFunc(c.args, func(a, b *cond) int { return a.cost - b.cost })
	return c, nil
}

func costOf(f trace.Field) int {
	switch f {
	case trace.FieldTag, trace.FieldLink:
		return costTag
	case trace.FieldDuration, trace.FieldTraceDuration:
		return costColumn
	case trace.FieldText:
		return costText
	default:
		return costField
	}
}

// evaluate returns the spans of seg that meet c. Only those in among matter, if
// it is not nil.
func (r *snapshot) evaluate(seg *segment, c *cond, among bitset) (bounds, error) {
	switch c.op {
	case trace.OpNot:
		b, err := r.evaluate(seg, c.args[0], among)
		if err != nil {
			return bounds{}, err
		}
		not := exact(fullBitset(seg.n))
		not.without(b)
		return not, nil
	case trace.OpAnd, trace.OpOr:
		var b bounds
		for i, arg := range c.args {
			if i > 0 && c.op == trace.OpAnd {
				if b.may.empty() {
					break
				}
				among = b.may
			}
			x, err := r.evaluate(seg, arg, among)
			if err != nil {
				return bounds{}, err
			}
			switch {
			case i == 0:
				b = x
			case c.op == trace.OpAnd:
				b.and(x)
			default:
				b.or(x)
			}
		}
		return b, nil
	default:
		return r.eval(seg, c.leaf, among)
	}
}
