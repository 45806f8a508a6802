// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// facts is what is known of a span that a query looks for, and that an index has. Such a
// span is in each index that the facts name; one that is there need not match.
type facts struct {
	service, operation *string
	tags               [][]tagKey // one of each is there
	least, most        int64      // duration in microseconds
}

func unknown() facts { return facts{most: math.MaxInt64} }

const (
	mostFacts = 16 // of a query: above, some conditions are left to the comparison
	mostTags  = 4  // that are looked up for one span
)

// cost says how many spans an index is likely to name, by rank.
func (f *facts) cost() int {
	switch {
	case f.service != nil && len(f.tags) > 0:
		return 0
	case f.service != nil && f.timed():
		return 1
	case f.service != nil && f.operation != nil:
		return 2
	case len(f.tags) > 0:
		return 3
	case f.service != nil:
		return 4
	case f.timed() || f.operation != nil:
		return 5
	default:
		return 6
	}
}

func (f *facts) timed() bool { return f.least > 0 || f.most < math.MaxInt64 }

// factsOf returns alternatives: a trace that e finds has a span that meets one of them.
func (x *Index) factsOf(e *trace.Expr) []facts {
	if e == nil {
		return []facts{unknown()}
	}
	switch e.Op {
	case trace.OpSpan:
		return x.spanFacts(e.Args[0])
	case trace.OpAnd: // of several spans: one is enough
		var best []facts
		for i, arg := range e.Args {
			if f := x.factsOf(arg); i == 0 || worst(f) < worst(best) {
				best = f
			}
		}
		return best
	case trace.OpOr:
		return few(e.Args, x.factsOf)
	default:
		return []facts{unknown()}
	}
}

func worst(all []facts) (cost int) {
	for i := range all {
		cost = max(cost, all[i].cost())
	}
	return cost
}

// few returns the facts of args, unless there are too many, or one that knows nothing.
func few(args []*trace.Expr, of func(*trace.Expr) []facts) []facts {
	var all []facts
	for _, arg := range args {
		all = append(all, of(arg)...)
	}
	if len(all) > mostFacts || slices.ContainsFunc(all, func(f facts) bool { return f.cost() == unknownCost }) {
		return []facts{unknown()}
	}
	return all
}

const unknownCost = 6

// spanFacts returns alternatives of a span that meets e.
func (x *Index) spanFacts(e *trace.Expr) []facts {
	switch e.Op {
	case trace.OpTerm:
		return []facts{x.termFacts(&e.Term)}
	case trace.OpAnd:
		all := []facts{unknown()}
		for _, arg := range e.Args {
			more := x.spanFacts(arg)
			if len(all)*len(more) > mostFacts {
				continue
			}
			var both []facts
			for _, a := range all {
				for _, b := range more {
					if f, ok := a.and(b); ok {
						both = append(both, f)
					}
				}
			}
			all = both
		}
		return all
	case trace.OpOr:
		return few(e.Args, x.spanFacts)
	default:
		return []facts{unknown()}
	}
}

// and returns what is known when both hold, or false when they cannot.
func (f facts) and(g facts) (facts, bool) {
	same := func(a, b *string) (*string, bool) {
		if a == nil || b == nil {
			if a == nil {
				a = b
			}
			return a, true
		}
		return a, *a == *b
	}
	var ok, ok2 bool
	f.service, ok = same(f.service, g.service)
	f.operation, ok2 = same(f.operation, g.operation)
	f.least, f.most = max(f.least, g.least), min(f.most, g.most)
	f.tags = append(slices.Clip(f.tags), g.tags...)
	f.tags = f.tags[:min(len(f.tags), mostTags)]
	return f, ok && ok2 && f.least <= f.most
}

// termFacts returns what is known of a span that meets t.
func (x *Index) termFacts(t *trace.Term) facts {
	f := unknown()
	if t.Field == trace.FieldDuration {
		f.duration(t)
		return f
	}
	if t.Cmp != trace.CmpEqual {
		return f
	}
	switch t.Field {
	case trace.FieldService:
		f.service = &t.Text
	case trace.FieldName:
		f.operation = &t.Text
	case trace.FieldKind:
		if t.Text != "unspecified" {
			f.add(x, tagKey{"span.kind", t.Text})
		}
	case trace.FieldStatus:
		if t.Text == "error" {
			f.add(x, tagKey{"error", "true"}, tagKey{"error", "True"}, tagKey{"error", "TRUE"})
		}
	case trace.FieldTag:
		if t.Key != "service.name" && t.Key != trace.AttributeFormat && t.Key != trace.AttributeWarnings {
			f.add(x, spellings(t)...)
		}
	}
	return f
}

// add adds that one of tags is there, if the index has them all.
func (f *facts) add(x *Index, tags ...tagKey) {
	if x.NoTags || x.NoProcessTags || x.NoLogs {
		return
	}
	for _, t := range tags {
		if !x.has(t.key) || !indexed(t.key, t.value) || strings.HasPrefix(t.value, "json: ") { // NaN reads so
			return
		}
	}
	f.tags = append(f.tags, tags)
}

// spellings returns the value of t as the index may have it.
func spellings(t *trace.Term) []tagKey {
	texts := []string{t.Text}
	add := func(s string) {
		if !slices.Contains(texts, s) {
			texts = append(texts, s)
		}
	}
	if n := t.Number; n.Valid {
		v := n.Float
		if n.IsInt {
			add(strconv.FormatInt(n.Int, 10))
			v = float64(n.Int)
		}
		add(strconv.FormatFloat(v, 'g', 10, 64))
		if v == math.Trunc(v) && math.Abs(v) < 1<<62 {
			add(strconv.FormatInt(int64(v), 10))
		}
	}
	tags := make([]tagKey, len(texts))
	for i, s := range texts {
		tags[i] = tagKey{t.Key, s}
	}
	return tags
}

// duration takes the bounds of t, in whole microseconds around them.
func (f *facts) duration(t *trace.Term) {
	ns := t.Number.Float
	if t.Number.IsInt {
		ns = float64(t.Number.Int)
	}
	if !t.Number.Valid || ns < 0 || ns > float64(math.MaxInt64/2) {
		return
	}
	us := int64(ns / float64(time.Microsecond))
	switch t.Cmp {
	case trace.CmpEqual:
		f.least, f.most = us-1, us+1
	case trace.CmpGreater, trace.CmpGreaterEqual:
		f.least = us - 1
	case trace.CmpLess, trace.CmpLessEqual:
		f.most = us + 1
	}
	f.least = max(f.least, 0)
}
