// SPDX-License-Identifier: Apache-2.0

package jsonread

import (
	"bytes"
	"fmt"
	"iter"
	"strings"
)

// Kind is what a Value is.
type Kind uint8

// The kinds of values.
const (
	Missing Kind = iota // the zero Value: there is none
	Null
	Bool
	Number
	String
	Array
	Object
)

// String returns the kind's name in lower case.
func (k Kind) String() string {
	return [...]string{"nothing", "null", "bool", "number", "string", "array", "object"}[min(k, Object)]
}

// Value is a piece of a document that Parse has checked. It shares the document's
// bytes, which must not change. Its methods may be called whatever its kind; the
// zero Value is one that is missing.
type Value struct {
	text []byte // without space around it
	at   int    // in the document
}

// Parse checks a document of at most most bytes, nested at most MaxDepth deep, and
// returns its value. The error is an *Error.
func Parse(document []byte, most int) (Value, error) {
	if len(document) > most {
		return Value{}, &Error{most, "the document is longer than that"}
	}
	s := scanner{text: document}
	v, err := s.take(0)
	if err != nil {
		return Value{}, err
	}
	if s.space(); s.at < len(s.text) {
		err = s.unexpected()
		err.Reason += ": something follows the value"
		return Value{}, err
	}
	return v, nil
}

// Kind returns what v is.
func (v Value) Kind() Kind {
	if len(v.text) == 0 {
		return Missing
	}
	switch v.text[0] {
	case 'n':
		return Null
	case 't', 'f':
		return Bool
	case '"':
		return String
	case '[':
		return Array
	case '{':
		return Object
	}
	return Number
}

// Empty reports whether v is missing or null.
func (v Value) Empty() bool { return v.Kind() <= Null }

// Want returns an *Error unless v is of one kind, missing or null.
func (v Value) Want(kind Kind) error {
	if v.Empty() || v.Kind() == kind {
		return nil
	}
	return &Error{v.at, fmt.Sprintf("cannot unmarshal %v as %v", v.Kind(), kind)}
}

// Raw returns v as it stands in the document, whose bytes it shares; nil when it is
// missing. The text of a Number is one for strconv, that of a Bool true or false.
func (v Value) Raw() []byte { return v.text }

// Text returns what a String says, copied; "" for all other kinds.
func (v Value) Text() string {
	if v.Kind() != String {
		return ""
	}
	return unquote(v.text[1 : len(v.text)-1])
}

// Get returns the last member of an Object with this name, whatever its case; the
// zero Value if there is none, or if v is no object.
func (v Value) Get(name string) Value {
	var found Value
	wanted := []byte(name)
	v.members(func(key, member Value) bool {
		raw := key.text[1 : len(key.text)-1]
		if bytes.EqualFold(raw, wanted) || bytes.IndexByte(raw, '\\') >= 0 && strings.EqualFold(key.Text(), name) {
			found = member
		}
		return true
	})
	return found
}

// Members goes through the members of an Object, in order, those with one name
// included; other kinds have none.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		v.members(func(key, member Value) bool { return yield(key.Text(), member) })
	}
}

// Elements goes through the elements of an Array; other kinds have none.
func (v Value) Elements() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		if v.Kind() != Array {
			return
		}
		s := scanner{text: v.text, at: 1}
		for i := 0; s.more(); i++ {
			if element, err := s.take(v.at); err != nil || !yield(i, element) { // no error: v has been checked
				return
			}
		}
	}
}

func (v Value) members(yield func(key, member Value) bool) {
	if v.Kind() != Object {
		return
	}
	s := scanner{text: v.text, at: 1}
	for s.more() {
		key, err := s.take(v.at)
		if err != nil {
			return
		}
		s.space()
		s.at++ // the colon
		member, err := s.take(v.at)
		if err != nil || !yield(key, member) {
			return
		}
	}
}
