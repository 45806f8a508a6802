// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"fmt"
	"net/http"
	"strings"
)

// JaegerHeaders names Jaeger's headers, in any case. An empty field has the
// default name. Under HTTP names must be header field names (RFC 9110, token);
// under Text they must be free of control bytes.
//
// When names coincide, the first in the order of the fields that fits is meant,
// as in jaeger-client-go.
type JaegerHeaders struct {
	TraceContext  string // ids and flags; default "uber-trace-id"
	DebugID       string // a request to trace this call; default "jaeger-debug-id"
	Baggage       string // a list of members; default "jaeger-baggage"
	BaggagePrefix string // start of the header of one member; default "uberctx-"
}

// headerName is one name in the spellings that are needed.
type headerName struct {
	text      string // as configured: written under Text
	lower     string // compared with; written to foreign carriers under HTTP
	canonical string // written to, and looked up in, a Header
}

// is compares with a key of any case.
func (n *headerName) is(key string) bool {
	return len(key) == len(n.lower) && n.starts(key)
}

// starts reports whether key has the name as its beginning, in any case. The two
// usual spellings are recognised at a glance.
func (n *headerName) starts(key string) bool {
	size := len(n.lower)
	if len(key) < size || lowerByte(key[0]) != n.lower[0] {
		return false
	}
	start := key[:size]
	return start == n.lower || start == n.canonical || startsFold(start, n.lower)
}

// jaegerNames holds the names a JaegerPropagator works with.
type jaegerNames struct {
	id, debug, list, prefix headerName

	// overlap: one of the other names begins with the prefix, so that a member
	// could overwrite it.
	overlap bool

	// initials says which bytes a name can begin with, in either case.
	initials [256]bool
}

func newJaegerNames(kind Kind, h JaegerHeaders) (jaegerNames, error) {
	var n jaegerNames
	for _, f := range []struct {
		field, value, or string
		name             *headerName
	}{
		{"TraceContext", h.TraceContext, "uber-trace-id", &n.id},
		{"DebugID", h.DebugID, "jaeger-debug-id", &n.debug},
		{"Baggage", h.Baggage, "jaeger-baggage", &n.list},
		{"BaggagePrefix", h.BaggagePrefix, "uberctx-", &n.prefix},
	} {
		text := f.value
		if text == "" {
			text = f.or
		}
		if kind == HTTP && !isToken(text) {
			return n, fmt.Errorf("propagation: header name %s %q is not an HTTP field name", f.field, shorten(text))
		}
		if kind == Text && hasControl(text) {
			return n, fmt.Errorf("propagation: header name %s %q has control bytes", f.field, shorten(text))
		}
		*f.name = headerName{
			text:      text,
			lower:     string(appendLowerASCII(nil, text)),
			canonical: http.CanonicalHeaderKey(text),
		}
	}
	for _, name := range []*headerName{&n.id, &n.debug, &n.list, &n.prefix} {
		n.initials[name.lower[0]], n.initials[upperByte(name.lower[0])] = true, true
	}
	for _, other := range []string{n.id.lower, n.debug.lower, n.list.lower} {
		n.overlap = n.overlap || n.prefix.starts(other)
	}
	return n, nil
}

// nameKind says what a key of a carrier is.
type nameKind uint8

const (
	notOurs nameKind = iota
	idName
	debugName
	listName
	memberName
)

// foreign reports whether a key is none of ours for its first byte alone, as most
// keys are.
func (n *jaegerNames) foreign(key string) bool { return key == "" || !n.initials[key[0]] }

// classify sorts a key.
func (n *jaegerNames) classify(key string) nameKind {
	switch {
	case n.id.is(key):
		return idName
	case n.debug.is(key):
		return debugName
	case n.list.is(key):
		return listName
	case n.prefix.starts(key):
		return memberName
	}
	return notOurs
}

// reserved reports whether a member of this key would be taken for another header.
func (n *jaegerNames) reserved(key string) bool {
	return n.overlap && n.classify(n.prefix.lower+key) != memberName
}

// startsFold reports whether key begins with lower, which is in lower case,
// without regard to the case of ASCII letters. It is not called with a key that
// is shorter.
func startsFold(key, lower string) bool {
	for i := 0; i < len(lower); i++ {
		if lowerByte(key[i]) != lower[i] {
			return false
		}
	}
	return true
}

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
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return append(dst, strings.ToLower(s)...)
		}
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
