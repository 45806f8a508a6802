// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a key or a value as it stands in the text.
type word struct {
	start  int
	text   string // without quotes
	quoted bool
}

// term = "text" | key | key compare value. It is nil for since:, until: and
// id:, which are of the whole query.
func (p *parser) term(start int) (*Expr, error) {
	p.pos = start
	key, err := p.word(`(){}":=!~<>`)
	if err != nil {
		return nil, err
	}
	after := p.pos
	cmp, ok := p.compare()
	if !ok {
		return p.bare(key, after)
	}
	op := p.text[p.skip(after):p.pos]
	if strings.HasPrefix(p.text[p.pos:], "=") || strings.HasPrefix(p.text[p.pos:], "~") {
		return nil, p.errorf(p.pos, "%q is not a comparison: these are : = != ~ !~ < <= > >=", op+p.text[p.pos:p.pos+1])
	}
	if key.text == "" && !key.quoted {
		return nil, p.errorf(start, "a key is missing before %s", op)
	}
	p.pos = p.skip(p.pos)
	value, err := p.word(`(){}"`)
	if err != nil {
		return nil, err
	}
	if value.text == "" && !value.quoted && p.ends() {
		return nil, p.errorf(value.start, "a value is missing after %s%s", excerpt(key.text), op)
	}
	if err := p.delimited(value); err != nil {
		return nil, err
	}
	return p.comparison(key, cmp, op, value)
}

// bare is a word without a comparison: a quoted text, or the key of a tag.
func (p *parser) bare(w word, after int) (*Expr, error) {
	p.pos = after
	if err := p.delimited(w); err != nil {
		return nil, err
	}
	switch _, isField := fields[w.text]; {
	case w.quoted && w.text == "":
		return nil, p.errorf(w.start, "an empty text")
	case w.quoted:
		return p.add(w, Term{Field: FieldText, Cmp: CmpContains, Text: w.text})
	case isField:
		return nil, p.errorf(w.start, "a value is missing: %s:…", w.text)
	case isKeyword(w.text):
		return nil, p.errorf(w.start, "%q between conditions is written %s; the tag is has:%s", w.text, strings.ToUpper(w.text), w.text)
	default:
		return p.add(w, Term{Field: FieldTag, Key: w.text, Cmp: CmpExists})
	}
}

func (p *parser) add(w word, t Term) (*Expr, error) {
	if p.terms++; p.terms > MaxQueryTerms {
		return nil, p.errorf(w.start, "more than %d conditions", MaxQueryTerms)
	}
	e := &Expr{Op: OpTerm, Term: t}
	p.starts[e] = w.start
	return e, nil
}

// comparison checks that key can be compared so with value.
func (p *parser) comparison(key word, cmp Cmp, op string, value word) (*Expr, error) {
	f, isField := fields[key.text]
	if key.quoted || !isField {
		if op == ":" && !key.quoted {
			return nil, p.errorf(key.start, "unknown field %q: a tag is compared with = as in %s=%s", excerpt(key.text), excerpt(key.text), excerpt(value.text))
		}
		f = field{Field: FieldTag, allowed: allOps}
	}
	if !strings.Contains(f.allowed, " "+op+" ") {
		return nil, p.errorf(key.start, "%s cannot be compared with %s, only with%s", excerpt(key.text), op, strings.TrimRight(f.allowed, " "))
	}
	if f.option != nil {
		if p.depth > 0 {
			return nil, p.errorf(key.start, "%s: is for the whole search, outside of parentheses and negations", key.text)
		}
		return nil, f.option(p, value)
	}
	if f.has {
		return p.add(key, Term{Field: FieldTag, Key: value.text, Cmp: CmpExists})
	}
	t := Term{Field: f.Field, Cmp: cmp, Text: value.text}
	if f.Field == FieldTag {
		t.Key = key.text
	}
	if err := p.operand(&t, f, value); err != nil {
		return nil, err
	}
	return p.add(key, t)
}

// operand makes what t compares with from its text.
func (p *parser) operand(t *Term, f field, value word) (err error) {
	switch {
	case t.Cmp == CmpMatch || t.Cmp == CmpNotMatch:
		if t.Regexp, err = CompileRegexp(value.text); err != nil {
			return p.errorf(value.start, "%v", err)
		}
		return nil
	case f.Field == FieldDuration || f.Field == FieldTraceDuration:
		d, ok := parseDuration(value.text)
		if !ok {
			return p.errorf(value.start, "not a duration: %q; 10ms is one, and 1.5s, 2h30m, 1d", excerpt(value.text))
		}
		t.Number = intNumber(int64(d))
		return nil
	case f.Field == FieldLink:
		if t.ID, err = ParseTraceID(value.text); err != nil {
			return p.errorf(value.start, "%v", err)
		}
		t.Text = FormatTraceID(t.ID)
		return nil
	case f.values != nil:
		t.Text = strings.ToLower(value.text)
		if !slices.Contains(f.values, t.Text) {
			return p.errorf(value.start, "unknown value %q, it is one of %s", excerpt(value.text), strings.Join(f.values, ", "))
		}
		return nil
	}
	if f.Field == FieldTag {
		t.Number = ParseNumber(value.text)
	}
	if t.Cmp >= CmpLess && !t.Number.Valid {
		return p.errorf(value.start, "not a number: %q", excerpt(value.text))
	}
	return nil
}

// CompileRegexp compiles a regular expression whose cost is bounded.
func CompileRegexp(text string) (*regexp.Regexp, error) {
	if len(text) > MaxRegexpBytes {
		return nil, fmt.Errorf("a regular expression longer than %d bytes", MaxRegexpBytes)
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	if len(prog.Inst) > maxRegexpInsts {
		return nil, errors.New("a regular expression with too many repetitions")
	}
	return regexp.Compile(text)
}

// word reads a quoted word, or everything up to white space or one of stop.
func (p *parser) word(stop string) (word, error) {
	w := word{start: p.pos}
	if strings.HasPrefix(p.text[p.pos:], `"`) {
		return p.quotedWord()
	}
	for i, r := range p.text[p.pos:] {
		if unicode.IsSpace(r) || strings.ContainsRune(stop, r) {
			p.pos = w.start + i
			w.text = p.text[w.start:p.pos]
			return w, nil
		}
	}
	p.pos = len(p.text)
	w.text = p.text[w.start:]
	return w, nil
}

// quotedWord reads a word in quotes, in which \" is a quote, \\ a backslash and
// any other backslash itself.
func (p *parser) quotedWord() (word, error) {
	w := word{start: p.pos, quoted: true}
	var b strings.Builder
	for i := p.pos + 1; i < len(p.text); i++ {
		c := p.text[i]
		if c == '"' {
			p.pos = i + 1
			w.text = b.String()
			return w, nil
		}
		if c == '\\' && i+1 < len(p.text) && (p.text[i+1] == '"' || p.text[i+1] == '\\') {
			i++
			c = p.text[i]
		}
		b.WriteByte(c)
	}
	return w, p.errorf(w.start, "the quote is not closed")
}

// compare reads a comparison, if one is next.
func (p *parser) compare() (Cmp, bool) {
	pos := p.skip(p.pos)
	for _, c := range comparisons {
		if strings.HasPrefix(p.text[pos:], c.text) {
			p.pos = pos + len(c.text)
			return c.cmp, true
		}
	}
	return 0, false
}

// delimited says when a word ends where another begins, without a space.
func (p *parser) delimited(w word) error {
	r, _ := utf8.DecodeRuneInString(p.text[p.pos:])
	if p.pos == len(p.text) || unicode.IsSpace(r) || r == ')' || r == '}' {
		return nil
	}
	if w.quoted {
		return p.errorf(p.pos, "a space is missing behind the quote")
	}
	return p.errorf(p.pos, "%q stands only in quotes", string(r))
}
