// SPDX-License-Identifier: Apache-2.0

package format

import (
	"encoding/hex"
	"reflect"
	"unicode"
	"unicode/utf8"
)

// isBytes reports whether t is a slice or array of bytes. Bytes with a method of
// their own say what they are one by one.
func isBytes(t reflect.Type) bool {
	if k := t.Kind(); k != reflect.Slice && k != reflect.Array {
		return false
	}
	e := t.Elem()
	return e.Kind() == reflect.Uint8 &&
		!e.Implements(reflect.TypeFor[error]()) && !e.Implements(reflect.TypeFor[stringer]())
}

// bytes appends a slice or array of bytes: as it is if it is text, else in
// hexadecimal. It looks at no more than could be appended, but at DefaultMaxBytes
// in any case, so that it does not depend on the limit which of the two it is.
func (p *printer) bytes(v reflect.Value) {
	size := v.Len()
	room := p.limit - len(p.buf)
	b := head(v, min(size, max(room+utf8.UTFMax, DefaultMaxBytes)))
	if isText(b, len(b) < size) {
		p.text(string(b[:min(len(b), room+utf8.UTFMax)]))
		return
	}
	p.grow(len("0x") + 2*len(b))
	p.text("0x")
	var digits [32]byte // up to which a string of them needs no memory
	for len(b) > 0 && !p.full {
		n := min(len(b), len(digits)/2)
		p.text(string(digits[:hex.Encode(digits[:], b[:n])]))
		b = b[n:]
	}
}

// head returns the first n bytes of a slice or array of bytes, which are copied
// from an array that has no address.
func head(v reflect.Value, n int) []byte {
	if v.Kind() == reflect.Slice || v.CanAddr() {
		return v.Bytes()[:n]
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(v.Index(i).Uint())
	}
	return b
}

// isText reports whether b is UTF-8 that can be printed, line breaks and tabs
// included. With cut its last rune need not be whole.
func isText(b []byte, cut bool) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			return cut && !utf8.FullRune(b)
		case !unicode.IsPrint(r) && r != '\n' && r != '\t' && r != '\r':
			return false
		}
		b = b[size:]
	}
	return true
}
