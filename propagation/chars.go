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

// isToken reports whether s is a field name of RFC 9110.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isPlain(s[i]) && strings.IndexByte("!#$%&'*+^`|~", s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

// isPlainToken reports whether s is a name that gRPC metadata allows, too.
func isPlainToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isPlain(s[i]) {
			return false
		}
	}
	return s != ""
}

func isPlain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '_' || c == '.'
}

// hasControl reports whether s has an ASCII control byte.
func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}

// isASCII reports whether s has no byte above 0x7f.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// trimOWS removes the spaces and tabs around s.
func trimOWS(s string) string { return strings.Trim(s, " \t") }

// shorten returns s, or the beginning of a long one. What comes from elsewhere
// goes into messages through it.
func shorten(s string) string {
	return format.Short(s, 64)
}

// textOf returns the bytes of b as a string without a copy. Nobody may write to
// them any more.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// isLower reports whether s is ASCII without capital letters.
func isLower(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}
