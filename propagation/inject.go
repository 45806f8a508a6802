// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"net/http"
	"slices"

	"github.com/go-spur/spur/model"
)

// Inject writes c in every format that is configured for it. Ids are written when
// both are set, baggage in any case, so that a context of baggage alone travels
// without a trace; so does, in B3, a decision without ids (StateDecided). While the
// sampling decision is open (StateDeferred), sampled and debug go out cleared, and
// B3 has no sampling state.
//
// All baggage headers together have at most Limits.BaggageBytes; package
// propagation says what becomes of larger sets. Left out, and counted, are also
// members that would break a carrier or a receiver: under HTTP and in W3C's a key
// that is no token, under Text a control byte in key or value, in B3 a value that
// headers cannot hold unencoded. Most receivers ignore the case of keys, so of keys
// that differ in case alone only the newest is written, unless W3C's is the only
// baggage.
//
// A [Header], or an http.Header, is written to directly, in canonical spelling, and
// headers that have no place beside the new ones, such as the tracestate of another
// context, are removed from it. If it has the ids of another context, in canonical
// spelling and a format that is written, it was copied from another request: then
// baggage of the formats that are written is removed too, in any spelling. A
// context without ids removes nothing.
//
// Of keys that an [Environ] has one variable for, only the newest is written. Other
// carriers get keys as they are under Text, and under HTTP what gRPC metadata
// allows: names in lower case, of letters, digits, '-', '_' and '.', that do not end
// in "-bin", and values of printable ASCII.
func (p *Textual) Inject(c *model.Context, to Setter) {
	w := writer{names: p.names, to: to}
	switch to := to.(type) {
	case Header:
		w.header, w.style = to, inHeader
	case http.Header:
		w.header, w.style = Header(to), inHeader
	case *Environ:
		w.style = inEnviron
	default:
		if p.kind == HTTP {
			w.style = inLower
		}
	}
	if w.style == inHeader && w.header == nil {
		return
	}
	ids := p.to.ids
	switch {
	case c.IsValid():
		if p.writeAllIDs(c, &w) {
			w.removeBaggage(p.to.baggage)
		}
	case c.State&model.StateDecided != 0 && p.to.hasIDs(b3):
		ids = []family{b3}
		p.writeIDs(b3, c, &w)
	default:
		ids = nil
	}
	for _, f := range ids {
		p.counters[f].injected.Add(1)
	}
	if c.Baggage == nil {
		return
	}
	for f, written := range p.injectBaggage(c.Baggage, &w) {
		if written && !slices.Contains(ids, family(f)) {
			p.counters[f].injected.Add(1)
		}
	}
}

// writeAllIDs writes the ids in every format. It reports whether a Header was copied
// from another request, as a proxy does: whether it had the ids of another context.
// To go over all keys of every Header would cost a third of writing the ids.
func (p *Textual) writeAllIDs(c *model.Context, w *writer) (copied bool) {
	if p.to.hasIDs(jaeger) && p.to.hasIDs(w3c) {
		h := new(defaultHeaders)
		h.jaeger.text.put(c)
		w.jaeger, w.w3c = &h.jaeger, &h.w3c
	}
	w.fresh = len(w.header) == 0
	for _, f := range p.to.ids {
		if w.fresh {
			p.writeIDs(f, c, w)
			continue
		}
		mark := [families]field{jaegerID, w3cParent, b3Span}[f]
		if f == b3 && p.to.b3Single {
			mark = b3Whole
		}
		name, old := p.names.of[mark].canonical, ""
		if values := w.header[name]; len(values) > 0 {
			old = values[0]
		}
		p.writeIDs(f, c, w)
		copied = copied || old != "" && old != w.header[name][0]
	}
	return copied
}

// The values of a format's id headers and their text are one object, hence one
// allocation.
type (
	jaegerHeader struct {
		values [1]string
		text   idText
	}
	w3cHeaders struct {
		values [2]string
		text   parentText
	}
	defaultHeaders struct {
		jaeger jaegerHeader
		w3c    w3cHeaders
	}
	b3Header struct {
		values [1]string
		text   [maxB3Single]byte
	}
	b3Headers struct {
		values [5]string
		text   [maxB3IDs]byte
	}
)

func (p *Textual) writeIDs(f family, c *model.Context, w *writer) {
	switch f {
	case jaeger:
		h := w.jaeger
		if h == nil {
			h = new(jaegerHeader)
			h.text.put(c)
		}
		h.values[0] = h.text.header(c)
		w.set(jaegerID, h.values[:])
	case w3c:
		h, ids := w.w3c, (*idText)(nil)
		if h == nil {
			h = new(w3cHeaders)
		} else {
			ids = &w.jaeger.text
		}
		h.values[0] = h.text.header(c, ids)
		h.values[1] = p.outState(c)
		w.set(w3cParent, h.values[:1])
		w.set(w3cState, h.values[1:])
	case b3:
		if p.to.b3Single {
			h := new(b3Header)
			h.values[0] = textOf(appendB3Single(h.text[:0], c))
			w.set(b3Whole, h.values[:])
		} else if !w.fresh {
			delete(w.header, p.names.of[b3Whole].canonical) // receivers would prefer it
		}
		if p.to.b3Multi {
			h := new(b3Headers)
			h.values = b3Values(h.text[:0], c)
			for i := range h.values {
				w.set(b3Trace+field(i), h.values[i:i+1])
			}
		}
	}
}

// keyStyle is how a carrier wants its keys.
type keyStyle uint8

const (
	asIs      keyStyle = iota // anything without control bytes
	inHeader                  // canonical tokens
	inLower                   // lower-case names that gRPC allows
	inEnviron                 // as they are, but one name for many keys
)

// writer writes into a Header, or into another carrier.
type writer struct {
	names  *names
	style  keyStyle
	header Header
	fresh  bool // the header had nothing in it
	to     Setter
	jaeger *jaegerHeader // where these go, with the ids already; nil: anywhere
	w3c    *w3cHeaders   // likewise
	text   []byte        // of members
	values []string      // of members in a Header
}

// set writes a header that has one value, or removes it from a Header when that is
// "".
func (w *writer) set(f field, values []string) {
	name := &w.names.of[f]
	switch {
	case w.style != inHeader:
		if values[0] != "" {
			w.to.Set(name.in(w.style), values[0])
		}
	case values[0] != "":
		w.header[name.canonical] = values[:1:1]
	case !w.fresh:
		delete(w.header, name.canonical)
	}
}

// removeBaggage removes the members of some families from a Header, in any
// spelling.
func (w *writer) removeBaggage(of []family) {
	for key := range w.header {
		if f, baggage := w.names.classify(key).family(); baggage && slices.Contains(of, f) {
			delete(w.header, key)
		}
	}
}

// in returns the spelling of a name in a carrier.
func (n *headerName) in(style keyStyle) string {
	switch style {
	case inHeader:
		return n.canonical
	case inLower:
		return n.lower
	}
	return n.text
}
