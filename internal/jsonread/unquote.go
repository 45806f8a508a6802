// SPDX-License-Identifier: Apache-2.0

package jsonread

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// What may follow a backslash, but u, and what each stands for.
const (
	escapes   = `"\/bfnrt`
	unescaped = "\"\\/\b\f\n\r\t"
)

// unquote returns what a checked string says that stands between b's quotes.
// Halves of surrogate pairs, and each byte that is not UTF-8, become U+FFFD.
func unquote(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b) {
		return string(b)
	}
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		switch {
		case b[0] != '\\':
			r, n := utf8.DecodeRune(b)
			out = utf8.AppendRune(out, r)
			b = b[n:]
		case b[1] != 'u':
			out = append(out, unescaped[strings.IndexByte(escapes, b[1])])
			b = b[2:]
		default:
			r := codeUnit(b)
			b = b[6:]
			if both := utf16.DecodeRune(r, codeUnit(b)); both != utf8.RuneError {
				r = both
				b = b[6:]
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// codeUnit reads the \uXXXX at the beginning of b; -1 if there is none.
func codeUnit(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range b[2:6] {
		r = r<<4 | rune(hexDigit(c))
	}
	return r
}

// hexDigit returns the value of a digit, or -1.
func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
