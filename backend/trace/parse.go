// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ParseError says what is wrong with the text of a search, and where.
type ParseError struct {
	Column int // in characters, from 1
	Msg    string
}

// Error returns the column and what is wrong.
func (e *ParseError) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Msg) }

// Parse reads a search in the language of docs/search.md: it sets Where, IDs
// and Window. Times that are written as a duration are before now. The error is
// a *ParseError.
func Parse(text string, now time.Time) (Query, error) {
	p := &parser{text: text, now: now.UTC().Round(0), starts: map[*Expr]int{}}
	if len(text) > MaxQueryBytes {
		return Query{}, p.errorf(0, "longer than %d bytes", MaxQueryBytes)
	}
	for i, r := range text {
		if _, n := utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && n == 1 {
			return Query{}, p.errorf(i, "not UTF-8")
		}
	}
	where, err := p.or()
	if err != nil {
		return Query{}, err
	}
	if rest := p.text[p.skip(p.pos):]; rest != "" {
		return Query{}, p.errorf(len(text)-len(rest), "unexpected %q", rest[:1])
	}
	if w := p.query.Window; !w.Start.IsZero() && !w.End.IsZero() && !w.Start.Before(w.End) {
		return Query{}, p.errorf(0, "until: is not after since:")
	}
	p.query.Where, err = p.wholes(where)
	return p.query, err
}

// parser reads text from pos on: one method for each rule of the grammar.
type parser struct {
	text   string
	pos    int
	now    time.Time
	query  Query
	depth  int  // of parentheses, braces and negations around pos
	braced bool // there are braces before pos
	inside bool // they are still open
	terms  int
	starts map[*Expr]int // where terms began, for the error of wholes
}

func (p *parser) errorf(pos int, format string, args ...any) error {
	return &ParseError{Column: utf8.RuneCountInString(p.text[:pos]) + 1, Msg: fmt.Sprintf(format, args...)}
}

// or = and { "OR" and }. It is nil when there are no conditions, which only
// the whole text may be.
func (p *parser) or() (*Expr, error) {
	var args []*Expr
	for {
		start := p.pos
		arg, err := p.and()
		if err != nil {
			return nil, err
		}
		more := p.keyword("OR")
		if arg == nil && (more || len(args) > 0 || p.depth > 0) {
			return nil, p.errorf(p.skip(start), "a condition is missing")
		}
		if arg != nil {
			args = flatten(args, OpOr, arg)
		}
		if !more {
			return join(OpOr, args), nil
		}
	}
}

// and = unary { [ "AND" ] unary }.
func (p *parser) and() (*Expr, error) {
	var args []*Expr
	for more := !p.ends(); more; {
		arg, err := p.unary()
		if err != nil {
			return nil, err
		}
		if arg != nil {
			args = flatten(args, OpAnd, arg)
		}
		more = p.keyword("AND") || !p.ends()
	}
	return join(OpAnd, args), nil
}

// ends reports whether no condition follows.
func (p *parser) ends() bool {
	rest := p.text[p.skip(p.pos):]
	return rest == "" || rest[0] == ')' || rest[0] == '}' || p.peekKeyword("OR")
}

// unary = { "NOT" | "-" } primary.
func (p *parser) unary() (*Expr, error) {
	start := p.skip(p.pos)
	if !p.keyword("NOT") {
		if !strings.HasPrefix(p.text[start:], "-") {
			return p.primary(start)
		}
		p.pos = start + 1
	}
	arg, err := p.nested(start, p.unary)
	if err != nil {
		return nil, err
	}
	if arg.Op == OpNot {
		return arg.Args[0], nil
	}
	return &Expr{Op: OpNot, Args: []*Expr{arg}}, nil
}

// primary = "(" or ")" | "{" or "}" | term.
func (p *parser) primary(start int) (*Expr, error) {
	if p.ends() || p.peekKeyword("AND") {
		return nil, p.errorf(start, "a condition is missing")
	}
	switch p.text[start] {
	case '(':
		return p.group(start, ")")
	case '{':
		if p.inside {
			return nil, p.errorf(start, "braces within braces")
		}
		p.inside, p.braced = true, true
		arg, err := p.group(start, "}")
		p.inside = false
		return &Expr{Op: OpSpan, Args: []*Expr{arg}}, err
	default:
		return p.term(start)
	}
}

// group reads what is between the parenthesis at start and closing.
func (p *parser) group(start int, closing string) (*Expr, error) {
	p.pos = start + 1
	arg, err := p.nested(start, p.or)
	if err != nil {
		return nil, err
	}
	if p.pos = p.skip(p.pos); !strings.HasPrefix(p.text[p.pos:], closing) {
		return nil, p.errorf(start, "%q is not closed", p.text[start:start+1])
	}
	p.pos++
	return arg, nil
}

// nested calls rule for what is inside of something that began at pos.
func (p *parser) nested(pos int, rule func() (*Expr, error)) (*Expr, error) {
	if p.depth == MaxQueryDepth {
		return nil, p.errorf(pos, "more than %d levels of parentheses and negations", MaxQueryDepth)
	}
	p.depth++
	e, err := rule()
	p.depth--
	return e, err
}

// wholes puts what is not in braces yet into braces: the whole condition or,
// when there are some, conditions of the trace's duration. Others would leave
// open of which span they are.
func (p *parser) wholes(e *Expr) (*Expr, error) {
	switch {
	case e == nil || e.Op == OpSpan:
		return e, nil
	case !p.braced, e.Op == OpTerm && e.Term.Field == FieldTraceDuration:
		return &Expr{Op: OpSpan, Args: []*Expr{e}}, nil
	case e.Op == OpTerm:
		return nil, p.errorf(p.starts[e], "outside of the braces: which span is meant?")
	}
	for i, arg := range e.Args {
		whole, err := p.wholes(arg)
		if err != nil {
			return nil, err
		}
		e.Args[i] = whole
	}
	return e, nil
}

// skip returns where the white space that begins at pos ends.
func (p *parser) skip(pos int) int {
	for i, r := range p.text[pos:] {
		if !unicode.IsSpace(r) {
			return pos + i
		}
	}
	return len(p.text)
}

// keyword skips white space and word, if word is next.
func (p *parser) keyword(word string) bool {
	if !p.peekKeyword(word) {
		return false
	}
	p.pos = p.skip(p.pos) + len(word)
	return true
}

func (p *parser) peekKeyword(word string) bool {
	rest, ok := strings.CutPrefix(p.text[p.skip(p.pos):], word)
	if !ok {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || unicode.IsSpace(r) || strings.ContainsRune(`(){}"-`, r)
}

// flatten adds arg to the arguments of op: those of arg, when it is of the same
// kind.
func flatten(args []*Expr, op Op, arg *Expr) []*Expr {
	if arg.Op == op {
		return append(args, arg.Args...)
	}
	return append(args, arg)
}

// join returns the one argument, or op of all of them.
func join(op Op, args []*Expr) *Expr {
	switch len(args) {
	case 0:
		return nil
	case 1:
		return args[0]
	default:
		return &Expr{Op: op, Args: args}
	}
}
