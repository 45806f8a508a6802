// SPDX-License-Identifier: Apache-2.0

package propagation

import "strings"

// isLiteral reports whether a byte of a baggage value stands for itself in a
// header: printable ASCII without the space, without what decoding gives another
// meaning ('%', '+') and without what proxies and list syntaxes do.
func isLiteral(c byte) bool {
	if c <= ' ' || c >= 0x7f {
		return false
	}
	switch c {
	case '%', '+', '"', ',', ';', '\\':
		return false
	}
	return true
}

// escapedLen returns the length of s after percent-encoding.
func escapedLen(s string) int {
	n := len(s)
	for i := 0; i < len(s); i++ {
		if !isLiteral(s[i]) {
			n += 2
		}
	}
	return n
}

// appendEscaped appends s percent-encoded, a space as "%20".
func appendEscaped(dst []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		if c := s[i]; isLiteral(c) {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

// appendUnescaped appends s percent-decoded, with '+' for a space as in
// jaeger-client-go's headers. It reports whether every '%' had its two digits;
// if not, what was appended is worthless.
func appendUnescaped(dst []byte, s string) ([]byte, bool) {
	if !needsUnescape(s) {
		return append(dst, s...), true
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '+':
			dst = append(dst, ' ')
		case '%':
			if len(s)-i < 3 {
				return dst, false
			}
			high, ok1 := unhex(s[i+1])
			low, ok2 := unhex(s[i+2])
			if !ok1 || !ok2 {
				return dst, false
			}
			dst = append(dst, high<<4|low)
			i += 2
		default:
			dst = append(dst, c)
		}
	}
	return dst, true
}

// needsUnescape reports whether decoding would change s.
func needsUnescape(s string) bool {
	return strings.IndexByte(s, '%') >= 0 || strings.IndexByte(s, '+') >= 0
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
