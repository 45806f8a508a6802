// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-spur/spur/backend/trace"
)

// parseV3Filter reads the JSON of query.filter, a Call of jaeger-idl
// proto/expression/v1/expression.proto, as a condition of one span. The error is a
// *trace.ParseError.
func parseV3Filter(text string) (*trace.Expr, error) {
	p := &filterParser{text: text, dec: json.NewDecoder(strings.NewReader(text))}
	if len(text) > trace.MaxQueryBytes {
		return nil, p.errorf(0, "longer than %d bytes", trace.MaxQueryBytes)
	}
	if !utf8.ValidString(text) {
		return nil, p.errorf(0, "not UTF-8")
	}
	call, err := p.call()
	if err != nil {
		return nil, err
	}
	if rest := strings.TrimSpace(text[p.dec.InputOffset():]); rest != "" {
		return nil, p.errorf(strings.LastIndex(text, rest), "something follows the filter")
	}
	b := filterBuilder{filterParser: p}
	where, err := b.predicate(call)
	if err != nil {
		return nil, err
	}
	return &trace.Expr{Op: trace.OpSpan, Args: []*trace.Expr{where}}, nil
}

// filterNode is an Expression, or a Call.
type filterNode struct {
	at     int    // where it begins in the text
	kind   string // one of filterKinds
	op     string // of a call
	args   []*filterNode
	name   string // the key of an attr, the name of a field
	level  string
	values []string // of a list, or the one of a scalar
	typ    string
}

const (
	filterAttr   = "attr"
	filterField  = "field"
	filterNested = "nested"
	filterScalar = "scalar"
	filterList   = "list"
	filterCall   = "call"
)

// filterParser reads JSON token by token, so that it knows where each node begins.
type filterParser struct {
	text  string
	dec   *json.Decoder
	depth int
}

func (p *filterParser) errorf(at int, format string, args ...any) error {
	return &trace.ParseError{Column: utf8.RuneCountInString(p.text[:at]) + 1, Msg: fmt.Sprintf(format, args...)}
}

// next is where the next token begins.
func (p *filterParser) next() int {
	at := int(p.dec.InputOffset())
	return at + len(p.text[at:]) - len(strings.TrimLeft(p.text[at:], " \t\r\n,:"))
}

// token is the next one, and where it begins.
func (p *filterParser) token() (json.Token, int, error) {
	at := p.next()
	token, err := p.dec.Token()
	if err != nil {
		return nil, at, p.errorf(at, "not JSON: %v", err)
	}
	return token, at, nil
}

// object reads an object: member reads the value of each of its members.
func (p *filterParser) object(what string, member func(key string, at int) error) error {
	token, at, err := p.token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return p.errorf(at, "%s is an object", what)
	}
	if p.depth++; p.depth > 2*trace.MaxQueryDepth+1 { // a call in an argument is two
		return p.errorf(at, "nested too deeply")
	}
	seen := map[string]bool{}
	for p.dec.More() {
		token, at, err := p.token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if seen[key] {
			return p.errorf(at, "%q is there twice", shorten(key))
		}
		seen[key] = true
		if err := member(key, at); err != nil {
			return err
		}
	}
	p.depth--
	_, _, err = p.token()
	return err
}

// list reads an array: element reads each of its elements.
func (p *filterParser) list(what string, element func() error) error {
	token, at, err := p.token()
	if err != nil {
		return err
	}
	if token != json.Delim('[') {
		return p.errorf(at, "%s is a list", what)
	}
	for p.dec.More() {
		if err := element(); err != nil {
			return err
		}
	}
	_, _, err = p.token()
	return err
}

// string reads a text into s.
func (p *filterParser) string(what string, s *string) error {
	token, at, err := p.token()
	if err != nil {
		return err
	}
	text, ok := token.(string)
	if !ok {
		return p.errorf(at, "%s is text", what)
	}
	*s = text
	return nil
}

func (p *filterParser) unknown(key string, at int, known string) error {
	return p.errorf(at, "unknown %q: it is one of %s", shorten(key), known)
}

// call reads {"op":…,"args":[…]}.
func (p *filterParser) call() (*filterNode, error) {
	n := &filterNode{at: p.next(), kind: filterCall}
	return n, p.object("a call", func(key string, at int) error {
		switch key {
		case "op":
			return p.string(`"op"`, &n.op)
		case "args":
			return p.list(`"args"`, func() error {
				arg, err := p.expression()
				n.args = append(n.args, arg)
				return err
			})
		}
		return p.unknown(key, at, "op, args")
	})
}

// expression reads an object whose one member says what it is.
func (p *filterParser) expression() (*filterNode, error) {
	var n *filterNode
	begin := p.next()
	err := p.object("an argument", func(key string, at int) (err error) {
		if n != nil {
			return p.errorf(at, "an argument is one of %s", filterKinds)
		}
		if key == filterCall {
			n, err = p.call()
			return err
		}
		n = &filterNode{at: begin, kind: key}
		return p.atom(n, at)
	})
	if err == nil && n == nil {
		err = p.errorf(begin, "an argument is one of %s", filterKinds)
	}
	return n, err
}

const filterKinds = "attr, field, nested, scalar, list, call"

// atom reads what n, of a known kind but a call, consists of.
func (p *filterParser) atom(n *filterNode, at int) error {
	members := map[string]string{
		filterAttr: "key, level", filterField: "name, level", filterNested: "level", filterScalar: "value, type", filterList: "values, type",
	}[n.kind]
	if members == "" {
		return p.unknown(n.kind, at, filterKinds)
	}
	return p.object(fmt.Sprintf("%q", n.kind), func(key string, at int) error {
		if !slices.Contains(strings.Split(members, ", "), key) {
			return p.unknown(key, at, members)
		}
		switch key {
		case "key", "name":
			return p.string(`"`+key+`"`, &n.name)
		case "level":
			return p.string(`"level"`, &n.level)
		case "type":
			return p.string(`"type"`, &n.typ)
		case "value":
			n.values = []string{""}
			return p.string(`"value"`, &n.values[0])
		}
		return p.list(`"values"`, func() error {
			n.values = append(n.values, "")
			return p.string("a value", &n.values[len(n.values)-1])
		})
	})
}
