// SPDX-License-Identifier: Apache-2.0

package propagation

import "github.com/go-spur/spur/model"

// reading is what one pass over a carrier gathers. Its strings point into the carrier.
type reading struct {
	has      fieldSet
	listed   bool // there are lists
	odd      bool // some spelling is not ""
	parents  int  // how many traceparent there were
	stateLen int
	match    keyMatch
	values   [numFields]string // of the headers that count once: the last one of each
	written  string            // uber-trace-id, if it is as Inject writes it, once it has been read,
	trace    model.TraceID     // and its ids
	span     model.SpanID
	lists    [3][]string // a Header's values of jaegerList and the next two
	*scratch             // nil until there is something that needs it
}

type fieldSet uint16

func (s fieldSet) contains(f field) bool { return s&(1<<f) != 0 }

// idFields are the headers with the ids of each family.
var idFields = [families]fieldSet{
	jaeger: 1 << jaegerID,
	w3c:    1 << w3cParent,
	b3:     1<<b3Whole | 1<<b3Trace | 1<<b3Span | 1<<b3Parent | 1<<b3Sampled | 1<<b3Flags,
}

// scratch is what a reading needs for baggage, for odd spellings, and for a tracestate
// in several headers. It is pooled, and its strings are cleared before it goes back.
type scratch struct {
	brought  familySet // whose baggage there is
	spelling [numFields]string
	state    []byte // tracestate
	list     []byte // jaeger-baggage, decoded
	baggage  [families]collection
	build    builder
}

type familySet uint8

func (s familySet) contains(f family) bool { return s&(1<<f) != 0 }

// scratched lends r its scratch.
func (p *Textual) scratched(r *reading) *scratch {
	if r.scratch == nil {
		var ok bool
		if r.scratch, ok = p.scratches.Get().(*scratch); !ok {
			r.scratch = new(scratch)
		}
	}
	return r.scratch
}

// collect returns what f brings so far.
func (p *Textual) collect(r *reading, f family) *collection {
	if r.scratch != nil && r.brought.contains(f) {
		return &r.baggage[f]
	}
	return p.begin(r, f)
}

// begin returns a collection for what f brings.
func (p *Textual) begin(r *reading, f family) *collection {
	s := p.scratched(r)
	s.brought |= 1 << f
	c := &s.baggage[f]
	c.room, c.left, c.match = p.limits.BaggageMembers, p.limits.BaggageBytes, r.match
	c.prefix = p.names.of[memberField(f)].canonical
	return c
}

// readHeader goes over a Header once.
func (p *Textual) readHeader(r *reading, h Header) {
	for key, values := range h {
		if !p.names.may(key) {
			continue
		}
		f, canonical := p.names.classifyHeader(key)
		if !p.reads[f] || len(values) == 0 {
			continue
		}
		last := values[len(values)-1]
		if f >= jaegerMember {
			p.addMember(r, f, key, last, key)
			continue
		}
		if (!canonical || r.odd) && !p.prefer(r, f, key, canonical) {
			continue
		}
		r.has |= 1 << f
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
	if r.listed {
		for _, f := range [...]field{jaegerList, w3cState} { // w3cBaggage has time: see accept
			for _, list := range r.lists[f-jaegerList] {
				p.take(r, f, "", list)
			}
		}
	}
}

// takeW3CBaggage takes what readHeader leaves.
func (p *Textual) takeW3CBaggage(r *reading) {
	lists := &r.lists[w3cBaggage-jaegerList]
	for _, list := range *lists {
		p.addW3CList(r, list)
	}
	*lists = nil
}

// prefer reports whether a spelling of a Header's name counts more than the one that is
// there, if any, and notes it. The canonical one does, which is noted as "", then the
// least one.
func (p *Textual) prefer(r *reading, f field, key string, canonical bool) bool {
	if canonical {
		key = ""
	}
	s := p.scratched(r)
	if r.has.contains(f) && key > s.spelling[f] {
		return false
	}
	s.spelling[f], r.odd = key, true
	return true
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
		p.addState(r, value)
	default:
		if f == w3cParent {
			r.parents++
		}
		r.has |= 1 << f
		r.values[f] = value
	}
}

// addState joins the lines of tracestate in their order, up to the limit.
func (p *Textual) addState(r *reading, line string) {
	r.stateLen += len(line)
	if r.stateLen > p.limits.IDHeaderBytes {
		return
	}
	if line = trimOWS(line); line == "" {
		return
	}
	first := &r.values[w3cState]
	if *first == "" {
		*first = line
		return
	}
	s := p.scratched(r)
	if len(s.state) == 0 {
		s.state = append(s.state, *first...)
	}
	r.stateLen++
	s.state = append(append(s.state, ','), line...)
}

// clear forgets the carrier, with the spellings if there are odd ones, and memory
// beyond what is worth keeping.
func (s *scratch) clear(odd bool) {
	if odd {
		clear(s.spelling[:])
	}
	for f := range families {
		if s.brought.contains(f) {
			s.baggage[f].clear()
		}
	}
	s.brought, s.state, s.list = 0, s.state[:0], s.list[:0]
	if cap(s.state) > maxKeptText || cap(s.list) > maxKeptText {
		s.state, s.list = nil, nil
	}
	s.build.clear()
}
