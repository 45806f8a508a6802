// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// collection is the baggage that one family brings, each key once, within limits of
// its own. What is looked at is charged first, so that they bound the work.
type collection struct {
	members []found
	room    int // how many members there may be
	left    int // bytes that may still be looked at
	dropped int // members left out so far
	match   keyMatch
	prefix  string // of names of members in a Header, as Inject writes it
}

// found is one member as it came. Its strings point into the carrier, or into
// scratch.list.
type found struct {
	key, value, properties string
	name                   string // in a Header
	listed                 bool   // from jaeger-baggage: loses against a header of its own
}

// charge takes n bytes off what may be looked at, or drops a member.
func (c *collection) charge(n int) bool {
	if n > c.left || len(c.members) >= c.room {
		c.dropped++
		return false
	}
	c.left -= n
	return true
}

// cut shortens a list that is too long to the members that fit: to where lastComma
// says. The rest counts as one member left out.
func (c *collection) cut(list string, lastComma func(string, int) int) string {
	if len(list) <= c.left {
		return list
	}
	list = list[:lastComma(list, c.left)]
	c.left = len(list)
	c.dropped++
	return list
}

// add keeps m, or lets it take the place of a member of the same key: the one that
// is not listed counts, then the one of the lesser spelling, then the later one.
func (c *collection) add(m *found) {
	if len(c.members) >= c.room || m.key == "" {
		c.dropped++
		return
	}
	for i := range c.members {
		if old := &c.members[i]; len(old.key) == len(m.key) && c.match.same(old.key, m.key) {
			if old.listed || !m.listed && c.spelling(m.name) <= c.spelling(old.name) {
				*old = *m
			}
			return
		}
	}
	*next(&c.members) = *m
}

// spelling returns "" for a name of a Header in the spelling that Inject writes, and
// the name itself for others.
func (c *collection) spelling(name string) string {
	if rest, ok := strings.CutPrefix(name, c.prefix); ok && isCanonical(rest, strings.HasSuffix(c.prefix, "-")) {
		return ""
	}
	return name
}

// next makes a list longer by an element, which it returns. Mostly it has up to 8, else
// up to 64.
func next[T any](list *[]T) *T {
	n := len(*list)
	if n == cap(*list) {
		*list = slices.Grow(*list, 6*n+8)
	}
	*list = (*list)[:n+1]
	return &(*list)[n]
}

func (c *collection) clear() {
	for i := range c.members {
		m := &c.members[i] // few, for which clear is slow
		*m = found{}
	}
	c.members, c.left, c.dropped = c.members[:0], 0, 0
}

// keyMatch says when two keys are one.
type keyMatch uint8

const (
	sameLetters  keyMatch = iota // to receivers that ignore case
	sameText                     // to those that do not
	sameVariable                 // as names of environment variables
)

func (k keyMatch) same(a, b string) bool {
	return len(a) == len(b) && (a == b || k != sameText && (strings.EqualFold(a, b) || k == sameVariable && environName(a) == environName(b)))
}

// addMember takes a member that has a header of its own. What it costs is what
// the header measures. inHeader is its name again, if that is in a Header.
func (p *Textual) addMember(r *reading, f field, name, value, inHeader string) {
	of := jaeger
	if f == b3Member {
		of = b3
	}
	c := p.collect(r, of)
	if !c.charge(len(name) + len(value)) {
		return
	}
	key := name[len(p.names.of[f].lower):]
	c.add(&found{key: key, value: value, name: inHeader})
}

// addJaegerList takes a list "k1=v1, k2=v2". The list is decoded before it is
// split, as jaeger-client-go does it, so encoded commas and equals signs separate,
// too; one that does not decode is taken as it stands. A pair without exactly one
// '=' is dropped; spaces around a pair and around its key are removed, those that
// begin a value are not.
func (p *Textual) addJaegerList(r *reading, list string) {
	c := p.collect(r, jaeger)
	list = c.cut(list, lastJaegerComma)
	if list == "" || !c.charge(len(list)) {
		return
	}
	from := len(r.list)
	if decoded, ok := appendUnescaped(r.list, list, true); ok {
		r.list, list = decoded, textOf(decoded[from:])
	}
	for more := true; more; {
		var pair string
		pair, list, more = strings.Cut(list, ",")
		if pair = strings.TrimFunc(pair, unicode.IsSpace); pair == "" {
			continue // nothing between two commas
		}
		key, value, ok := strings.Cut(pair, "=")
		if !ok || strings.IndexByte(value, '=') >= 0 {
			c.dropped++
			continue
		}
		key = strings.TrimFunc(key, unicode.IsSpace)
		c.add(&found{key: key, value: value, listed: true})
	}
}

// addW3CList takes the members of a baggage header (W3C Baggage, section 3.2.1):
// keys are tokens, an empty member or property at either end counts for nothing. What
// a strict receiver would refuse the whole header for is left out.
func (p *Textual) addW3CList(r *reading, list string) {
	c := p.collect(r, w3c)
	list = c.cut(list, lastComma)
	if list == "" || !c.charge(len(list)) {
		return
	}
	c.left-- // the comma between headers, were they joined
	for more := true; more; {
		if key, value, size := ordinaryMember(list); size > 0 {
			c.add(&found{key: key, value: value})
			if more = size < len(list); more {
				list = list[size+len(","):]
			}
			continue
		}
		var member string
		member, list, more = strings.Cut(list, ",")
		if member = trimOWS(member); member == "" {
			continue
		}
		pair, properties, _ := strings.Cut(member, ";")
		key, value, ok := strings.Cut(pair, "=")
		m := found{key: trimOWS(key), value: trimOWS(value), properties: strings.Trim(properties, "; \t")}
		if !ok || !isToken(m.key) || !decodable(m.value) || !utf8.ValidString(m.value) ||
			m.properties != "" && !isProperties(m.properties) {
			c.dropped++
			continue
		}
		c.add(&m)
	}
}

// ordinaryMember returns the first member of a list, and its size, if it has nothing
// that must be removed, decoded or checked. The size of others is 0.
func ordinaryMember(list string) (key, value string, size int) {
	equals := 0
	for equals < len(list) && classes[list[equals]]&inToken != 0 {
		equals++
	}
	if equals == 0 || equals == len(list) || list[equals] != '=' {
		return "", "", 0
	}
	end := equals + 1
	for end < len(list) && classes[list[end]]&inMember != 0 {
		end++
	}
	if end < len(list) && list[end] != ',' {
		return "", "", 0
	}
	return list[:equals], list[equals+1 : end], end
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
		if !every(trimOWS(value), func(c byte) bool { return c == '%' || classes[c]&inW3C != 0 }) {
			return false
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
