// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"strings"

	"github.com/go-spur/spur/model"
)

// pick is a member that is written, with the length of its value in each family, or
// -1 where that cannot hold the member.
type pick struct {
	model.Member
	valueLen [families]int
}

// share is what the members take in one family: on the wire, and in memory of ours.
type share struct{ members, bytes, text int }

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
				total.members, total.bytes, total.text = total.members+s.members, total.bytes+s.bytes, total.text+s.text
			}
		}
	}
	return total
}

// choose returns the members to write, newest first, and what they take in each
// family. A member is chosen while there is a family that has room for it and all
// those before it, and so for the whole set.
func (p *Textual) choose(b *model.Baggage, style keyStyle, picks []pick) (_ []pick, shares [families]share) {
	match := p.to.match(style == inEnviron)
	position := -1
	for m := range b.All() {
		position++
		if len(picks) == p.limits.BaggageMembers {
			break
		}
		if len(m.Key)+len(m.Value) > p.limits.BaggageBytes {
			continue
		}
		chosen, fits := pick{Member: m}, false
		var needs [families]share
		key, value := all(m.Key), all(m.Value)
		for _, f := range p.to.baggage {
			if !p.canHold(f, style, &m, key, value) {
				chosen.valueLen[f] = -1
				continue
			}
			chosen.valueLen[f] = p.valueLen(f, m.Value, value)
			needs[f] = p.size(f, &chosen, shares[f].members == 0)
			fits = fits || shares[f].bytes+needs[f].bytes <= p.limits.BaggageBytes
		}
		if !fits || position > 0 && shadowed(b, position, m.Key, match) {
			continue
		}
		for f := range shares {
			s, n := &shares[f], &needs[f]
			s.members, s.bytes, s.text = s.members+n.members, s.bytes+n.bytes, s.text+n.text
		}
		picks = append(picks, chosen)
	}
	return picks, shares
}

// size returns what a member takes.
func (p *Textual) size(f family, m *pick, first bool) share {
	if f != w3c {
		name := len(p.names.of[memberField(f)].lower) + len(m.Key)
		s := share{1, name + m.valueLen[f], name}
		if m.valueLen[f] != len(m.Value) {
			s.text = s.bytes
		}
		return s
	}
	size := len(m.Key) + len("=") + m.valueLen[f]
	if m.Properties != "" {
		size += len(";") + len(m.Properties)
	}
	if !first {
		size += len(",")
	}
	return share{1, size, size}
}

// valueLen returns the length of a value on the wire. is says what all its bytes are.
func (p *Textual) valueLen(f family, value string, is class) int {
	if f == b3 || f == jaeger && p.kind == Text || is&literal(f) != 0 {
		return len(value)
	}
	return escapedLen(value, f)
}

// canHold reports whether a family can hold a member in a carrier. key and value say
// what all their bytes are.
func (p *Textual) canHold(f family, style keyStyle, m *model.Member, key, value class) bool {
	if m.Key == "" {
		return false
	}
	if f == w3c {
		return key&inToken != 0 && (m.Properties == "" || isProperties(m.Properties))
	}
	switch {
	case p.names.reserved(f, m.Key):
		return false
	case style == inHeader && key&inToken == 0, style == inLower && (key&inPlain == 0 || isBinaryKey(m.Key)):
		return false
	case key&noControl == 0:
		return false
	case p.kind == Text:
		return value&noControl != 0
	}
	return f == jaeger || value&noControl != 0 && trimOWS(m.Value) == m.Value && (style != inLower || value&inASCII != 0)
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
