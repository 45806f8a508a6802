// SPDX-License-Identifier: Apache-2.0

package propagation

import "strings"

// literal is the class of the bytes of a baggage value that stand for themselves in a
// header. In W3C's that is printable ASCII without what its grammar excludes (W3C
// Baggage, baggage-octet); in Jaeger's it is what URIs do not reserve (RFC 3986,
// section 2.3), as in jaeger-client-go's.
func literal(f family) class {
	if f == jaeger {
		return inJaeger
	}
	return inW3C
}

// escapedLen returns the length of s after percent-encoding.
func escapedLen(s string, f family) int {
	n, itself := len(s), literal(f)
	for i := range len(s) {
		if classes[s[i]]&itself == 0 {
			n += 2
		}
	}
	return n
}

// appendEscaped appends s percent-encoded, a space as "%20".
func appendEscaped(dst []byte, s string, f family) []byte {
	const digits = "0123456789ABCDEF"
	itself := literal(f)
	for i := range len(s) {
		if c := s[i]; classes[c]&itself != 0 {
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
			var ok bool
			if c, ok = unescape(s[i:]); !ok {
				return dst, false
			}
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
		if _, ok := unescape(s[i:]); !ok {
			return false
		}
	}
}

// unescape returns what the '%' at the start of s and its two digits stand for.
func unescape(s string) (c byte, ok bool) {
	if len(s) < 3 {
		return 0, false
	}
	high, ok1 := unhex(s[1])
	low, ok2 := unhex(s[2])
	return high<<4 | low, ok1 && ok2
}

// needsUnescape reports whether decoding would change s.
func needsUnescape(s string, plus bool) bool {
	for i := range len(s) { // which are short
		if c := s[i]; c == '%' || c == '+' && plus {
			return true
		}
	}
	return false
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
