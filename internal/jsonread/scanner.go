// SPDX-License-Identifier: Apache-2.0

package jsonread

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxDepth is how many arrays and objects may stand in each other.
const MaxDepth = 64

// Error says what is wrong with a document, and where.
type Error struct {
	Offset int // in bytes, from the document's beginning
	Reason string
}

// Error implements error.
func (e *Error) Error() string {
	return "json: byte " + strconv.Itoa(e.Offset) + ": " + e.Reason
}

// scanner walks over JSON and finds what breaks its grammar. It never goes back.
type scanner struct {
	text []byte
	at   int
}

// take walks over one value and the space in front of it. base is where the
// scanner's text begins in the document.
func (s *scanner) take(base int) (Value, *Error) {
	s.space()
	start := s.at
	if err := s.value(0); err != nil {
		return Value{}, err
	}
	return Value{s.text[start:s.at:s.at], base + start}, nil
}

// more walks to the next element or member, and reports whether there is one.
func (s *scanner) more() bool {
	s.space()
	if s.peek() == ',' {
		s.at++
		s.space()
	}
	return s.peek() != ']' && s.peek() != '}'
}

func (s *scanner) value(depth int) *Error {
	switch c := s.peek(); c {
	case '{', '[':
		if depth == MaxDepth {
			return &Error{s.at, "exceeded max depth of " + strconv.Itoa(MaxDepth)}
		}
		return s.list(c == '{', depth+1)
	case '"':
		return s.quoted()
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		return s.number()
	}
}

// list walks over an object or an array.
func (s *scanner) list(object bool, depth int) *Error {
	closing := byte(']')
	if object {
		closing = '}'
	}
	s.at++
	s.space()
	if s.peek() == closing {
		s.at++
		return nil
	}
	for {
		s.space()
		if object {
			if err := s.quoted(); err != nil {
				return err
			}
			s.space()
			if s.peek() != ':' {
				return s.unexpected()
			}
			s.at++
			s.space()
		}
		if err := s.value(depth); err != nil {
			return err
		}
		s.space()
		switch s.peek() {
		case closing:
			s.at++
			return nil
		case ',':
			s.at++
		default:
			return s.unexpected()
		}
	}
}

func (s *scanner) quoted() *Error {
	if s.peek() != '"' {
		return s.unexpected()
	}
	for s.at++; s.peek() != '"'; s.at++ {
		switch c := s.peek(); {
		case c < ' ': // the end, too
			return s.unexpected()
		case c == '\\':
			s.at++
			if err := s.escape(); err != nil {
				return err
			}
		}
	}
	s.at++
	return nil
}

// escape walks to the last character of what follows a backslash.
func (s *scanner) escape() *Error {
	if c := s.peek(); c != 'u' {
		if strings.IndexByte(escapes, c) < 0 {
			return s.unexpected()
		}
		return nil
	}
	for range 4 {
		s.at++
		if hexDigit(s.peek()) < 0 {
			return s.unexpected()
		}
	}
	return nil
}

func (s *scanner) number() *Error {
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else if err := s.digits(); err != nil {
		return err
	}
	if s.peek() == '.' {
		s.at++
		if err := s.digits(); err != nil {
			return err
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		return s.digits()
	}
	return nil
}

// digits walks over at least one.
func (s *scanner) digits() *Error {
	start := s.at
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.at++
	}
	if s.at == start {
		return s.unexpected()
	}
	return nil
}

func (s *scanner) word(w string) *Error {
	for i := range len(w) {
		if s.peek() != w[i] {
			return s.unexpected()
		}
		s.at++
	}
	return nil
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// peek returns the next byte, and at the end 0, which JSON has nowhere.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// unexpected is the error of the next character, or of the end.
func (s *scanner) unexpected() *Error {
	if s.at >= len(s.text) {
		return &Error{s.at, "unexpected end"}
	}
	r, _ := utf8.DecodeRune(s.text[s.at:])
	return &Error{s.at, "invalid character " + strconv.QuoteRune(r)}
}
