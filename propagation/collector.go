// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/go-spur/spur/model"
)

// collector gathers baggage from a carrier within a budget. It copies what it
// takes, so that a member never keeps a megabyte of header alive; and it charges
// what it looks at before looking, so that work is bounded by the budget and not
// by what was sent.
type collector struct {
	text    []byte // decoded keys and values
	members []collected
	room    int // members that may still come
	left    int // bytes that may still be looked at
	dropped int // members left out so far
}

// collected is one member, as places in collector.text. It has no pointers, so a
// pooled collector keeps nothing of a request.
type collected struct {
	keyFrom, keyTo     int
	valueFrom, valueTo int
	listed             bool // from a list, which loses against a header of its own
}

// maxKeptText is how much memory for text a pooled collector may hold on to.
const maxKeptText = 16 << 10

func (c *collector) reset(l *Limits) {
	c.text, c.members = c.text[:0], c.members[:0]
	if cap(c.text) > maxKeptText {
		c.text = nil
	}
	c.room, c.left, c.dropped = l.BaggageMembers, l.BaggageBytes, 0
}

// charge takes n bytes off the budget, or drops a member.
func (c *collector) charge(n int) bool {
	if n > c.left || c.room == 0 {
		c.dropped++
		return false
	}
	c.left -= n
	return true
}

// addMember takes a member that has a header of its own. cost is what the whole
// header measures.
func (c *collector) addMember(key, value string, escaped bool, cost int) {
	if !c.charge(cost) {
		return
	}
	from := len(c.text)
	c.text = appendLower(c.text, key)
	mid := len(c.text)
	ok := true
	if escaped {
		c.text, ok = appendUnescaped(c.text, value)
	} else {
		c.text = append(c.text, value...)
	}
	if !ok {
		c.dropped++
		c.text = c.text[:from]
		return
	}
	c.add(collected{keyFrom: from, keyTo: mid, valueFrom: mid, valueTo: len(c.text)})
}

// addList takes a list "k1=v1, k2=v2". The list is decoded before it is split, as
// jaeger-client-go does it, so encoded commas and equals signs separate, too. A
// pair without exactly one '=' is dropped; spaces around a pair and around its key
// are removed, those that begin a value are not.
func (c *collector) addList(list string) {
	if len(list) > c.left {
		list = list[:lastComma(list, c.left)]
		c.left = len(list)
		c.dropped++ // the rest
	}
	if list == "" || !c.charge(len(list)) {
		return
	}
	from := len(c.text)
	var ok bool
	if c.text, ok = appendUnescaped(c.text, list); !ok {
		c.dropped++
		c.text = c.text[:from]
		return
	}
	for to := len(c.text); from < to; {
		end := to
		if comma := bytes.IndexByte(c.text[from:to], ','); comma >= 0 {
			end = from + comma
		}
		c.addPair(from, end)
		from = end + 1
	}
}

// addPair takes the pair in text[from:to].
func (c *collector) addPair(from, to int) {
	from, to = c.trim(from, to)
	if from == to {
		return // nothing between two commas
	}
	equals := bytes.IndexByte(c.text[from:to], '=')
	if equals < 0 || bytes.IndexByte(c.text[from+equals+1:to], '=') >= 0 {
		c.dropped++
		return
	}
	m := collected{valueFrom: from + equals + 1, valueTo: to, listed: true}
	m.keyFrom, m.keyTo = c.trim(from, from+equals)
	c.add(m)
}

// trim leaves out the spaces around text[from:to].
func (c *collector) trim(from, to int) (int, int) {
	s := bytes.TrimRightFunc(c.text[from:to], unicode.IsSpace)
	return from + len(s) - len(bytes.TrimLeftFunc(s, unicode.IsSpace)), from + len(s)
}

// add keeps m, or lets it take the place of a member of the same key: the later
// one counts, unless it is listed and the other is not.
func (c *collector) add(m collected) {
	if c.room == 0 || m.keyFrom == m.keyTo {
		c.dropped++
		return
	}
	key := c.text[m.keyFrom:m.keyTo]
	for i := range c.members {
		old := &c.members[i]
		if !bytes.Equal(c.text[old.keyFrom:old.keyTo], key) {
			continue
		}
		if old.listed || !m.listed {
			*old = m
		}
		return
	}
	c.members = append(c.members, m)
	c.room--
}

// baggage returns what was gathered, in two allocations for up to eight members:
// the text and the list.
func (c *collector) baggage() *model.Baggage {
	if len(c.members) == 0 {
		return nil
	}
	size := 0
	for i := range c.members {
		m := &c.members[i]
		size += m.keyTo - m.keyFrom + m.valueTo - m.valueFrom
	}
	text := make([]byte, 0, size)
	var few [8]model.Member
	members := few[:0]
	for i := range c.members {
		m := &c.members[i]
		from := len(text)
		text = append(text, c.text[m.keyFrom:m.keyTo]...)
		mid := len(text)
		text = append(text, c.text[m.valueFrom:m.valueTo]...)
		members = append(members, model.Member{Key: textOf(text[from:mid]), Value: textOf(text[mid:])})
	}
	return model.NewBaggage(members...)
}

// lastComma returns where the last comma, plain or encoded, stands at or before
// limit, which is less than len(list), or 0.
func lastComma(list string, limit int) int {
	for i := limit; i > 0; i-- {
		if list[i] == ',' || list[i] == '%' && len(list)-i >= 3 && strings.EqualFold(list[i:i+3], "%2c") {
			return i
		}
	}
	return 0
}
