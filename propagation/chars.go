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
		wrong := byte('A')
		if start {
			wrong = 'a'
		}
		c := s[i]
		if c-wrong < 26 {
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

// class is a set of things that a byte can be.
type class uint8

const (
	inToken  class = 1 << iota // part of a field name (RFC 9110, tchar)
	inPlain                    // and of one that gRPC allows
	inJaeger                   // itself in a baggage value of Jaeger's, see literal
	inW3C                      // itself in one of W3C's
	inMember                   // ASCII that neither ends a value in W3C's list nor encodes anything
	inASCII
	noControl // not an ASCII control byte
)

var classes = func() (table [256]class) {
	for i := range table {
		c := byte(i)
		plain := isLowerOrDigit(lowerByte(c)) || c == '-' || c == '_' || c == '.'
		ascii := c < 0x80
		for class, is := range map[class]bool{
			inToken:   plain || ascii && strings.IndexByte("!#$%&'*+^`|~", c) >= 0,
			inPlain:   plain,
			inJaeger:  plain || c == '~',
			inW3C:     ' ' < c && c < 0x7f && strings.IndexByte(`%",;\`, c) < 0,
			inMember:  ' ' < c && c < 0x7f && c != '%' && c != ',' && c != ';',
			inASCII:   ascii,
			noControl: c >= ' ' && c != 0x7f,
		} {
			if is {
				table[i] |= class
			}
		}
	}
	return table
}()

// all returns what all bytes of s are.
func all(s string) class {
	are := ^class(0)
	for i := range len(s) {
		are &= classes[s[i]]
	}
	return are
}

// isToken reports whether s is a field name of RFC 9110.
func isToken(s string) bool { return s != "" && all(s)&inToken != 0 }

func isLowerOrDigit(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

// hasControl reports whether s has an ASCII control byte.
func hasControl(s string) bool { return all(s)&noControl == 0 }

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
