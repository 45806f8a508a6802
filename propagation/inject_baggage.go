// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"net/http"
	"strings"

	"github.com/go-spur/spur/model"
)

// pick is a member that is written, with the length of its value in each family, or
// -1 where that cannot hold the member.
type pick struct {
	model.Member
	valueLen [families]int
}

// share is what the members take in one family.
type share struct{ members, bytes int }

// injectBaggage writes what fits, and reports in which families. It makes all names
// and values in one allocation, and the slices of a Header in a second one.
func (p *Textual) injectBaggage(b *model.Baggage, w *writer) (written [families]bool) {
	if len(p.to.baggage) == 0 {
		return written
	}
	var few [8]pick
	picks := few[:0]
	if n := min(b.Len(), p.limits.BaggageMembers); n > len(few) {
		picks = make([]pick, 0, n)
	}
	picks, shares := p.choose(b, w.style, picks)
	total := p.divide(&shares, len(picks))
	w.text = make([]byte, 0, total.bytes)
	if w.style == inHeader {
		w.values = make([]string, 0, total.members)
	}
	for _, f := range p.to.baggage {
		written[f] = shares[f].members > 0
		if left := b.Len() - shares[f].members; left > 0 {
			w.removeMembers(f, b) // some may be there from an earlier Inject
			p.counters[f].leftOut(left)
		}
		switch {
		case !written[f]:
		case f == w3c:
			w.list(picks)
		default:
			for i := range picks {
				w.member(f, &picks[i])
			}
		}
	}
	return written
}

// divide takes away the shares that do not fit the limit together, and returns the
// sum of those that stay: families that hold all members come first.
func (p *Textual) divide(shares *[families]share, members int) (total share) {
	for _, partly := range [...]bool{false, true} {
		for _, f := range p.to.baggage {
			s := &shares[f]
			switch {
			case s.members < members != partly:
			case total.bytes+s.bytes > p.limits.BaggageBytes:
				*s = share{}
			default:
				total.members, total.bytes = total.members+s.members, total.bytes+s.bytes
			}
		}
	}
	return total
}

// choose returns the members to write, newest first, and what they take in each
// family. A member is chosen while there is a family that has room for it and all
// those before it, and so for the whole set.
func (p *Textual) choose(b *model.Baggage, style keyStyle, picks []pick) ([]pick, [families]share) {
	var shares [families]share
	position := -1
	for m := range b.All() {
		position++
		if len(picks) == p.limits.BaggageMembers {
			break
		}
		if len(m.Key)+len(m.Value) > p.limits.BaggageBytes {
			continue
		}
		chosen, with, fits := pick{Member: m}, shares, false
		for _, f := range p.to.baggage {
			if !p.canHold(f, style, &m) {
				chosen.valueLen[f] = -1
				continue
			}
			chosen.valueLen[f] = p.valueLen(f, m.Value)
			with[f].bytes += p.size(f, &chosen, with[f].members == 0)
			with[f].members++
			fits = fits || with[f].bytes <= p.limits.BaggageBytes
		}
		if fits && !shadowed(b, position, m.Key, p.to.match(style == inEnviron)) {
			shares = with
			picks = append(picks, chosen)
		}
	}
	return picks, shares
}

// size returns how many bytes a member takes on the wire.
func (p *Textual) size(f family, m *pick, first bool) int {
	size := len(m.Key) + m.valueLen[f]
	if f != w3c {
		return size + len(p.names.of[memberField(f)].lower)
	}
	size += len("=")
	if m.Properties != "" {
		size += len(";") + len(m.Properties)
	}
	if !first {
		size += len(",")
	}
	return size
}

// valueLen returns the length of a value on the wire.
func (p *Textual) valueLen(f family, value string) int {
	if f == b3 || f == jaeger && p.kind == Text {
		return len(value)
	}
	return escapedLen(value, f)
}

// canHold reports whether a family can hold a member in a carrier.
func (p *Textual) canHold(f family, style keyStyle, m *model.Member) bool {
	if f == w3c {
		return isToken(m.Key) && (m.Properties == "" || isProperties(m.Properties))
	}
	switch {
	case p.names.reserved(f, m.Key):
		return false
	case style == inHeader && !isToken(m.Key), style == inLower && (all(m.Key)&inPlain == 0 || isBinaryKey(m.Key)):
		return false
	case m.Key == "" || hasControl(m.Key):
		return false
	case p.kind == Text:
		return !hasControl(m.Value)
	}
	return f == jaeger || !hasControl(m.Value) && trimOWS(m.Value) == m.Value && (style != inLower || isASCII(m.Value))
}

// removeMembers removes from a Header what has been written of these members.
func (w *writer) removeMembers(f family, b *model.Baggage) {
	switch {
	case w.header == nil:
	case f == w3c:
		delete(w.header, w.names.of[w3cBaggage].canonical)
	default:
		for m := range b.All() {
			if !w.names.reserved(f, m.Key) {
				delete(w.header, http.CanonicalHeaderKey(w.names.of[memberField(f)].lower+m.Key))
			}
		}
	}
}

// isBinaryKey reports whether gRPC would encode the values of a key.
func isBinaryKey(key string) bool {
	const suffix = "-bin"
	return len(key) >= len(suffix) && strings.EqualFold(key[len(key)-len(suffix):], suffix)
}

// shadowed reports whether one of the first n members has the same key to receivers.
func shadowed(b *model.Baggage, n int, key string, match keyMatch) bool {
	for m := range b.All() {
		if n == 0 {
			return false
		}
		n--
		if match.same(m.Key, key) {
			return true
		}
	}
	return false
}

// member writes the header of one member, if the family can hold it.
func (w *writer) member(f family, m *pick) {
	if m.valueLen[f] < 0 {
		return
	}
	prefix := &w.names.of[memberField(f)]
	from := len(w.text)
	switch w.style {
	case inHeader:
		start := strings.HasSuffix(prefix.canonical, "-")
		w.text = appendCanonical(append(w.text, prefix.canonical...), m.Key, start)
	case inLower:
		w.text = appendLowerASCII(append(w.text, prefix.lower...), m.Key)
	default:
		w.text = append(append(w.text, prefix.text...), m.Key...)
	}
	name := textOf(w.text[from:])
	from = len(w.text)
	if m.valueLen[f] == len(m.Value) {
		w.text = append(w.text, m.Value...)
	} else {
		w.text = appendEscaped(w.text, m.Value, f)
	}
	w.setMember(name, textOf(w.text[from:]))
}

// list writes W3C's header of all members.
func (w *writer) list(picks []pick) {
	from := len(w.text)
	for i := range picks {
		m := &picks[i]
		if m.valueLen[w3c] < 0 {
			continue
		}
		if len(w.text) > from {
			w.text = append(w.text, ',')
		}
		w.text = appendEscaped(append(append(w.text, m.Key...), '='), m.Value, w3c)
		if m.Properties != "" {
			w.text = append(w.text, ';')
			w.text = append(w.text, strings.ReplaceAll(m.Properties, "\t", " ")...) // gRPC allows no tabs
		}
	}
	w.setMember(w.names.of[w3cBaggage].in(w.style), textOf(w.text[from:]))
}

func (w *writer) setMember(name, value string) {
	if w.style != inHeader {
		w.to.Set(name, value)
		return
	}
	w.values = append(w.values, value)
	n := len(w.values)
	w.header[name] = w.values[n-1 : n : n]
}
