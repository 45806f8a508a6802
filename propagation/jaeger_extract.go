// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-spur/spur/model"
)

// found is what a carrier holds besides baggage.
type found struct {
	id, debug string
	hasID     bool
}

// reading is the state of an extraction that a handler works on, or that baggage
// is gathered in. It is pooled, with its handler, so that neither is allocated
// for each carrier.
type reading struct {
	collector
	found
	visit func(key, value string) error
}

func (p *JaegerPropagator) acquire() *reading {
	r, ok := p.readings.Get().(*reading)
	if !ok {
		r = new(reading)
		r.visit = func(key, value string) error {
			p.visit(r, key, value)
			return nil
		}
	}
	r.reset(&p.limits)
	return r
}

func (p *JaegerPropagator) release(r *reading) {
	r.found = found{}
	p.readings.Put(r)
}

// extractHeader looks the ids up and then goes over the names once for the rest.
// c is zero; after an error it is worthless.
func (p *JaegerPropagator) extractHeader(h Header, c *model.Context) error {
	var (
		f found
		r *reading // acquired with the first baggage
	)
	if values := h[p.names.id.canonical]; len(values) > 0 {
		f.id, f.hasID = values[len(values)-1], true
		if err := p.parseID(f.id, c); err != nil {
			return err
		}
	}
	lookedUp := f.hasID
	for key, values := range h {
		if p.names.foreign(key) {
			continue
		}
		what := p.names.classify(key)
		if what == notOurs || len(values) == 0 {
			continue
		}
		last := values[len(values)-1]
		switch what {
		case idName:
			if !lookedUp { // spelled in another case
				f.id, f.hasID = last, true
			}
		case debugName:
			f.debug = last
		default:
			if r == nil {
				r = p.acquire()
			}
			if what == memberName {
				p.addMember(&r.collector, key, last)
				continue
			}
			for _, list := range values {
				r.addList(list)
			}
		}
	}
	var err error
	if f.hasID && !lookedUp {
		err = p.parseID(f.id, c)
	}
	if err == nil {
		err = p.complete(c, &f, r)
	}
	return p.close(r, err)
}

// extractReader lets the carrier bring its keys, to the same effect.
func (p *JaegerPropagator) extractReader(from Reader, c *model.Context) error {
	r := p.acquire()
	err := from.ForeachKey(r.visit)
	if err != nil {
		err = fmt.Errorf("%w: cannot read the carrier: %w", ErrCorrupted, err)
	}
	if err == nil && r.hasID {
		err = p.parseID(r.id, c)
	}
	if err == nil {
		err = p.complete(c, &r.found, r)
	}
	return p.close(r, err)
}

// close gives r, which may be nil, back and returns err.
func (p *JaegerPropagator) close(r *reading, err error) error {
	if r != nil {
		p.counters.leftOut(r.dropped)
		p.release(r)
	}
	return err
}

// visit takes one pair of a foreign carrier.
func (p *JaegerPropagator) visit(r *reading, key, value string) {
	if p.names.foreign(key) {
		return
	}
	switch p.names.classify(key) {
	case idName:
		r.id, r.hasID = value, true
	case debugName:
		r.debug = value
	case listName:
		r.addList(value)
	case memberName:
		p.addMember(&r.collector, key, value)
	}
}

// addMember takes the member of an uberctx-* header.
func (p *JaegerPropagator) addMember(to *collector, name, value string) {
	to.addMember(name[len(p.names.prefix.lower):], value, p.kind == HTTP, len(name)+len(value))
}

// complete adds baggage and debug id to the ids in c, and decides whether there is
// a context at all.
func (p *JaegerPropagator) complete(c *model.Context, f *found, r *reading) error {
	if r != nil {
		c.Baggage = r.baggage()
	}
	if c.TraceID.IsValid() {
		return nil
	}
	if f.debug != "" {
		c.Extra = &model.Extra{DebugID: p.debugID(f.debug)}
		return nil
	}
	switch {
	case c.Baggage != nil:
		return nil
	case f.hasID:
		return p.corrupted("has a zero trace id", f.id)
	}
	return ErrNotFound
}

// debugID decodes a debug id and cuts it. One that does not decode is taken as it
// stands: a person typed it.
func (p *JaegerPropagator) debugID(value string) string {
	limit := p.limits.DebugIDBytes
	if p.kind == HTTP && needsUnescape(value) {
		encoded := value
		if len(encoded)/3 > limit { // enough for limit bytes and the rune behind them
			encoded = encoded[:3*limit+3]
			encoded = strings.TrimSuffix(encoded, "%")
			if n := len(encoded); encoded[n-2] == '%' {
				encoded = encoded[:n-2]
			}
		}
		if text, ok := appendUnescaped(make([]byte, 0, len(encoded)), encoded); ok {
			value = textOf(text)
		}
	}
	if len(value) <= limit {
		return value
	}
	return strings.Clone(value[:runeBorder(value, limit)])
}

// runeBorder returns the last border between runes in s[:limit+1], or limit where
// s is not UTF-8.
func runeBorder(s string, limit int) int {
	for i := limit; i > 0 && i > limit-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return i
		}
	}
	return limit
}
