// SPDX-License-Identifier: Apache-2.0

package format

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Prefix returns the longest prefix of s that has at most limit bytes and ends
// between two runes. Bytes that are not UTF-8 count as runes of one byte. The prefix
// keeps all of s in memory.
func Prefix(s string, limit int) string {
	if len(s) <= max(limit, 0) {
		return s
	}
	return s[:border(s, limit)]
}

// Cut returns the Prefix of s in which each invalid byte is replaced by U+FFFD, and
// whether that is less than s. It looks at no more than limit bytes of s, and
// allocates only when it has to change s.
func Cut(s string, limit int) (string, bool) {
	head := Prefix(s, limit)
	cut := len(head) < len(s)
	switch {
	case !utf8.ValidString(head):
		b, more := appendClean(nil, head, max(limit, 0))
		return string(b), cut || more
	case cut:
		return strings.Clone(head), true
	}
	return s, false
}

// Shorten returns s as Cut does, in at most limit bytes of which the last are
// the mark "…" if something was cut, and whether it was. Below three bytes there is
// no room for the mark, and none.
func Shorten(s string, limit int) (string, bool) {
	whole, cut := Cut(s, limit)
	if !cut || limit < len(mark) {
		return whole, cut
	}
	part, _ := Cut(s, limit-len(mark))
	return part + mark, true
}

// Short is Shorten for messages.
func Short(s string, limit int) string {
	s, _ = Shorten(s, limit)
	return s
}

// Line is Short for what strangers say: it becomes one line. What cannot be printed
// counts as a space, and several spaces become one.
func Line(s string, limit int) string {
	words := strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == utf8.RuneError || !unicode.IsPrint(r)
	})
	return Short(strings.Join(words, " "), limit)
}

// ShortenCharacters returns s, which is UTF-8, if it has at most limit characters,
// otherwise its beginning and the mark "…", limit characters in all.
func ShortenCharacters(s string, limit int) (string, bool) {
	if len(s) <= max(limit, 0) {
		return s, false
	}
	if limit <= 0 {
		return "", true
	}
	n, end := 0, 0
	for i := range s {
		switch n {
		case limit - 1:
			end = i
		case limit:
			return s[:end] + mark, true
		}
		n++
	}
	return s, false
}

// CutCharacters returns the first limit characters of s, which is UTF-8, and whether
// that is less than s.
func CutCharacters(s string, limit int) (string, bool) {
	if len(s) <= max(limit, 0) {
		return s, false
	}
	n := 0
	for i := range s {
		if n == limit {
			return s[:i], true
		}
		n++
	}
	return s, false
}

// appendClean appends what Cut(s, room) would return.
func appendClean(dst []byte, s string, room int) ([]byte, bool) {
	head := Prefix(s, room)
	cut := len(head) < len(s)
	if utf8.ValidString(head) {
		return append(dst, head...), cut
	}
	for _, r := range head { // an invalid byte reads as U+FFFD
		if room -= utf8.RuneLen(r); room < 0 {
			return dst, true
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst, cut
}

// border returns the largest i ≤ limit at which s, which is longer than limit,
// can be divided without splitting a rune.
func border(s string, limit int) int {
	limit = max(limit, 0)
	for i := limit; i > limit-utf8.UTFMax && i >= 0; i-- {
		if !utf8.RuneStart(s[i]) {
			continue
		}
		if _, size := utf8.DecodeRuneInString(s[i:]); i+size > limit {
			return i
		}
		break // the rune ends before limit: what follows are stray bytes
	}
	return limit
}
