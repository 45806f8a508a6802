// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"strings"
	"unsafe"

	"github.com/go-spur/spur/model"
)

// idSlot is the value of an id header in a Header: the one-element slice and the
// text that its string points at are one object, hence one allocation.
type idSlot struct {
	values [1]string
	text   [maxIDText]byte
}

// textOf returns the bytes of b as a string without a copy. Nobody may write to
// them any more.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// injectHeader writes c and reports whether there was anything to write.
func (p *JaegerPropagator) injectHeader(c *model.Context, h Header) bool {
	if h == nil {
		return false
	}
	valid := c.IsValid()
	if valid {
		slot := new(idSlot)
		slot.values[0] = textOf(appendID(slot.text[:0], c))
		h[p.names.id.canonical] = slot.values[:]
	}
	return p.headerBaggage(c.Baggage, h) || valid
}

// headerBaggage writes members with two allocations, whatever their number: one
// for all names and encoded values, one for all slices.
func (p *JaegerPropagator) headerBaggage(b *model.Baggage, h Header) bool {
	count, size := p.measure(b, inHeader)
	if count == 0 {
		return false
	}
	prefix := p.names.prefix.canonical
	upper := strings.HasSuffix(prefix, "-")
	text := make([]byte, 0, size)
	values := make([]string, 0, count)
	p.choose(b, inHeader, func(m model.Member, valueLen int) {
		from := len(text)
		text = appendCanonical(append(text, prefix...), m.Key, upper)
		name := textOf(text[from:])
		value := m.Value
		if valueLen != len(value) {
			from = len(text)
			text = appendEscaped(text, value)
			value = textOf(text[from:])
		}
		values = append(values, value)
		n := len(values)
		h[name] = values[n-1 : n : n]
	})
	return true
}

// injectSetter is injectHeader for other carriers.
func (p *JaegerPropagator) injectSetter(c *model.Context, to Setter) bool {
	id, style := &p.names.id.text, asIs
	if p.kind == HTTP {
		id, style = &p.names.id.lower, inLower
	}
	valid := c.IsValid()
	if valid {
		var buf [maxIDText]byte
		to.Set(*id, string(appendID(buf[:0], c)))
	}
	return p.setterBaggage(c.Baggage, to, style) || valid
}

// setterBaggage writes members with one allocation for all names and values.
func (p *JaegerPropagator) setterBaggage(b *model.Baggage, to Setter, style keyStyle) bool {
	count, size := p.measure(b, style)
	if count == 0 {
		return false
	}
	text := make([]byte, 0, size)
	p.choose(b, style, func(m model.Member, valueLen int) {
		from := len(text)
		if style == inLower {
			text = appendLowerASCII(append(text, p.names.prefix.lower...), m.Key)
		} else {
			text = append(append(text, p.names.prefix.text...), m.Key...)
		}
		name := textOf(text[from:])
		value := m.Value
		if valueLen != len(value) {
			from = len(text)
			text = appendEscaped(text, value)
			value = textOf(text[from:])
		}
		to.Set(name, value)
	})
	return true
}

// keyStyle is how a carrier wants its keys.
type keyStyle uint8

const (
	inHeader keyStyle = iota // canonical tokens
	inLower                  // lower-case names that gRPC allows
	asIs                     // anything without control bytes
)

// measure returns how many members choose will choose, and how many bytes of
// names and encoded values must be made for them. It counts the others.
func (p *JaegerPropagator) measure(b *model.Baggage, style keyStyle) (count, size int) {
	if b == nil {
		return 0, 0
	}
	p.choose(b, style, func(m model.Member, valueLen int) {
		count++
		size += len(p.names.prefix.lower) + len(m.Key)
		if valueLen != len(m.Value) {
			size += valueLen
		}
	})
	p.counters.leftOut(b.Len() - count)
	return count, size
}

// choose calls write for the members that travel, newest first, with the length
// of the value on the wire. Called again it chooses the same ones.
func (p *JaegerPropagator) choose(b *model.Baggage, style keyStyle, write func(m model.Member, valueLen int)) {
	members, left := p.limits.BaggageMembers, p.limits.BaggageBytes
	position := -1
	for m := range b.All() {
		position++
		if members == 0 || left <= len(p.names.prefix.lower) {
			return
		}
		valueLen, cost := p.memberCost(m, style, left)
		if cost > left || shadowed(b, position, m.Key) {
			continue
		}
		members--
		left -= cost
		write(m, valueLen)
	}
}

// memberCost returns how many bytes a member takes on the wire, and its value
// alone. Above left the cost is not exact; a member that cannot be written costs
// more than there is.
func (p *JaegerPropagator) memberCost(m model.Member, style keyStyle, left int) (valueLen, cost int) {
	valueLen = len(m.Value)
	cost = len(p.names.prefix.lower) + len(m.Key) + valueLen
	if cost > left {
		return valueLen, cost
	}
	writable := !p.names.reserved(m.Key)
	switch style {
	case inHeader:
		writable = writable && isToken(m.Key)
	case inLower:
		writable = writable && isPlainToken(m.Key)
	case asIs:
		writable = writable && m.Key != "" && !hasControl(m.Key)
	}
	if p.kind == HTTP {
		valueLen = escapedLen(m.Value)
		cost += valueLen - len(m.Value)
	} else {
		writable = writable && !hasControl(m.Value)
	}
	if !writable {
		return valueLen, left + 1
	}
	return valueLen, cost
}

// shadowed reports whether one of the first n members has the same key in
// another case.
func shadowed(b *model.Baggage, n int, key string) bool {
	for m := range b.All() {
		if n == 0 {
			return false
		}
		n--
		if strings.EqualFold(m.Key, key) {
			return true
		}
	}
	return false
}
