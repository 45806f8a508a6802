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
	r.build.match = r.match
	if slices.Contains(p.from.baggage, winner) {
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
	for i := range r.baggage[f].members {
		m := &r.baggage[f].members[i]
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
		if !b.put(old, member, &p.limits) {
			r.baggage[f].dropped++
		}
	}
}

// put adds a member, or puts it in the place of an old one. It reports whether there
// was room.
func (b *builder) put(old *model.Member, m model.Member, l *Limits) bool {
	size := b.size + len(m.Key) + len(m.Value) + len(m.Properties)
	if old != nil {
		size -= len(old.Key) + len(old.Value) + len(old.Properties)
	}
	if size > l.BaggageBytes || old == nil && len(b.members) >= l.BaggageMembers {
		return false
	}
	b.size = size
	if old != nil {
		*old = m
	} else {
		b.members = appendFew(b.members, &m)
	}
	return true
}

func (b *builder) find(key string) *model.Member {
	for i := range b.members {
		if m := &b.members[i]; m.Key == key || b.match.same(m.Key, key) {
			return m
		}
	}
	return nil
}

// lower returns a key in lower case.
func (b *builder) lower(key string) string {
	from := len(b.text)
	b.text = slices.Grow(b.text, len(key))
	text, are := b.text[from:from+len(key)], ^class(0)
	for i := range text {
		c := key[i]
		are &= classes[c]
		text[i] = lowerByte(c)
	}
	switch {
	case are&inASCII == 0:
		return strings.ToLower(key)
	case are&noCapital != 0:
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

// baggage returns copies of the members, in two allocations, so that none keeps a
// megabyte of header alive. They will be written in the order they came in.
func (b *builder) baggage() *model.Baggage {
	if len(b.members) == 0 {
		return nil
	}
	text := make([]byte, 0, b.size)
	for i := range b.members {
		m := &b.members[i]
		for _, s := range [...]*string{&m.Key, &m.Value, &m.Properties} {
			if from := len(text); *s != "" {
				text = append(text, *s...)
				*s = textOf(text[from:])
			}
		}
	}
	slices.Reverse(b.members) // the list begins with the newest
	return model.NewBaggage(b.members...)
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
