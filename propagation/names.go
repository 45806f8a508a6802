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
// as in jaeger-client-go; and Jaeger's come before those of other formats.
type JaegerHeaders struct {
	TraceContext  string // ids and flags; default "uber-trace-id"
	DebugID       string // a request to trace this call; default "jaeger-debug-id"
	Baggage       string // a list of members; default "jaeger-baggage"
	BaggagePrefix string // start of the header of one member; default "uberctx-"
}

// field is what a header means. The order is that in which names are compared:
// whole names before prefixes.
type field uint8

const (
	noField field = iota
	jaegerID
	jaegerDebug
	jaegerList // the first of the lists, see reading.lists
	w3cBaggage
	w3cState
	w3cParent
	b3Whole
	b3Trace
	b3Span
	b3Parent
	b3Sampled
	b3Flags
	jaegerMember // a prefix, as the next
	b3Member
	numFields
)

// family returns whose header it is, and whether it has baggage.
func (f field) family() (of family, baggage bool) {
	switch {
	case f == jaegerList, f == jaegerMember:
		return jaeger, true
	case f == w3cBaggage:
		return w3c, true
	case f == b3Member:
		return b3, true
	case f < jaegerList:
		return jaeger, false
	case f < b3Whole:
		return w3c, false
	}
	return b3, false
}

// memberField is the prefix that a family's members have, if they have headers of
// their own.
func memberField(f family) field { return [families]field{jaeger: jaegerMember, b3: b3Member}[f] }

// headerName is one name in the spellings that are needed.
type headerName struct {
	_         [0]func() // not comparable: that would be code of a kilobyte
	text      string    // as configured: written under Text
	lower     string    // compared with; written to foreign carriers under HTTP
	canonical string    // written to, and looked up in, a Header
	field
}

// is compares with a key of any case.
func (n *headerName) is(key string) bool {
	return len(key) == len(n.lower) && strings.EqualFold(key, n.lower)
}

// starts reports whether key has the name as its beginning, in any case.
func (n *headerName) starts(key string) bool {
	return len(key) >= len(n.lower) && strings.EqualFold(key[:len(n.lower)], n.lower)
}

// names holds the header names that a propagator works with.
type names struct {
	of     [numFields]headerName
	groups [32]group // by the low five bits of the first byte, which are the same in both cases

	// overlap: another name begins with the prefix, so that a member could be
	// taken for it.
	overlap [families]bool
}

// group is the names that begin with one letter.
type group struct {
	lengths uint64 // of keys that may be one of them, as lengthBit has them
	names   []*headerName
}

// lengthBit stands for a length, the last one for all that are longer, too.
func lengthBit(n int) uint64 { return 1 << min(n, 63) }

// newNames prepares the names of the families that take part.
func newNames(kind Kind, c *config, has func(family) bool) (*names, error) {
	n := new(names)
	for _, f := range []struct {
		field
		option, value, or string
	}{
		{jaegerID, "TraceContext", c.headers.TraceContext, "uber-trace-id"},
		{jaegerDebug, "DebugID", c.headers.DebugID, "jaeger-debug-id"},
		{jaegerList, "Baggage", c.headers.Baggage, "jaeger-baggage"},
		{w3cBaggage, "", "", "baggage"},
		{w3cState, "", "", "tracestate"},
		{w3cParent, "", "", "traceparent"},
		{b3Whole, "", "", "b3"},
		{b3Trace, "", "", "x-b3-traceid"},
		{b3Span, "", "", "x-b3-spanid"},
		{b3Parent, "", "", "x-b3-parentspanid"},
		{b3Sampled, "", "", "x-b3-sampled"},
		{b3Flags, "", "", "x-b3-flags"},
		{jaegerMember, "BaggagePrefix", c.headers.BaggagePrefix, "uberctx-"},
		{b3Member, "B3BaggagePrefix", c.b3Prefix, "baggage-"},
	} {
		text := f.value
		if text == "" {
			text = f.or
		}
		if kind == HTTP && !isToken(text) {
			return n, fmt.Errorf("propagation: header name %s %q is not an HTTP field name", f.option, shorten(text))
		}
		if kind == Text && hasControl(text) {
			return n, fmt.Errorf("propagation: header name %s %q has control bytes", f.option, shorten(text))
		}
		if of, _ := f.family(); has(of) {
			for i := range jaegerMember { // prefixes may be the same
				if other := &n.of[i]; other.text != "" && other.is(text) {
					return n, fmt.Errorf("propagation: header name %q stands for two headers", shorten(text))
				}
			}
			n.add(f.field, text)
		}
	}
	for f := range families {
		n.overlap[f] = n.overlaps(memberField(f))
	}
	return n, nil
}

func (n *names) add(f field, text string) {
	n.of[f] = headerName{
		text:      text,
		lower:     string(appendLowerASCII(nil, text)),
		canonical: http.CanonicalHeaderKey(text),
		field:     f,
	}
	g := &n.groups[text[0]&31]
	g.names = append(g.names, &n.of[f])
	if g.lengths |= lengthBit(len(text)); f >= jaegerMember {
		g.lengths |= -lengthBit(len(text)) // and all that are longer
	}
}

// overlaps reports whether a prefix begins another name, or another prefix begins
// it.
func (n *names) overlaps(prefix field) bool {
	own := &n.of[prefix]
	if own.lower == "" {
		return false
	}
	for f := range numFields {
		if other := &n.of[f]; f != prefix && other.lower != "" &&
			(own.starts(other.lower) || f >= jaegerMember && other.starts(own.lower)) {
			return true
		}
	}
	return false
}

// may reports whether a key might be one of the names, at a glance.
func (n *names) may(key string) bool {
	return key != "" && n.groups[key[0]&31].lengths&lengthBit(len(key)) != 0
}

// classify says what a key of a carrier is.
func (n *names) classify(key string) field {
	if !n.may(key) {
		return noField
	}
	f, _ := n.classifyHeader(key)
	return f
}

// classifyHeader says what a key of a Header that may be one of the names is, and
// of a whole name whether it is spelled as Inject writes it.
func (n *names) classifyHeader(key string) (f field, canonical bool) {
	for _, name := range n.groups[key[0]&31].names {
		size := len(name.lower)
		start := key
		if name.field >= jaegerMember {
			start = key[:min(len(key), size)]
		}
		switch {
		case len(start) != size:
		case start == name.canonical:
			return name.field, true
		case lowerByte(start[size/2]) != name.lower[size/2]:
		case start == name.lower, strings.EqualFold(start, name.lower):
			return name.field, name.field >= jaegerMember
		}
	}
	return noField, false
}

// reserved reports whether a member of this key would be taken for something else.
func (n *names) reserved(f family, key string) bool {
	if !n.overlap[f] {
		return false
	}
	prefix := memberField(f)
	return n.classify(n.of[prefix].lower+key) != prefix
}
