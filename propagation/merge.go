// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-spur/spur/model"
)

// maxKeptText is how much memory for text a pooled object may hold on to.
const maxKeptText = 16 << 10

// builder makes one set of baggage.
type builder struct {
	members []model.Member // with strings of the carrier, or of text
	text    []byte         // lower-case keys and decoded values
	size    int            // of keys, values and properties
	match   keyMatch
}

// merge makes one set of what the families brought: first that of the family whose
// ids won, then the others in their order. The first value of a key counts; W3C's
// spelling and properties replace those of formats that do not keep them. The limits
// hold for the outcome as they do for each family.
func (p *Textual) merge(r *reading, winner family) *model.Baggage {
	p.scratched(r).build.match = r.match
	if winner < families {
		p.accept(r, winner)
	}
	for _, f := range p.from.baggage {
		if f != winner {
			p.accept(r, f)
		}
	}
	return r.build.baggage()
}

// accept adds what one family brought.
func (p *Textual) accept(r *reading, f family) {
	b := &r.build
	if lists := r.lists[w3cBaggage-jaegerList]; f == w3c && lists != nil {
		if len(lists) == 1 && len(b.members) > 0 && b.repeats(lists[0], &p.limits) {
			return
		}
		p.takeW3CBaggage(r)
	}
	members := r.baggage[f].members
	for i := range members {
		m := &members[i]
		member := model.Member{Key: m.key, Properties: m.properties}
		if f != w3c && !m.listed {
			member.Key = b.lower(m.key)
		}
		old := b.find(member.Key)
		switch {
		case old != nil && f != w3c:
			continue
		case old != nil && old.Key == member.Key && old.Properties == member.Properties:
			continue
		case old != nil:
			member.Value = old.Value
		default:
			member.Value = b.decode(m, f, p.kind)
		}
		if !b.put(old, &member, &p.limits) {
			r.baggage[f].dropped++
		}
	}
}

// repeats reports whether the members of a list of W3C's, all of which are ordinary, are
// there, so that the list adds nothing. Mostly Jaeger's headers have brought them.
func (b *builder) repeats(list string, l *Limits) bool {
	if len(list) > l.BaggageBytes {
		return false
	}
	for room := l.BaggageMembers; room > 0; room-- {
		key, _, size := ordinaryMember(list)
		if size == 0 || !b.holds(key) {
			return false
		}
		if size == len(list) {
			return true
		}
		list = list[size+len(","):]
	}
	return false
}

// put adds a member, or puts it in the place of an old one. It reports whether there
// was room.
func (b *builder) put(old, m *model.Member, l *Limits) bool {
	size := b.size + len(m.Key) + len(m.Value) + len(m.Properties)
	if old != nil {
		size -= len(old.Key) + len(old.Value) + len(old.Properties)
	}
	if size > l.BaggageBytes || old == nil && len(b.members) >= l.BaggageMembers {
		return false
	}
	b.size = size
	if old != nil {
		*old = *m
	} else {
		*next(&b.members) = *m
	}
	return true
}

func (b *builder) find(key string) *model.Member {
	for i := range b.members {
		if m := &b.members[i]; len(m.Key) == len(key) && b.match.same(m.Key, key) {
			return m
		}
	}
	return nil
}

// holds reports whether there is a member of this very key, without properties.
func (b *builder) holds(key string) bool {
	for i := range b.members {
		if m := &b.members[i]; m.Key == key {
			return m.Properties == ""
		}
	}
	return false
}

// lower returns a key in lower case.
func (b *builder) lower(key string) string {
	from := len(b.text)
	b.text = slices.Grow(b.text, len(key))
	text, bits := b.text[from : from+len(key)][:len(key)], byte(0)
	for i := range len(key) {
		bits |= key[i]
		text[i] = lowerByte(key[i])
	}
	switch {
	case bits >= utf8.RuneSelf:
		return strings.ToLower(key)
	case string(text) == key:
		return key
	}
	b.text = b.text[:from+len(key)]
	return textOf(text)
}

// decode returns the value of a member. In Jaeger's headers, one that does not
// decode is taken as it stands, as in jaeger-client-go. In W3C's, which has been
// checked, bytes that are not UTF-8 are replaced, as its section on values demands.
func (b *builder) decode(m *found, f family, kind Kind) string {
	if f == b3 || f == jaeger && (m.listed || kind == Text) || !needsUnescape(m.value, f == jaeger) {
		return m.value
	}
	from := len(b.text)
	text, ok := appendUnescaped(slices.Grow(b.text, len(m.value)), m.value, f == jaeger)
	if !ok {
		return m.value
	}
	b.text = text
	value := textOf(b.text[from:])
	if f == w3c && !utf8.ValidString(value) {
		from = len(b.text)
		for _, c := range value {
			b.text = utf8.AppendRune(b.text, c)
		}
		value = textOf(b.text[from:])
	}
	return value
}

// baggage returns copies of the members, in one or two allocations, so that none keeps a
// megabyte of header alive. They will be written in the order they came in.
func (b *builder) baggage() (list *model.Baggage) {
	if len(b.members) == 0 {
		return nil
	}
	var nodes []model.Baggage
	var text []byte
	if n := len(b.members); n <= len(few{}.nodes) && b.size <= len(few{}.text) {
		f := new(few)
		nodes, text = f.nodes[:n], f.text[:b.size]
	} else {
		nodes, text = make([]model.Baggage, n), make([]byte, b.size)
	}
	keep := func(s string) string {
		n := copy(text, s)
		s, text = textOf(text[:n]), text[n:]
		return s
	}
	for i := len(nodes) - 1; i >= 0; i-- { // the list begins with the newest
		m := b.members[i]
		m.Key, m.Value = keep(m.Key), keep(m.Value)
		if m.Properties != "" {
			m.Properties = keep(m.Properties)
		}
		list = nodes[i].Link(m, list)
	}
	return list
}

// few is memory for baggage as most is: 192 bytes, which a value that is kept keeps.
type few struct {
	nodes [2]model.Baggage
	text  [64]byte
}

// clear forgets the members, and text beyond what is worth keeping.
func (b *builder) clear() {
	for i := range b.members {
		m := &b.members[i] // few, for which clear is slow
		*m = model.Member{}
	}
	b.members, b.text, b.size = b.members[:0], b.text[:0], 0
	if cap(b.text) > maxKeptText {
		b.text = nil
	}
}
