// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"net/http"
	"strings"

	"github.com/go-spur/spur/model"
)

// injectBaggage writes what fits, and reports in which families.
func (p *Textual) injectBaggage(b *model.Baggage, w *writer) (written [families]bool) {
	if len(p.to.baggage) == 0 {
		return written
	}
	if p.injectOrdinary(b, w) {
		for _, f := range p.to.baggage {
			written[f] = true
		}
		return written
	}
	return p.injectChosen(b, w)
}

// injectChosen writes a set of which some members, or formats, may have to be left out.
func (p *Textual) injectChosen(b *model.Baggage, w *writer) (written [families]bool) {
	var few [8]pick
	picks := few[:0]
	if n := min(b.Len(), p.limits.BaggageMembers); n > len(few) {
		picks = make([]pick, 0, n)
	}
	picks, shares := p.choose(b, w.style, picks)
	total := p.divide(&shares, len(picks))
	w.grow(total.text, total.members)
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
				if m := &picks[i]; m.valueLen[f] >= 0 {
					w.member(f, m.Key, m.Value, m.valueLen[f])
				}
			}
		}
	}
	return written
}

// injectOrdinary writes a set that all formats can hold whole, and reports whether it
// was one.
func (p *Textual) injectOrdinary(b *model.Baggage, w *writer) bool {
	members, keys, values, plain := 0, 0, 0, true // all values are what they are on the wire
	var more [families]int                        // bytes that encoding adds to them
	match := p.to.match(w.style == inEnviron)
	for m := range b.All() {
		is := all(m.Value)
		if m.Key == "" || m.Properties != "" || all(m.Key)&inPlain == 0 ||
			is&inJaeger == 0 && (is&(inASCII|noControl) != inASCII|noControl || trimOWS(m.Value) != m.Value) ||
			w.style == inLower && isBinaryKey(m.Key) || members > 0 && shadowed(b, members, m.Key, match) {
			return false
		}
		members, keys, values = members+1, keys+len(m.Key), values+len(m.Value)
		if is&inJaeger == 0 {
			plain = false
			for _, f := range p.to.baggage {
				more[f] += p.valueLen(f, m.Value, is) - len(m.Value)
			}
		}
	}
	size, unneeded, headers := 0, 0, 0
	for _, f := range p.to.baggage {
		size += keys + values + more[f]
		if f == w3c {
			size += members*len("=,") - len(",")
			headers++
			continue
		}
		if p.names.overlap[f] {
			return false
		}
		size += members * len(p.names.of[memberField(f)].lower)
		headers += members
		if plain {
			unneeded += values
		}
	}
	if members > p.limits.BaggageMembers || size > p.limits.BaggageBytes {
		return false
	}
	w.grow(size-unneeded, headers)
	for _, f := range p.to.baggage {
		from := len(w.text)
		for m := range b.All() {
			length := len(m.Value)
			if !plain {
				length = p.valueLen(f, m.Value, all(m.Value))
			}
			if f == w3c {
				w.listed(from, m.Key, m.Value, length)
			} else {
				w.member(f, m.Key, m.Value, length)
			}
		}
		if f == w3c {
			w.endList(from)
		}
	}
	return true
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

// grow makes room for all names, and for the values that are not a member's own, in one
// allocation, and for the slices of a Header in a second one.
func (w *writer) grow(text, headers int) {
	w.text = make([]byte, 0, text)
	if w.style == inHeader {
		w.values = make([]string, 0, headers)
	}
}

// member writes the header of one member, whose value has size bytes there.
func (w *writer) member(f family, key, value string, size int) {
	prefix := &w.names.of[memberField(f)]
	from := len(w.text)
	switch w.style {
	case inHeader:
		start := strings.HasSuffix(prefix.canonical, "-")
		w.text = appendCanonical(append(w.text, prefix.canonical...), key, start)
	case inLower:
		w.text = appendLowerASCII(append(w.text, prefix.lower...), key)
	default:
		w.text = append(append(w.text, prefix.text...), key...)
	}
	name := textOf(w.text[from:])
	if size != len(value) {
		from = len(w.text)
		w.text = appendEscaped(w.text, value, f)
		value = textOf(w.text[from:])
	}
	w.setMember(name, value)
}

// list writes W3C's header of all members.
func (w *writer) list(picks []pick) {
	from := len(w.text)
	for i := range picks {
		m := &picks[i]
		if m.valueLen[w3c] < 0 {
			continue
		}
		w.listed(from, m.Key, m.Value, m.valueLen[w3c])
		if m.Properties != "" {
			w.text = append(w.text, ';')
			w.text = append(w.text, strings.ReplaceAll(m.Properties, "\t", " ")...) // gRPC allows no tabs
		}
	}
	w.endList(from)
}

// listed appends a member, whose value has size bytes there, to W3C's list, which
// begins at from.
func (w *writer) listed(from int, key, value string, size int) {
	if len(w.text) > from {
		w.text = append(w.text, ',')
	}
	w.text = append(append(w.text, key...), '=')
	if size != len(value) {
		w.text = appendEscaped(w.text, value, w3c)
		return
	}
	w.text = append(w.text, value...)
}

func (w *writer) endList(from int) {
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
