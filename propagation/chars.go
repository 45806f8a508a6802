// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"strings"
	"unsafe"

	"github.com/go-spur/spur/internal/format"
)

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func upperByte(c byte) byte {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

// appendLowerASCII appends s with its ASCII letters in lower case.
func appendLowerASCII(dst []byte, s string) []byte {
	dst = append(dst, s...)
	for i := len(dst) - len(s); i < len(dst); i++ {
		dst[i] = lowerByte(dst[i])
	}
	return dst
}

// appendLower appends s in lower case, letters beyond ASCII included.
func appendLower(dst []byte, s string) []byte {
	if !isASCII(s) {
		return append(dst, strings.ToLower(s)...)
	}
	return appendLowerASCII(dst, s)
}

// appendCanonical appends s, a part of a token, in the canonical spelling of MIME
// headers. start says that s begins the name or stands behind a '-'.
func appendCanonical(dst []byte, s string, start bool) []byte {
	dst = append(dst, s...)
	for i := len(dst) - len(s); i < len(dst); i++ {
		c := dst[i]
		if start {
			dst[i] = upperByte(c)
		} else {
			dst[i] = lowerByte(c)
		}
		start = c == '-'
	}
	return dst
}

// isCanonical reports whether appendCanonical would append s as it is.
func isCanonical(s string, start bool) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if start && c != upperByte(c) || !start && c != lowerByte(c) {
			return false
		}
		start = c == '-'
	}
	return true
}

// every reports whether is holds for all bytes of s.
func every(s string, is func(c byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

// isToken reports whether s is a field name of RFC 9110.
func isToken(s string) bool {
	return s != "" && every(s, func(c byte) bool { return isPlain(c) || strings.IndexByte("!#$%&'*+^`|~", c) >= 0 })
}

// isPlainToken reports whether s is a name that gRPC metadata allows, too.
func isPlainToken(s string) bool { return s != "" && every(s, isPlain) }

func isPlain(c byte) bool {
	return isLowerOrDigit(lowerByte(c)) || c == '-' || c == '_' || c == '.'
}

func isLowerOrDigit(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

// hasControl reports whether s has an ASCII control byte.
func hasControl(s string) bool {
	return !every(s, func(c byte) bool { return c >= ' ' && c != 0x7f })
}

func isASCII(s string) bool { return every(s, func(c byte) bool { return c < 0x80 }) }

// isLower reports whether s is ASCII without capital letters.
func isLower(s string) bool {
	return every(s, func(c byte) bool { return c < 0x80 && c == lowerByte(c) })
}

// trimOWS removes the spaces and tabs around s.
func trimOWS(s string) string {
	for s != "" && isOWS(s[0]) {
		s = s[1:]
	}
	for s != "" && isOWS(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isOWS(c byte) bool { return c == ' ' || c == '\t' }

// shorten cuts what comes from elsewhere and goes into a message.
func shorten(s string) string { return format.Short(s, 64) }

// textOf returns the bytes of b as a string without a copy. Nobody may write to
// them any more.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
