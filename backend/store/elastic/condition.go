// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"math"
	"strconv"
	"strings"

	"github.com/go-spur/spur/backend/trace"
)

// condition returns what every trace that e finds has a span for, as far as the index
// can say: it finds too much, but misses nothing. nil finds all.
func condition(e *trace.Expr, dot string) object {
	if e == nil {
		return nil
	}
	switch e.Op {
	case trace.OpTerm:
		return term(&e.Term, dot)
	case trace.OpSpan:
		return condition(e.Args[0], dot)
	case trace.OpAnd:
		return and(e.Args, dot)
	case trace.OpOr:
		var each []object
		for _, arg := range e.Args {
			c := condition(arg, dot)
			if c == nil {
				return nil
			}
			each = append(each, c)
		}
		return either(each...)
	}
	return nil // not
}

// and is a condition of one span that meets all of args or, where they are conditions of a
// trace, of one that meets any of them.
func and(args []*trace.Expr, dot string) object {
	var every []object
	for _, arg := range args {
		c := condition(arg, dot)
		if c == nil {
			continue
		}
		if ofTrace(arg) {
			return c
		}
		every = append(every, c)
	}
	if len(every) == 0 {
		return nil
	}
	return all(every...)
}

// ofTrace reports whether e is a condition of a trace rather than of one span.
func ofTrace(e *trace.Expr) bool {
	switch e.Op {
	case trace.OpSpan:
		return true
	case trace.OpTerm:
		return false
	}
	for _, arg := range e.Args {
		if ofTrace(arg) {
			return true
		}
	}
	return false
}

func either(each ...object) object {
	return object{"bool": object{"should": each, "minimum_should_match": 1}}
}

func is(field, text string) object { return object{"term": object{field: object{"value": text}}} }

// term is condition of one term.
func term(t *trace.Term, dot string) object {
	switch t.Field {
	case trace.FieldService:
		return name("process.serviceName", t)
	case trace.FieldName:
		return name("operationName", t)
	case trace.FieldKind:
		if t.Cmp == trace.CmpEqual && t.Text != "unspecified" {
			return tagged("span.kind", t.Text, dot)
		}
	case trace.FieldStatus:
		if t.Cmp == trace.CmpEqual && t.Text == "error" {
			return either(present("error", dot), tagged("otel.status_code", "ERROR", dot))
		}
	case trace.FieldDuration:
		return lasting(t)
	case trace.FieldLink:
		return nested("references", object{"terms": object{"references.traceID": idTexts(t.ID)}})
	case trace.FieldTag:
		return tagCondition(t, dot)
	}
	return nil
}

// name is a condition of a field that every document has.
func name(field string, t *trace.Term) object {
	if t.Cmp != trace.CmpEqual || len(t.Text) > maxIndexed || t.Number.Valid { // 5 is 5.0, too
		return nil
	}
	return is(field, t.Text)
}

// lasting is a condition of the duration, in whole microseconds.
func lasting(t *trace.Term) object {
	if !t.Number.IsInt || t.Number.Int < 0 {
		return nil
	}
	us := t.Number.Int / 1000
	switch t.Cmp {
	case trace.CmpEqual:
		return object{"range": object{"duration": object{"gte": us, "lte": us}}}
	case trace.CmpLess, trace.CmpLessEqual:
		return object{"range": object{"duration": object{"lte": us}}}
	case trace.CmpGreater, trace.CmpGreaterEqual:
		return object{"range": object{"duration": object{"gte": us}}}
	}
	return nil
}

// tagCondition is a condition of a tag. Only that a value is equal can be looked up; for
// other comparisons the tag is there, and its value is compared when it is read.
func tagCondition(t *trace.Term, dot string) object {
	if t.Key == "service.name" {
		u := *t
		u.Field = trace.FieldService
		if c := term(&u, dot); c != nil {
			return either(c, tagged(t.Key, t.Text, dot))
		}
		return nil
	}
	if t.Cmp != trace.CmpEqual || len(t.Text) > maxIndexed {
		return present(t.Key, dot)
	}
	if !t.Number.Valid {
		return tagged(t.Key, t.Text, dot)
	}
	pattern, ok := spellings(t.Number)
	if !ok {
		return present(t.Key, dot)
	}
	return withKey(t.Key, dot, func(field, kind string) object {
		return either(is(field, t.Text), object{"regexp": object{field: object{"value": pattern}}})
	})
}

// present is the condition that a tag is there.
func present(key, dot string) object { return withKey(key, dot, nil) }

// tagged is the condition that a tag has a value. Bytes, which searches spell otherwise
// than documents, may be any.
func tagged(key, text, dot string) object {
	return withKey(key, dot, func(field, kind string) object {
		if kind == "" {
			return is(field, text)
		}
		return either(is(field, text), is(kind, typeBinary))
	})
}

// withKey is the condition that somewhere a tag has a key and, unless value is nil, a
// value. value is given the name of its field and, in a list, of that of its type.
func withKey(key, dot string, value func(field, kind string) object) object {
	if len(key) > maxIndexed || strings.ContainsAny(key, "*\x00") {
		return nil // the index does not know it, or the name of a field would be a pattern
	}
	var each []object
	for _, path := range []string{"tags", "process.tags", "logs.fields"} {
		conditions := []object{is(path+".key", key)}
		if value != nil {
			conditions = append(conditions, value(path+".value", path+".type"))
		}
		each = append(each, nested(path, all(conditions...)))
	}
	if strings.TrimSpace(key) == "" {
		return either(each...)
	}
	for _, path := range []string{"tag.", "process.tag."} {
		field := path + strings.ReplaceAll(key, ".", dot)
		if value != nil {
			each = append(each, value(field, ""))
		} else {
			each = append(each, object{"exists": object{"field": field}})
		}
	}
	return either(each...)
}

func nested(path string, c object) object {
	return object{"nested": object{"path": path, "query": c}}
}

// spellings is a pattern of Lucene for the texts that are the number n, and some others:
// fractions and powers are compared when they are read. It is false when there is none.
func spellings(n trace.Number) (string, bool) {
	const others = `[+\-]?[0-9]*\.[0-9]*|.*[eE].*`
	var digits string
	switch f := math.Abs(n.Float); {
	case n.IsInt:
		digits = strings.TrimPrefix(strconv.FormatInt(n.Int, 10), "-")
	case f >= 1<<53: // Infinity, or what many texts are rounded to
		return "", false
	case f == math.Trunc(f):
		digits = strconv.FormatFloat(f, 'f', 0, 64)
	default:
		return others, true
	}
	return `[+\-]?0*` + strings.TrimLeft(digits, "0") + "|" + others, true
}
