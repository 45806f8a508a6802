// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// offers gathers the baggage that one family brings, within a budget of its own:
// whoever sends the same members in two formats loses none. What is looked at is
// charged before it is looked at, so that work is bounded by the budget and not by
// what was sent.
type offers struct {
	members []offer
	left    int  // bytes that may still be looked at
	dropped int  // members left out so far
	loose   bool // keys are compared as environment variables have them
}

// offer is one member. Its strings point into the carrier, or into reading.list.
type offer struct {
	key, value, properties string
	cost                   int    // bytes on the wire
	spelling               string // of a Header's name, as names.spelling has it
	listed                 bool   // from jaeger-baggage, which loses against a header of its own, and is decoded
}

// charge takes n bytes off the budget, or drops a member.
func (o *offers) charge(n, room int) bool {
	if n > o.left || len(o.members) >= room {
		o.dropped++
		return false
	}
	o.left -= n
	return true
}

// cut shortens a list that exceeds the budget to the members that fit: to where
// lastComma says. The rest counts as one member left out.
func (o *offers) cut(list string, lastComma func(string, int) int) string {
	if len(list) <= o.left {
		return list
	}
	list = list[:lastComma(list, o.left)]
	o.left = len(list)
	o.dropped++
	return list
}

// add keeps m, or lets it take the place of a member of the same key: the one that
// is not listed counts, then the one of the lesser spelling, then the later one.
func (o *offers) add(m offer, room int) {
	if len(o.members) >= room || m.key == "" {
		o.dropped++
		return
	}
	if old := o.find(m.key); old != nil {
		if old.listed || !m.listed && m.spelling <= old.spelling {
			*old = m
		}
		return
	}
	o.members = appendOne(o.members, m, room)
}

func (o *offers) find(key string) *offer {
	for i := range o.members {
		if m := &o.members[i]; sameKey(m.key, key, o.loose) {
			return m
		}
	}
	return nil
}

func (o *offers) clear() {
	clear(o.members)
	o.members, o.left, o.dropped = o.members[:0], 0, 0
}

// appendOne appends to a list that will have at most room elements. Most have
// few.
func appendOne[T any](list []T, m T, room int) []T {
	const few = 8
	if len(list) == cap(list) {
		size := few
		if len(list) > 0 {
			size = max(min(room, 64), 2*len(list))
		}
		list = append(make([]T, 0, size), list...)
	}
	return append(list, m)
}

// sameKey reports whether receivers that lower-case keys see one key; with loose,
// whether environment variables have one name for them.
func sameKey(a, b string, loose bool) bool {
	return len(a) == len(b) && (a == b || sameLetters(a, b, loose))
}

func sameLetters(a, b string, loose bool) bool {
	return strings.EqualFold(a, b) || loose && environName(a) == environName(b)
}

// addMember takes a member that has a header of its own. What it costs is what
// the header measures. spelling is "" but for odd names of a Header.
func (p *Textual) addMember(r *reading, f family, name, value, spelling string) {
	o := &r.offers[f]
	cost := len(name) + len(value)
	if !o.charge(cost, p.limits.BaggageMembers) {
		return
	}
	if p.kind == HTTP && !decodable(value) {
		o.dropped++
		return
	}
	key := name[len(p.names.of[memberField(f)].lower):]
	o.add(offer{key: key, value: value, cost: cost, spelling: spelling}, p.limits.BaggageMembers)
}

// addJaegerList takes a list "k1=v1, k2=v2". The list is decoded before it is
// split, as jaeger-client-go does it, so encoded commas and equals signs separate,
// too. A pair without exactly one '=' is dropped; spaces around a pair and around
// its key are removed, those that begin a value are not.
func (p *Textual) addJaegerList(r *reading, list string) {
	o := &r.offers[jaeger]
	list = o.cut(list, lastJaegerComma)
	if list == "" || !o.charge(len(list), p.limits.BaggageMembers) {
		return
	}
	from := len(r.list)
	decoded, ok := appendUnescaped(r.list, list, true)
	if !ok {
		o.dropped++
		return
	}
	r.list = decoded
	rest, more := textOf(decoded[from:]), true
	for more {
		var pair string
		pair, rest, more = strings.Cut(rest, ",")
		if pair = strings.TrimFunc(pair, unicode.IsSpace); pair == "" {
			continue // nothing between two commas
		}
		key, value, ok := strings.Cut(pair, "=")
		if !ok || strings.IndexByte(value, '=') >= 0 {
			o.dropped++
			continue
		}
		key = strings.TrimFunc(key, unicode.IsSpace)
		o.add(offer{key: key, value: value, cost: len(pair), listed: true}, p.limits.BaggageMembers)
	}
}

// addW3CList takes the members of a baggage header (W3C Baggage, section 3.2.1):
// keys are tokens, an empty member counts for nothing. What a strict receiver
// further on would refuse the whole header for is left out.
func (p *Textual) addW3CList(r *reading, list string) {
	o := &r.offers[w3c]
	list = o.cut(list, lastComma)
	if list == "" || !o.charge(len(list), p.limits.BaggageMembers) {
		return
	}
	o.left-- // the comma between headers, were they joined
	for more := true; more; {
		var member string
		member, list, more = strings.Cut(list, ",")
		if member = trimOWS(member); member == "" {
			continue
		}
		m := offer{cost: len(member)}
		pair, properties, proper := strings.Cut(member, ";")
		m.properties = trimOWS(properties)
		key, value, ok := strings.Cut(pair, "=")
		m.key, m.value = trimOWS(key), trimOWS(value)
		if !ok || !isToken(m.key) || !decodable(m.value) || !utf8.ValidString(m.value) ||
			proper && !isProperties(m.properties) {
			o.dropped++
			continue
		}
		o.add(m, p.limits.BaggageMembers)
	}
}

// isProperties reports whether s is what may follow the first ';' of a member:
// keys, with or without values, separated by ';'.
func isProperties(s string) bool {
	for more := true; more; {
		var property string
		property, s, more = strings.Cut(s, ";")
		key, value, _ := strings.Cut(property, "=")
		if !isToken(trimOWS(key)) || !decodable(value) {
			return false
		}
		value = trimOWS(value)
		for i := range len(value) {
			if c := value[i]; c != '%' && !isLiteral(value, i, w3c) {
				return false
			}
		}
	}
	return true
}

// lastComma returns where the last comma stands at or before limit, which is less
// than len(list), or 0.
func lastComma(list string, limit int) int { return max(strings.LastIndexByte(list[:limit+1], ','), 0) }

// lastJaegerComma is lastComma where commas may be encoded.
func lastJaegerComma(list string, limit int) int {
	for i := limit; i > 0; i-- {
		if list[i] == ',' || list[i] == '%' && len(list)-i >= 3 && strings.EqualFold(list[i:i+3], "%2c") {
			return i
		}
	}
	return 0
}
