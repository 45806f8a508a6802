// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"math/bits"
	"strings"
)

// reading is what one pass over a carrier gathers. It is pooled, with its handler;
// its strings point into the carrier and are cleared before it goes back.
type reading struct {
	values   [numFields]string // of the headers that count once: the last one of each
	has      fieldSet
	spelling [numFields]string // of a Header's names, as names.spelling has it
	odd      bool              // one of them is not ""
	lists    [3][]string       // a Header's values of jaegerList and the next two
	listed   bool              // there are some
	parents  int               // how many traceparent there were
	state    []byte            // tracestate, when it came in several headers
	stateLen int

	baggage [families]collection
	list    []byte // jaeger-baggage, decoded
	build   builder

	visit func(key, value string) error
}

type fieldSet uint16

func (s fieldSet) contains(f field) bool { return s&(1<<f) != 0 }

// readHeader goes over a Header once, and returns nil when nothing in it is read.
func (p *Textual) readHeader(h Header) (r *reading) {
	for key, values := range h {
		f := p.names.classify(key)
		if !p.reads[f] || len(values) == 0 {
			continue
		}
		if r == nil {
			r = p.acquire(h)
		}
		last := values[len(values)-1]
		spelling := p.names.spelling(f, key)
		if f >= jaegerMember {
			p.addMember(r, f, key, last, spelling)
			continue
		}
		if r.has.contains(f) && spelling > r.spelling[f] {
			continue
		}
		r.has |= 1 << f
		if spelling != "" || r.odd {
			r.spelling[f], r.odd = spelling, true
		}
		switch f {
		case jaegerList, w3cBaggage, w3cState:
			r.lists[f-jaegerList], r.listed = values, true
		case w3cParent:
			r.parents = len(values)
			fallthrough
		default:
			r.values[f] = last
		}
	}
	if r != nil && r.listed {
		for i := range r.lists {
			for _, list := range r.lists[i] {
				p.take(r, jaegerList+field(i), "", list)
			}
		}
	}
	return r
}

// spelling returns "" for a key of a Header in the spelling that Inject writes, and
// the key itself for others. The least one counts.
func (n *names) spelling(f field, key string) string {
	name := n.of[f].canonical
	if f < jaegerMember && key == name ||
		f >= jaegerMember && key[:len(name)] == name && isCanonical(key[len(name):], strings.HasSuffix(name, "-")) {
		return ""
	}
	return key
}

// take takes one pair of a carrier.
func (p *Textual) take(r *reading, f field, key, value string) {
	switch f {
	case jaegerMember, b3Member:
		p.addMember(r, f, key, value, "")
	case jaegerList:
		p.addJaegerList(r, value)
	case w3cBaggage:
		p.addW3CList(r, value)
	case w3cState:
		r.has |= 1 << f
		r.addState(value, p.limits.IDHeaderBytes)
	default:
		if f == w3cParent {
			r.parents++
		}
		r.has |= 1 << f
		r.values[f] = value
	}
}

// addState joins the lines of tracestate in their order, up to limit bytes.
func (r *reading) addState(line string, limit int) {
	r.stateLen += len(line)
	if r.stateLen > limit {
		return
	}
	if line = trimOWS(line); line == "" {
		return
	}
	first := &r.values[w3cState]
	switch {
	case *first == "":
		*first = line
		return
	case len(r.state) == 0:
		r.state = append(r.state, *first...)
	}
	r.stateLen++
	r.state = append(append(r.state, ','), line...)
}

// clear forgets the carrier, and memory beyond what is worth keeping.
func (r *reading) clear(brought []family) {
	for has := r.has; has != 0; has &= has - 1 {
		r.values[bits.TrailingZeros16(uint16(has))] = ""
	}
	if r.odd {
		clear(r.spelling[:])
	}
	if r.listed {
		r.lists = [3][]string{}
	}
	r.has, r.odd, r.listed, r.parents, r.stateLen = 0, false, false, 0, 0
	r.state, r.list = r.state[:0], r.list[:0]
	if cap(r.state) > maxKeptText || cap(r.list) > maxKeptText {
		r.state, r.list = nil, nil
	}
	for _, f := range brought {
		r.baggage[f].clear()
	}
	r.build.clear()
}
