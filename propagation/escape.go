// SPDX-License-Identifier: Apache-2.0

package propagation

import "strings"

// isLiteral reports whether c, of a baggage value, stands for itself in a header:
// printable ASCII without what W3C's grammar excludes (W3C Baggage, baggage-octet).
// Jaeger's receivers read '+' as a space, so it is encoded for them.
func isLiteral(c byte, f family) bool {
	switch c {
	case '%', '"', ',', ';', '\\':
		return false
	case '+':
		return f != jaeger
	}
	return ' ' < c && c < 0x7f
}

// escapedLen returns the length of s after percent-encoding.
func escapedLen(s string, f family) int {
	n := len(s)
	for i := range len(s) {
		if !isLiteral(s[i], f) {
			n += 2
		}
	}
	return n
}

// appendEscaped appends s percent-encoded, a space as "%20".
func appendEscaped(dst []byte, s string, f family) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		if c := s[i]; isLiteral(c, f) {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

// appendUnescaped appends s percent-decoded; plus says that '+' is a space, as in
// jaeger-client-go's headers. It reports whether every '%' had its two digits; if
// not, what was appended is worthless.
func appendUnescaped(dst []byte, s string, plus bool) ([]byte, bool) {
	if !needsUnescape(s, plus) {
		return append(dst, s...), true
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '+' && plus:
			c = ' '
		case c == '%':
			if !isEscape(s, i) {
				return dst, false
			}
			high, _ := unhex(s[i+1])
			low, _ := unhex(s[i+2])
			c = high<<4 | low
			i += 2
		}
		dst = append(dst, c)
	}
	return dst, true
}

// decodable reports whether every '%' has its two digits.
func decodable(s string) bool {
	for i := 0; ; i += 3 {
		next := strings.IndexByte(s[i:], '%')
		if next < 0 {
			return true
		}
		i += next
		if !isEscape(s, i) {
			return false
		}
	}
}

// isEscape reports whether the '%' at s[i] has its two digits.
func isEscape(s string, i int) bool {
	if len(s)-i < 3 {
		return false
	}
	_, ok1 := unhex(s[i+1])
	_, ok2 := unhex(s[i+2])
	return ok1 && ok2
}

// needsUnescape reports whether decoding would change s.
func needsUnescape(s string, plus bool) bool {
	return strings.IndexByte(s, '%') >= 0 || plus && strings.IndexByte(s, '+') >= 0
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
