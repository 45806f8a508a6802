// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"encoding/binary"
	"fmt"
)

// posting says that a span of a segment, by its index in it, has a token.
type posting struct {
	token token
	span  uint32
}

// sortPostings returns postings sorted by token, those of a token in the order
// in which they were. It does not change its argument. Comparing them would
// take several times as long.
func sortPostings(postings []posting) []posting {
	const digit = 11 // bits
	from, to := postings, make([]posting, len(postings))
	for shift := 0; shift < 64; shift += digit {
		var starts [1 << digit]uint32
		for i := range from {
			starts[from[i].token>>shift&(1<<digit-1)]++
		}
		next := uint32(0)
		for i, n := range starts {
			starts[i], next = next, next+n
		}
		for _, p := range from {
			d := p.token >> shift & (1<<digit - 1)
			to[starts[d]] = p
			starts[d]++
		}
		if shift == 0 {
			from = make([]posting, len(postings))
		}
		from, to = to, from
	}
	return from
}

// encodePostings calls f with each row of table posting for postings, which
// come in the order of their spans. A body has, for each token in their order: the difference to the
// one before as a uvarint, the length of the list, and the list: the first
// index, and of each other one the difference to the one before, as uvarints.
func encodePostings(postings []posting, f func(first token, body []byte) error) error {
	postings = sortPostings(postings)
	var body, list []byte
	var first, last token
	for i := 0; i < len(postings); {
		t := postings[i].token
		list = list[:0]
		previous := uint32(0)
		for ; i < len(postings) && postings[i].token == t; i++ {
			list = binary.AppendUvarint(list, uint64(postings[i].span-previous))
			previous = postings[i].span
		}
		if len(body) > 0 && len(body)+len(list) > maxPostingBytes {
			if err := f(first, body); err != nil {
				return err
			}
			body = body[:0]
		}
		if len(body) == 0 {
			first, last = t, t
		}
		body = binary.AppendUvarint(body, uint64(t-last))
		body = appendBytes(body, list)
		last = t
	}
	if len(body) == 0 {
		return nil
	}
	return f(first, body)
}

// decodePostings calls f with each token of a row of table posting and the
// spans that have it, as long as f returns true.
func decodePostings(first token, body []byte, f func(token, spanList) bool) error {
	r := reader{b: body}
	for t := first; len(r.b) > 0; {
		t += token(r.uvarint())
		list := r.bytes()
		if r.bad {
			return fmt.Errorf("posting: %w", errCorrupt)
		}
		if !f(t, list) {
			return nil
		}
	}
	return nil
}

// spanList is an encoded list of indices.
type spanList []byte

// addTo adds the spans to s. Indices that are out of range are left out.
func (l spanList) addTo(s bitset) {
	span := uint64(0)
	for len(l) > 0 {
		d := uint64(l[0])
		n := 1
		if d >= 0x80 {
			if d, n = binary.Uvarint(l); n <= 0 {
				return
			}
		}
		l = l[n:]
		if span += d; !s.inRange(span) {
			return
		}
		s.set(span)
	}
}
