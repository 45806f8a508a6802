// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"strings"
	"time"
	"unicode"
)

// String returns the text that Parse reads as the same Where, IDs and Window.
func (q *Query) String() string {
	var b strings.Builder
	if e := q.Where; e != nil {
		if e.Op == OpSpan {
			e = e.Args[0]
		}
		e.format(&b, OpOr)
	}
	for _, id := range q.IDs {
		b.WriteString(" id:" + FormatTraceID(id))
	}
	if t := q.Window.Start; !t.IsZero() {
		b.WriteString(" since:" + t.UTC().Format(time.RFC3339Nano))
	}
	if t := q.Window.End; !t.IsZero() {
		b.WriteString(" until:" + t.UTC().Format(time.RFC3339Nano))
	}
	return strings.TrimPrefix(b.String(), " ")
}

// String returns the condition as it stands in the text of a search, parts of
// a trace's condition in braces.
func (e *Expr) String() string {
	var b strings.Builder
	e.format(&b, OpOr)
	return b.String()
}

// format writes e where an operand of op stands: OpOr, OpAnd, or OpNot, which
// binds most.
func (e *Expr) format(b *strings.Builder, op Op) {
	switch e.Op {
	case OpTerm:
		e.Term.format(b)
	case OpSpan:
		b.WriteByte('{')
		e.Args[0].format(b, OpOr)
		b.WriteByte('}')
	case OpNot:
		b.WriteByte('-')
		e.Args[0].format(b, OpNot)
	default:
		between := " "
		if e.Op == OpOr {
			between = " OR "
		}
		if group := op == OpNot || op == OpAnd && e.Op == OpOr; group {
			b.WriteByte('(')
			defer b.WriteByte(')')
		}
		for i, arg := range e.Args {
			if i > 0 {
				b.WriteString(between)
			}
			arg.format(b, e.Op)
		}
	}
}

// String returns the condition as it stands in the text of a search.
func (t *Term) String() string {
	var b strings.Builder
	t.format(&b)
	return b.String()
}

func (t *Term) format(b *strings.Builder) {
	key, isField := fieldNames[t.Field]
	switch {
	case t.Field == FieldText:
		quote(b, t.Text)
		return
	case t.Cmp == CmpExists && plainKey(t.Key):
		b.WriteString(t.Key)
		return
	case t.Cmp == CmpExists:
		b.WriteString("has:")
		quoteValue(b, t.Key)
		return
	case isField:
		b.WriteString(key)
	case plainKey(t.Key):
		b.WriteString(t.Key)
	default:
		quote(b, t.Key)
	}
	op := cmpTexts[t.Cmp]
	if isField && t.Cmp == CmpEqual {
		op = ":"
	}
	b.WriteString(op)
	quoteValue(b, t.Text)
}

var (
	fieldNames = map[Field]string{
		FieldService: "service", FieldName: "op", FieldKind: "kind", FieldStatus: "status",
		FieldDuration: "dur", FieldTraceDuration: "trace.dur", FieldLink: "link",
	}
	cmpTexts = [...]string{
		CmpEqual: "=", CmpNotEqual: "!=", CmpMatch: "~", CmpNotMatch: "!~",
		CmpLess: "<", CmpLessEqual: "<=", CmpGreater: ">", CmpGreaterEqual: ">=",
	}
)

// plainKey reports whether key means a tag when it stands without quotes.
func plainKey(key string) bool {
	_, isField := fields[key]
	return key != "" && !isField && !isKeyword(key) && key[0] != '-' && !special(key, `(){}":=!~<>`)
}

func quoteValue(b *strings.Builder, s string) {
	if s == "" || s[0] == '=' || s[0] == '~' || special(s, `(){}"`) {
		quote(b, s)
		return
	}
	b.WriteString(s)
}

func special(s, chars string) bool {
	return strings.ContainsAny(s, chars) || strings.ContainsFunc(s, unicode.IsSpace)
}

// quote writes s as parser.quotedWord reads it.
func quote(b *strings.Builder, s string) {
	b.WriteByte('"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
}
