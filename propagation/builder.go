// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"slices"
	"unicode/utf8"

	"github.com/go-spur/spur/model"
)

// maxKeptText is how much memory for text a pooled object may hold on to.
const maxKeptText = 16 << 10

// builder makes one set of baggage of what the families offer.
type builder struct {
	members []model.Member // with strings of the carrier, or of text
	text    []byte         // lower-case keys and decoded values
	loose   bool           // keys are compared as environment variables have them
}

// merge makes the baggage of a carrier. Members come from the family whose ids
// won, then from the others in their order; a key that is there, in any case, is
// not taken again, but W3C's spelling and properties replace those of the other
// formats, which do not keep them. The limits hold for the outcome as they do for
// each family: a member costs what it does where its value comes from. And they
// hold for what will be written: what is taken can be sent on whole.
func (p *Textual) merge(r *reading, winner family) *model.Baggage {
	if !slices.ContainsFunc(p.from.baggage, func(f family) bool { return len(r.offers[f].members) > 0 }) {
		return nil
	}
	left := room{in: p.limits.BaggageBytes, small: p.staysSmall(r)}
	for f := range left.out {
		left.out[f] = p.limits.BaggageBytes
	}
	if slices.Contains(p.from.baggage, winner) {
		p.accept(r, winner, &left)
	}
	for _, f := range p.from.baggage {
		if f != winner {
			p.accept(r, f, &left)
		}
	}
	return r.build.baggage()
}

// room is how many bytes a carrier's baggage may still take: as it came, and in
// each format that it will be written in.
type room struct {
	in    int
	out   [families]int
	small bool // out need not be looked at
}

// staysSmall reports whether what was offered keeps the limit even if every byte
// has to be percent-encoded and every member needs a header of its own.
func (p *Textual) staysSmall(r *reading) bool {
	prefix := max(len(p.names.of[jaegerMember].lower), len(p.names.of[b3Member].lower), len("=,"))
	most := 0
	for _, f := range p.from.baggage {
		o := &r.offers[f]
		most += 3*(p.limits.BaggageBytes-o.left) + len(o.members)*prefix
	}
	return most <= p.limits.BaggageBytes
}

// accept adds what one family offers.
func (p *Textual) accept(r *reading, f family, left *room) {
	o, b := &r.offers[f], &r.build
	for i := range o.members {
		m := &o.members[i]
		if b.find(m.key) != nil {
			continue
		}
		if len(b.members) >= p.limits.BaggageMembers || m.cost > left.in {
			o.dropped++
			continue
		}
		member := model.Member{Key: m.key, Value: b.decode(m, f, p.kind), Properties: m.properties}
		if f != w3c {
			if !m.listed {
				member.Key = b.lower(m.key)
			}
			if listed := r.offers[w3c].find(member.Key); listed != nil {
				member.Key, member.Properties = listed.key, listed.properties
			}
		}
		if !left.small && !p.fits(&member, len(b.members) == 0, &left.out) {
			o.dropped++
			continue
		}
		left.in -= m.cost
		b.add(member, p.limits.BaggageMembers)
	}
}

// fits takes what a member will cost off each format that is written, or reports
// that one has no room for it.
func (p *Textual) fits(m *model.Member, first bool, left *[families]int) bool {
	var costs [families]int
	for _, f := range p.to.baggage {
		costs[f], _ = p.wireLen(f, m, left[f])
		if f == w3c && !first {
			costs[f]++ // the comma
		}
		if costs[f] > left[f] {
			return false
		}
	}
	for f, cost := range costs {
		left[f] -= cost
	}
	return true
}

func (b *builder) add(m model.Member, room int) { b.members = appendOne(b.members, m, room) }

// replace adds m, or lets it take the place of a member of the very same key.
func (b *builder) replace(m model.Member, room int) {
	for i := range b.members {
		if b.members[i].Key == m.Key {
			b.members[i] = m
			return
		}
	}
	b.add(m, room)
}

func (b *builder) find(key string) *model.Member {
	for i := range b.members {
		if m := &b.members[i]; sameKey(m.Key, key, b.loose) {
			return m
		}
	}
	return nil
}

// lower returns a key in lower case.
func (b *builder) lower(key string) string {
	if isLower(key) {
		return key
	}
	from := len(b.text)
	b.text = appendLower(b.text, key)
	return textOf(b.text[from:])
}

// decode returns the value of a member, which is known to be decodable. Bytes that
// are not UTF-8 are replaced in W3C's, as its section on values demands.
func (b *builder) decode(m *offer, f family, kind Kind) string {
	if m.listed || kind == Text && f != w3c || !needsUnescape(m.value, f == jaeger) {
		return m.value
	}
	from := len(b.text)
	b.text, _ = appendUnescaped(slices.Grow(b.text, len(m.value)), m.value, f == jaeger)
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

// baggage returns copies of the members, in two allocations: the text and the
// list. A member never keeps a megabyte of header alive. Their order on the wire,
// where it has one, is the order they will be written in again.
func (b *builder) baggage() *model.Baggage {
	if len(b.members) == 0 {
		return nil
	}
	size := 0
	for i := range b.members {
		m := &b.members[i]
		size += len(m.Key) + len(m.Value) + len(m.Properties)
	}
	text := make([]byte, 0, size)
	keep := func(s string) string {
		if s == "" {
			return ""
		}
		from := len(text)
		text = append(text, s...)
		return textOf(text[from:])
	}
	for i := range b.members {
		m := &b.members[i]
		m.Key, m.Value, m.Properties = keep(m.Key), keep(m.Value), keep(m.Properties)
	}
	slices.Reverse(b.members) // the list begins with the newest
	return model.NewBaggage(b.members...)
}

// clear forgets the members, and text beyond what is worth keeping.
func (b *builder) clear() {
	clear(b.members)
	b.members, b.text = b.members[:0], b.text[:0]
	if cap(b.text) > maxKeptText {
		b.text = nil
	}
}
