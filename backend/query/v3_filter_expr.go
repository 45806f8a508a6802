// SPDX-License-Identifier: Apache-2.0

package query

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// filterBuilder makes a condition of a filter. What a filter can say and a search
// cannot is an error at its column, so that no answer has more than what was asked for.
type filterBuilder struct {
	*filterParser
	terms int
}

// filterComparisons are operators of two values; the other one is for values that are
// swapped.
var filterComparisons = map[string]struct{ cmp, swapped trace.Cmp }{
	"eq":  {trace.CmpEqual, trace.CmpEqual},
	"ne":  {trace.CmpNotEqual, trace.CmpNotEqual},
	"gt":  {trace.CmpGreater, trace.CmpLess},
	"lt":  {trace.CmpLess, trace.CmpGreater},
	"gte": {trace.CmpGreaterEqual, trace.CmpLessEqual},
	"lte": {trace.CmpLessEqual, trace.CmpGreaterEqual},
}

// predicate is n, which must be a call.
func (b *filterBuilder) predicate(n *filterNode) (*trace.Expr, error) {
	if n.kind != filterCall {
		return nil, b.errorf(n.at, "%s is not a condition: call is", n.kind)
	}
	arity := map[string]int{"not": 1, "exists": 1, "regex": 2, "in": 2, "not_in": 2, "eq": 2, "ne": 2, "gt": 2, "lt": 2, "gte": 2, "lte": 2}[n.op]
	if arity > 0 && len(n.args) != arity {
		return nil, b.errorf(n.at, "%s takes %d arguments, not %d", n.op, arity, len(n.args))
	}
	switch n.op {
	case "and":
		return b.combine(trace.OpAnd, n)
	case "or":
		return b.combine(trace.OpOr, n)
	case "not":
		return b.combine(trace.OpNot, n)
	case "exists":
		t, err := b.reference(n.args[0], trace.CmpExists)
		if err == nil && t.Field != trace.FieldTag {
			err = b.errorf(n.args[0].at, "every span has a %s", n.args[0].name)
		}
		return b.leaf(n, t, err)
	case "regex":
		return b.compare(n, n.args[0], n.args[1], trace.CmpMatch)
	case "in":
		return b.members(n, trace.OpOr, trace.CmpEqual)
	case "not_in":
		return b.members(n, trace.OpAnd, trace.CmpNotEqual)
	case "some", "phrase", "fulltext":
		return nil, b.errorf(n.at, "%s cannot be searched for here", n.op)
	}
	c, ok := filterComparisons[n.op]
	switch {
	case !ok:
		return nil, b.errorf(n.at, "unknown operator %q", shorten(n.op))
	case n.args[0].kind == filterScalar:
		return b.compare(n, n.args[1], n.args[0], c.swapped)
	}
	return b.compare(n, n.args[0], n.args[1], c.cmp)
}

func (b *filterBuilder) combine(op trace.Op, n *filterNode) (*trace.Expr, error) {
	if len(n.args) == 0 {
		return nil, b.errorf(n.at, "%s takes at least one argument", n.op)
	}
	e := &trace.Expr{Op: op}
	for _, arg := range n.args {
		child, err := b.predicate(arg)
		if err != nil {
			return nil, err
		}
		e.Args = append(e.Args, child)
	}
	return e, nil
}

// leaf is the condition t of n.
func (b *filterBuilder) leaf(n *filterNode, t trace.Term, err error) (*trace.Expr, error) {
	if b.terms++; err == nil && b.terms > trace.MaxQueryTerms {
		err = b.errorf(n.at, "more than %d conditions", trace.MaxQueryTerms)
	}
	if err != nil {
		return nil, err
	}
	return &trace.Expr{Term: t}, nil
}

// members compares a reference with each value of a list.
func (b *filterBuilder) members(n *filterNode, op trace.Op, cmp trace.Cmp) (*trace.Expr, error) {
	list := n.args[1]
	if list.kind != filterList || len(list.values) == 0 {
		return nil, b.errorf(list.at, "%s takes a list with values", n.op)
	}
	e := &trace.Expr{Op: op}
	for _, value := range list.values {
		arg, err := b.compare(n, n.args[0], &filterNode{at: list.at, kind: filterScalar, values: []string{value}, typ: list.typ}, cmp)
		if err != nil {
			return nil, err
		}
		e.Args = append(e.Args, arg)
	}
	return e, nil
}

// compare compares a reference with a value.
func (b *filterBuilder) compare(n, ref, value *filterNode, cmp trace.Cmp) (*trace.Expr, error) {
	if value.kind != filterScalar || len(value.values) != 1 {
		return nil, b.errorf(value.at, "%s is not compared with %s: scalar is", ref.kind, value.kind)
	}
	t, err := b.reference(ref, cmp)
	if err != nil {
		return nil, err
	}
	t.Text = value.values[0]
	err = b.operand(&t, value)
	return b.leaf(n, t, err)
}

// reference is a condition that looks at what n names.
func (b *filterBuilder) reference(n *filterNode, cmp trace.Cmp) (t trace.Term, err error) {
	t.Cmp = cmp
	switch {
	case n.kind == filterAttr && n.level != "":
		err = b.errorf(n.at, "attributes are searched on all levels, not on %q alone", shorten(n.level))
	case n.kind == filterAttr && n.name == "":
		err = b.errorf(n.at, `"key" is missing`)
	case n.kind == filterAttr:
		t.Key = n.name
		return t, nil
	case n.kind != filterField:
		err = b.errorf(n.at, "%s is nothing that spans have: attr and field are", n.kind)
	}
	if err != nil {
		return t, err
	}
	switch n.level + "." + n.name {
	case "resource.service":
		t.Field = trace.FieldService
	case "span.name":
		t.Field = trace.FieldName
	case "span.kind":
		t.Field = trace.FieldKind
	case "span.status":
		t.Field = trace.FieldStatus
	case "span.duration":
		t.Field = trace.FieldDuration
	case "scope.name":
		t.Key = trace.TagScopeName
	case "scope.version":
		t.Key = trace.TagScopeVersion
	case "event.name":
		t.Key = trace.TagEvent
	default:
		return t, b.errorf(n.at, "%q of level %q cannot be searched for here", shorten(n.name), shorten(n.level))
	}
	return t, nil
}

// operand makes what t compares with from its text, which a value of a filter is.
func (b *filterBuilder) operand(t *trace.Term, value *filterNode) (err error) {
	if !isOfType(t.Text, value.typ) {
		return b.errorf(value.at, "%q is not of type %q", shorten(t.Text), shorten(value.typ))
	}
	ordered := t.Cmp >= trace.CmpLess
	switch {
	case t.Field == trace.FieldDuration:
		d, err := time.ParseDuration(t.Text)
		if err != nil || t.Cmp == trace.CmpMatch {
			return b.errorf(value.at, "%q is not a duration: 10ms is", shorten(t.Text))
		}
		t.Number = duration(t.Cmp, d).Term.Number
	case t.Cmp == trace.CmpMatch && t.Field != trace.FieldKind && t.Field != trace.FieldStatus:
		if t.Regexp, err = trace.CompileRegexp(t.Text); err != nil {
			return b.errorf(value.at, "%s", shortError(err))
		}
	case t.Field == trace.FieldKind || t.Field == trace.FieldStatus:
		words := filterWords(t.Field)
		if ordered || t.Cmp == trace.CmpMatch || !slices.Contains(words, t.Text) {
			return b.errorf(value.at, "it can be equal to one of %s, or not", strings.Join(words, ", "))
		}
	case ordered && t.Field != trace.FieldTag:
		return b.errorf(value.at, "only numbers and durations have an order")
	case t.Field == trace.FieldTag && value.typ != "string":
		if t.Number = trace.ParseNumber(t.Text); ordered && !t.Number.Valid {
			return b.errorf(value.at, "only numbers and durations have an order, not %q", shorten(t.Text))
		}
	case ordered:
		return b.errorf(value.at, "only numbers and durations have an order, not text")
	}
	return nil
}

// isOfType reports whether text can be read as a value of a filter's type. What is
// stored is compared as text or as a number, whatever its type.
func isOfType(text, typ string) bool {
	var err error
	switch typ {
	case "", "string":
	case "int":
		_, err = strconv.ParseInt(text, 10, 64)
	case "double":
		_, err = strconv.ParseFloat(text, 64)
	case "bool":
		return text == "true" || text == "false"
	default:
		return false
	}
	return err == nil
}

// filterWords are the values that a field of few values has.
func filterWords(f trace.Field) (words []string) {
	if f == trace.FieldKind {
		for k := ptrace.SpanKindUnspecified; k <= ptrace.SpanKindConsumer; k++ {
			words = append(words, trace.KindText(k))
		}
		return words
	}
	for c := ptrace.StatusCodeUnset; c <= ptrace.StatusCodeError; c++ {
		words = append(words, trace.StatusText(c))
	}
	return words
}
