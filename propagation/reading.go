// SPDX-License-Identifier: Apache-2.0

package propagation

// reading is what one pass over a carrier gathers: the headers of the formats that
// are read, as they stand. It is pooled, with its handler, so that neither is
// allocated for each carrier; its strings point into the carrier and are cleared
// before it goes back.
type reading struct {
	values    [numFields]string // of the headers that count once: the last one of each
	has       fieldSet
	canonical fieldSet // of those, spelled as a Header spells them
	parents   int      // how many traceparent there were
	state     []byte   // tracestate, when it came in several headers
	stateLen  int

	offers [families]offers
	list   []byte // jaeger-baggage, decoded
	build  builder

	visit func(key, value string) error
}

type fieldSet uint16

func (s fieldSet) contains(f field) bool { return s&(1<<f) != 0 }

// readHeader goes over a Header once. The canonical spelling of a name wins over
// others; of a header that counts once the last value does.
func (p *Textual) readHeader(r *reading, h Header) {
	for key, values := range h {
		f := p.names.classify(key)
		if !p.reads[f] || len(values) == 0 {
			continue
		}
		last := values[len(values)-1]
		switch f {
		case jaegerMember, b3Member:
			p.take(r, f, key, last)
		case jaegerList, w3cBaggage:
			for _, list := range values {
				p.take(r, f, key, list)
			}
		default:
			if !r.claim(f, key == p.names.of[f].canonical) {
				continue
			}
			if f == w3cState {
				for _, line := range values {
					r.addState(line, p.limits.IDHeaderBytes)
				}
				continue
			}
			if f == w3cParent {
				r.parents += len(values)
			}
			r.values[f] = last
		}
	}
}

// take takes one pair of a carrier.
func (p *Textual) take(r *reading, f field, key, value string) {
	switch f {
	case jaegerMember:
		p.addMember(r, jaeger, key, value)
	case b3Member:
		p.addMember(r, b3, key, value)
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

// claim reports whether a Header's values of this spelling count.
func (r *reading) claim(f field, canonical bool) bool {
	r.has |= 1 << f
	if canonical { // forget what another spelling brought
		r.canonical |= 1 << f
		switch f {
		case w3cParent:
			r.parents = 0
		case w3cState:
			r.values[f], r.state, r.stateLen = "", r.state[:0], 0
		}
		return true
	}
	return !r.canonical.contains(f)
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

// clear forgets the carrier, and memory beyond what is worth keeping. offered are
// the families that may have offered baggage.
func (r *reading) clear(offered []family) {
	clear(r.values[:])
	r.has, r.canonical, r.parents, r.stateLen = 0, 0, 0, 0
	r.state, r.list = r.state[:0], r.list[:0]
	if cap(r.state) > maxKeptText || cap(r.list) > maxKeptText {
		r.state, r.list = nil, nil
	}
	for _, f := range offered {
		r.offers[f].clear()
	}
	r.build.clear()
}
