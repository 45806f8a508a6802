// SPDX-License-Identifier: Apache-2.0

package jsondoc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Value is a value of a document, as it stands there; empty when it is missing or
// null. Every tracer reads its answers by it: the decoder of encoding/json would make
// programs 90 kB larger.
type Value string

// Field says where Fields puts the value of a key.
type Field struct {
	Key  string
	Into *Value
}

// Parse returns a document of at most limit bytes, which encoding/json finds valid.
func Parse(document []byte, limit int) (Value, error) {
	if len(document) > limit {
		return "", fmt.Errorf("%w: %d bytes, at most %d are read", ErrTooLong, len(document), limit)
	}
	if !json.Valid(document) {
		return "", json.Compact(new(bytes.Buffer), document) // which says what is wrong
	}
	v, _ := cut(string(document))
	return v.orMissing(), nil
}

// Fields looks up the keys of an object. Those that are not there leave alone what the
// Field points at. The error is Quoted.
func (v Value) Fields(fields ...Field) error {
	if v == "" {
		return nil
	}
	if v[0] != '{' {
		return Quote(v.kind(), "is not an object")
	}
	for rest := string(v[1:]); ; {
		var key, value Value
		if key, rest = cut(rest); key == "" {
			return nil
		}
		value, rest = cut(rest)
		name := key.unquote()
		for _, f := range fields {
			if strings.EqualFold(f.Key, name) {
				*f.Into = value.orMissing()
			}
		}
	}
}

// IsList reports whether v is a list, or missing.
func (v Value) IsList() bool { return v == "" || v[0] == '[' }

// Elements goes through a list. What is no list has no elements.
func (v Value) Elements() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		if v == "" || v[0] != '[' {
			return
		}
		rest := string(v[1:])
		for i := 0; ; i++ {
			var element Value
			if element, rest = cut(rest); element == "" || !yield(i, element.orMissing()) {
				return
			}
		}
	}
}

// Text returns the content of a string. The error is Quoted.
func (v Value) Text() (string, error) {
	if v == "" || v[0] != '"' {
		return "", Quote(v.kind(), "is not a string")
	}
	return v.unquote(), nil
}

func (v Value) orMissing() Value {
	if v == "null" {
		return ""
	}
	return v
}

// kind is what encoding/json calls a value of this kind.
func (v Value) kind() string {
	switch first := v[:min(len(v), 1)]; first {
	case "":
		return "null"
	case "{":
		return "object"
	case "[":
		return "array"
	case `"`:
		return "string"
	case "t", "f":
		return "bool"
	}
	return "number"
}

// cut returns the first value of a part of a valid document, and what follows. Commas
// and colons in front of it do not count. At the end of an object or list there is none.
func cut(text string) (first Value, rest string) {
	text = strings.TrimLeft(text, space+",:")
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			for i++; text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		default:
			if depth == 0 { // a number, or a word
				end := i
				for end < len(text) && strings.IndexByte(space+",]}", text[end]) < 0 {
					end++
				}
				return Value(text[:end]), text[end:]
			}
		}
		switch {
		case depth == 0:
			return Value(text[:i+1]), text[i+1:]
		case depth < 0:
			return "", ""
		}
	}
	return "", ""
}

// unquote returns the content of a string. What is not valid UTF-8, or half a
// surrogate, becomes U+FFFD.
func (v Value) unquote() string {
	text := string(v[1 : len(v)-1])
	if !strings.Contains(text, `\`) && utf8.ValidString(text) {
		return strings.Clone(text)
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if r == '\\' {
			r, n = escaped(text)
		}
		b.WriteRune(r)
		text = text[n:]
	}
	return b.String()
}

// escaped returns the character of an escape, and how long that is.
func escaped(text string) (r rune, n int) {
	if text[1] != 'u' {
		if i := strings.IndexByte("bfnrt", text[1]); i >= 0 {
			return rune("\b\f\n\r\t"[i]), 2
		}
		return rune(text[1]), 2
	}
	r = unit(text)
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if strings.HasPrefix(text[6:], `\u`) {
		if pair := utf16.DecodeRune(r, unit(text[6:])); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

// unit reads \uXXXX.
func unit(text string) rune {
	n, _ := strconv.ParseUint(text[2:6], 16, 16) // the document is valid
	return rune(n)
}
