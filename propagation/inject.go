// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"net/http"
	"slices"

	"github.com/go-spur/spur/model"
)

// Inject writes c in every format that is configured for it. Ids are written when
// both are set, baggage in any case, so that a context of baggage alone travels
// without a trace; so does, in B3, a decision without ids (StateDecided). While the sampling decision is open (StateDeferred) sampled and
// debug go out cleared, and B3 has no sampling state.
//
// Members of baggage are written newest first until a limit of one of the formats
// is reached, the same members in each; one that does not fit is left out, and
// smaller ones after it are still tried. Also left out, and counted, are members
// that would break a carrier or a receiver: a key that is no token under HTTP or
// W3C, under Text a control byte in key or value, properties that are none.
// Receivers ignore the case of keys, so of keys that differ in case alone only the
// newest is written. Properties travel in W3C's baggage alone.
//
// A [Header], or an http.Header, is written to directly, in canonical spelling; and
// headers of the same format that have no place beside the new ones, such as the
// tracestate of another context, are removed from it. Baggage of another context is
// looked for when the Header has, in a format that is written, the ids of another
// context, in canonical spelling: then it was copied from another request, and the baggage of the formats that are written is
// removed, jaeger-baggage included, in any spelling. A context without ids removes
// nothing.
//
// Of keys that an [Environ] has one variable for, only the newest is written. Other
// carriers get keys as they are under Text and in lower case under HTTP, where those
// of members may also consist only of letters, digits, '-', '_' and '.', and not end
// in "-bin": gRPC metadata, the usual such carrier, allows no others.
func (p *Textual) Inject(c *model.Context, to Setter) {
	var header Header
	style := asIs
	switch to := to.(type) {
	case Header:
		header, style = to, inHeader
	case http.Header:
		header, style = Header(to), inHeader
	case *Environ:
		style = inEnviron
	default:
		if p.kind == HTTP {
			style = inLower
		}
	}
	formats := p.speaking(c)
	switch {
	case style != inHeader:
		p.setterIDs(formats, c, to, style)
	case header == nil:
		return
	case p.headerIDs(formats, c, header):
		p.removeBaggage(header)
	}
	some := c.Baggage != nil && p.injectBaggage(c.Baggage, header, to, style)
	for f := range families {
		if slices.Contains(formats, f) || some && slices.Contains(p.to.baggage, f) {
			p.counters[f].injected.Add(1)
		}
	}
}

// speaking returns the families that have something to say of c, beside its baggage.
func (p *Textual) speaking(c *model.Context) []family {
	switch {
	case c.IsValid():
		return p.to.ids
	case c.State&model.StateDecided != 0:
		if i := slices.Index(p.to.ids, b3); i >= 0 {
			return p.to.ids[i : i+1]
		}
	}
	return nil
}

// keyStyle is how a carrier wants its keys.
type keyStyle uint8

const (
	inHeader  keyStyle = iota // canonical tokens
	inLower                   // lower-case names that gRPC allows
	asIs                      // anything without control bytes
	inEnviron                 // the same, but one name for many keys
)

// in returns the spelling of a name in a carrier other than Header.
func (n *headerName) in(style keyStyle) string {
	if style == inLower {
		return n.lower
	}
	return n.text
}

// The values of a format's id headers in a Header: the slices that it holds and
// the text that their strings point at are one object, hence one allocation.
type (
	jaegerSlot struct {
		values [1]string
		text   [maxJaegerID]byte
	}
	w3cSlot struct {
		values [2]string
		text   [traceparentLen]byte
	}
	b3Slot struct {
		values [5]string
		text   [maxB3IDs]byte
	}
	b3SingleSlot struct {
		values [1]string
		text   [maxB3Single]byte
	}
)

// removeBaggage removes the members of the formats that are written, in any
// spelling.
func (p *Textual) removeBaggage(h Header) {
	for key := range h {
		switch f := p.names.classify(key); {
		case (f == jaegerMember || f == jaegerList) && slices.Contains(p.to.baggage, jaeger),
			f == w3cBaggage && slices.Contains(p.to.baggage, w3c),
			f == b3Member && slices.Contains(p.to.baggage, b3):
			delete(h, key)
		}
	}
}

// headerIDs writes the ids into a Header. It reports whether the Header was copied
// from another request, as a proxy does: whether it had the ids of another context.
// To go over all keys of every Header would cost a third of writing the ids.
func (p *Textual) headerIDs(formats []family, c *model.Context, h Header) (copied bool) {
	if !c.IsValid() {
		p.writeIDs(formats, c, h)
		return false
	}
	var old [families]string
	for i, name := range p.marks {
		if values := h[name]; len(values) > 0 {
			old[i], copied = values[0], true
		}
	}
	p.writeIDs(formats, c, h)
	if !copied {
		return false
	}
	for i, name := range p.marks {
		if old[i] != "" && old[i] != h[name][0] {
			return true
		}
	}
	return false
}

func (p *Textual) writeIDs(formats []family, c *model.Context, h Header) {
	for _, f := range formats {
		switch f {
		case jaeger:
			slot := new(jaegerSlot)
			slot.values[0] = textOf(appendJaegerID(slot.text[:0], c))
			p.setHeader(h, jaegerID, slot.values[:])
		case w3c:
			slot := new(w3cSlot)
			slot.values[0] = textOf(appendTraceparent(slot.text[:0], c))
			slot.values[1] = p.outState(c)
			p.setHeader(h, w3cParent, slot.values[:1:1])
			p.setHeader(h, w3cState, slot.values[1:])
		case b3:
			p.headerB3(c, h)
		}
	}
}

func (p *Textual) headerB3(c *model.Context, h Header) {
	if p.to.b3Single {
		slot := new(b3SingleSlot)
		slot.values[0] = textOf(appendB3Single(slot.text[:0], c))
		p.setHeader(h, b3Whole, slot.values[:])
	}
	if !p.to.b3Multi {
		return
	}
	if !p.to.b3Single {
		delete(h, p.names.of[b3Whole].canonical) // receivers would prefer it
	}
	slot := new(b3Slot)
	for i, pair := range b3Pairs(slot.text[:0], c) {
		slot.values[i] = pair.value
		p.setHeader(h, pair.field, slot.values[i:i+1:i+1])
	}
}

// setHeader sets a header to its one value, or removes it when that is "".
func (p *Textual) setHeader(h Header, f field, values []string) {
	if name := p.names.of[f].canonical; values[0] != "" {
		h[name] = values
	} else {
		delete(h, name)
	}
}

// setterIDs writes the ids into another carrier.
func (p *Textual) setterIDs(formats []family, c *model.Context, to Setter, style keyStyle) {
	var buf [maxJaegerID + traceparentLen + maxB3Single]byte
	set := func(f field, value string) {
		if value != "" {
			to.Set(p.names.of[f].in(style), value)
		}
	}
	for _, f := range formats {
		switch f {
		case jaeger:
			set(jaegerID, string(appendJaegerID(buf[:0], c)))
		case w3c:
			set(w3cParent, string(appendTraceparent(buf[:0], c)))
			set(w3cState, p.outState(c))
		case b3:
			if p.to.b3Single {
				set(b3Whole, string(appendB3Single(buf[:0], c)))
			}
			if p.to.b3Multi {
				for _, pair := range b3Pairs(make([]byte, 0, maxB3IDs), c) {
					set(pair.field, pair.value)
				}
			}
		}
	}
}
