// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"strings"

	"github.com/go-spur/spur/model"
)

// pick is a member that travels, with the length of its value in each dialect.
type pick struct {
	model.Member
	valueLen [families]int
}

// injectBaggage writes the members that fit, and reports whether there are any. It
// makes all names and values in one allocation, and the slices of a Header in a
// second one.
func (p *Textual) injectBaggage(b *model.Baggage, h Header, to Setter, style keyStyle) bool {
	if len(p.to.baggage) == 0 {
		return false
	}
	var few [8]pick
	picks := few[:0]
	if n := min(b.Len(), p.limits.BaggageMembers); n > len(few) {
		picks = make([]pick, 0, n)
	}
	picks, size := p.choose(b, style, picks)
	for _, f := range p.to.baggage {
		p.counters[f].leftOut(b.Len() - len(picks))
	}
	if len(picks) == 0 {
		return false
	}
	w := baggageWriter{names: p.names, style: style, header: h, to: to, text: make([]byte, 0, size)}
	if style == inHeader {
		w.values = make([]string, 0, len(p.to.baggage)*len(picks))
	}
	for _, f := range p.to.baggage {
		if f == w3c {
			w.list(picks)
			continue
		}
		for i := range picks {
			w.member(f, &picks[i])
		}
	}
	return true
}

// choose returns the members that travel, newest first, and how many bytes of text
// must be made for them.
func (p *Textual) choose(b *model.Baggage, style keyStyle, picks []pick) ([]pick, int) {
	var used [families]int
	size, position := 0, -1
	for m := range b.All() {
		position++
		if len(picks) == p.limits.BaggageMembers {
			break
		}
		picked := pick{Member: m}
		var costs [families]int
		fits := true
		for _, f := range p.to.baggage {
			left := p.limits.BaggageBytes - used[f]
			cost, ok := p.memberCost(f, style, &picked, left)
			if f == w3c && len(picks) > 0 {
				cost++ // the comma
			}
			if !ok || cost > left {
				fits = false
				break
			}
			costs[f] = cost
		}
		if !fits || shadowed(b, position, m.Key, style == inEnviron) {
			continue
		}
		for _, f := range p.to.baggage {
			used[f] += costs[f]
			if f == w3c {
				size += costs[f]
				continue
			}
			size += len(p.names.of[memberField(f)].lower) + len(m.Key)
			if picked.valueLen[f] != len(m.Value) {
				size += picked.valueLen[f]
			}
		}
		picks = append(picks, picked)
	}
	return picks, size
}

// memberCost returns how many bytes a member takes on the wire, and notes the
// length of its value. Above left the cost is not exact. It reports whether the
// member can be written at all.
func (p *Textual) memberCost(f family, style keyStyle, m *pick, left int) (cost int, ok bool) {
	cost, m.valueLen[f] = p.wireLen(f, &m.Member, left)
	switch {
	case cost > left:
		return cost, false
	case f == w3c:
		return cost, isToken(m.Key) && (m.Properties == "" || isProperties(m.Properties))
	case p.names.reserved(f, m.Key):
		return cost, false
	case style == inHeader:
		ok = isToken(m.Key)
	case style == inLower:
		ok = isPlainToken(m.Key) && !isBinaryKey(m.Key)
	default:
		ok = m.Key != "" && !hasControl(m.Key)
	}
	return cost, ok && (p.kind == HTTP || !hasControl(m.Value))
}

// wireLen returns how many bytes a member takes on the wire, and how many of them
// its value does. Above left they are not exact.
func (p *Textual) wireLen(f family, m *model.Member, left int) (cost, value int) {
	value = len(m.Value)
	cost = len(m.Key) + value
	if f == w3c {
		cost += len("=")
		if m.Properties != "" {
			cost += len(";") + len(m.Properties)
		}
	} else {
		cost += len(p.names.of[memberField(f)].lower)
	}
	if cost <= left && (f == w3c || p.kind == HTTP) {
		value = escapedLen(m.Value, f)
		cost += value - len(m.Value)
	}
	return cost, value
}

// isBinaryKey reports whether gRPC would encode the values of a key.
func isBinaryKey(key string) bool {
	const suffix = "-bin"
	return len(key) >= len(suffix) && strings.EqualFold(key[len(key)-len(suffix):], suffix)
}

// shadowed reports whether one of the first n members has the same key in
// another case, or, with loose, the same environment variable.
func shadowed(b *model.Baggage, n int, key string, loose bool) bool {
	for m := range b.All() {
		if n == 0 {
			return false
		}
		n--
		if strings.EqualFold(m.Key, key) || loose && sameKey(m.Key, key, loose) {
			return true
		}
	}
	return false
}

// baggageWriter writes into a Header, or into another carrier when that is nil.
type baggageWriter struct {
	names  *names
	style  keyStyle
	header Header
	to     Setter
	text   []byte
	values []string
}

// member writes the header of one member.
func (w *baggageWriter) member(f family, m *pick) {
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
	name, value := textOf(w.text[from:]), m.Value
	if m.valueLen[f] != len(value) {
		from = len(w.text)
		w.text = appendEscaped(w.text, value, f)
		value = textOf(w.text[from:])
	}
	w.set(name, value)
}

// list writes the header of all members.
func (w *baggageWriter) list(picks []pick) {
	from := len(w.text)
	for i := range picks {
		m := &picks[i]
		if i > 0 {
			w.text = append(w.text, ',')
		}
		w.text = appendEscaped(append(append(w.text, m.Key...), '='), m.Value, w3c)
		if m.Properties != "" {
			w.text = append(append(w.text, ';'), m.Properties...)
		}
	}
	name := &w.names.of[w3cBaggage]
	if w.style == inHeader {
		w.set(name.canonical, textOf(w.text[from:]))
	} else {
		w.set(name.in(w.style), textOf(w.text[from:]))
	}
}

func (w *baggageWriter) set(name, value string) {
	if w.style != inHeader {
		w.to.Set(name, value)
		return
	}
	w.values = append(w.values, value)
	n := len(w.values)
	w.header[name] = w.values[n-1 : n : n]
}
