// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-spur/spur/model"
)

// Extract reads the context that from holds; package propagation says how each format
// is read, and what counts when several are there. When a header is repeated its last
// value counts, but every jaeger-baggage, baggage and tracestate is read, and a
// repeated traceparent is corrupted.
//
// The error is ErrNotFound when nothing is there, and ErrCorrupted when the ids of no
// format can be read but those of one are there, unless B3 brings a decision without
// ids (model.StateDecided). That, baggage or a debug id alone are a success. A zero uber-trace-id beside
// them, as jaeger-client-go sends it for a context without a trace, counts for nothing.
//
// Members of baggage that cannot be read, or exceed the limits, are left out and
// counted, the unread rest of a list as one.
//
// A [Header] is gone over once. Its canonical spelling of a name, also of a member's,
// wins over others; without it the least spelling in the order of bytes does. Other
// carriers get one call of ForeachKey, whose error is returned wrapped with
// ErrCorrupted. Of an [Environ], keys of members that have the same variable are one
// key, spelled as W3C's baggage spells it.
func (p *Textual) Extract(from Reader) (c model.Context, err error) {
	h, ok := from.(Header)
	if !ok {
		err = p.extractFrom(from, &c)
		return c, err
	}
	r := reading{match: p.from.match(false)}
	if p.readHeader(&r, h); r.has == 0 && r.scratch == nil {
		return model.Context{}, ErrNotFound
	}
	err = p.conclude(&r, nil, &c)
	return c, err
}

// visitor is a reading of a carrier that is not a Header. It is pooled, with its
// handler.
type visitor struct {
	reading
	visit func(key, value string) error
}

func (p *Textual) extractFrom(from Reader, c *model.Context) error {
	v, ok := p.visitors.Get().(*visitor)
	if !ok {
		v = new(visitor)
		v.visit = func(key, value string) error {
			if f := p.names.classify(key); p.reads[f] {
				p.take(&v.reading, f, key, value)
			}
			return nil
		}
	}
	_, environ := from.(*Environ)
	v.match = p.from.match(environ)
	err := p.conclude(&v.reading, from.ForeachKey(v.visit), c)
	v.reading = reading{}
	p.visitors.Put(v)
	return err
}

// conclude makes a context of what was read, unless the carrier broke off, and ends the
// reading. c is zero.
func (p *Textual) conclude(r *reading, failed error, c *model.Context) (err error) {
	if failed != nil {
		err = p.unreadable(r, failed)
	} else {
		err = p.resolve(r, c)
	}
	if s := r.scratch; s != nil {
		for f := range families {
			if s.brought.contains(f) {
				p.counters[f].leftOut(s.baggage[f].dropped)
			}
		}
		s.clear(r.odd)
		p.scratches.Put(s)
	}
	if err != nil {
		*c = model.Context{}
		return err
	}
	c.State |= model.StateRemote
	return nil
}

// unreadable counts a carrier that broke off against the formats it had ids of.
func (p *Textual) unreadable(r *reading, err error) error {
	for _, f := range p.from.ids {
		first := [families]field{jaegerID, w3cParent, b3Trace}[f]
		if r.has.contains(first) || f == b3 && r.has.contains(b3Whole) {
			p.counters[f].rejected.Add(1)
		}
	}
	return fmt.Errorf("%w: cannot read the carrier: %w", ErrCorrupted, err)
}

// resolve makes one context of what was read. After an error c is worthless.
func (p *Textual) resolve(r *reading, c *model.Context) error {
	var (
		ids      [families]model.Context
		complain error
		winner   = families
		readable int
	)
	for _, f := range p.from.ids {
		if r.has&idFields[f] == 0 {
			continue
		}
		c := &ids[f]
		err := p.parse(f, r, c)
		switch {
		case err == nil && c.TraceID.IsValid():
			readable++
			if winner == families {
				winner = f
			}
		case err != nil && !errors.Is(err, ErrNotFound):
			p.counters[f].rejected.Add(1)
			*c = model.Context{}
			if complain == nil {
				complain = err
			}
		}
	}
	if winner == families {
		p.takeW3CBaggage(r)
		if complain != nil && ids[b3].State&model.StateDecided == 0 {
			return complain
		}
		return p.withoutIDs(r, &ids[b3], c)
	}
	*c = ids[winner]
	for _, f := range p.from.ids {
		switch other := &ids[f]; {
		case !other.TraceID.IsValid():
		case other.TraceID == c.TraceID:
			p.counters[f].accept(readable == 1)
			if f != winner || f == w3c { // which has the tracestate
				p.agree(r, f, other, c)
			}
		default:
			p.counters[f].conflicts.Add(1)
		}
	}
	if r.scratch != nil || r.lists[w3cBaggage-jaegerList] != nil {
		c.Baggage = p.merge(r, winner)
	}
	return nil
}

func (p *Textual) parse(f family, r *reading, c *model.Context) error {
	switch f {
	case jaeger:
		return p.parseJaeger(r, c)
	case w3c:
		return p.parseW3C(r, c)
	}
	return p.parseB3(r, c)
}

// agree completes c, in place of the winner or its equal, with what only this
// format carries.
func (p *Textual) agree(r *reading, f family, from, c *model.Context) {
	flags := from.Flags
	if !flags.IsSampled() {
		flags &^= model.FlagDebug // asks for nothing, and must not come to do so
	}
	c.Flags |= flags &^ model.FlagSampled
	if asksDebug(flags) || flags.IsSampled() && c.State&model.StateDeferred != 0 {
		c.Flags |= model.FlagSampled
		c.State &^= model.StateDeferred
	}
	c.State |= from.State & model.StateW3CRandom
	if c.ParentID == 0 && from.SpanID == c.SpanID {
		c.ParentID = from.ParentID
	}
	if f == w3c && r.has.contains(w3cState) {
		if state := p.inState(r); state != "" {
			c.Extra = &model.Extra{TraceState: state}
		}
	}
}

// withoutIDs makes a context of baggage, a debug id and B3's decision, if there are
// any.
func (p *Textual) withoutIDs(r *reading, decided, c *model.Context) error {
	brought := make([]family, 0, families)
	bring := func(f family, is bool) {
		if is && !slices.Contains(brought, f) {
			brought = append(brought, f)
		}
	}
	if r.scratch != nil {
		for _, f := range p.from.baggage {
			bring(f, len(r.baggage[f].members) > 0)
		}
		c.Baggage = p.merge(r, families)
	}
	if debug := r.values[jaegerDebug]; debug != "" {
		bring(jaeger, true)
		c.Extra = &model.Extra{DebugID: p.debugID(debug)}
	}
	if decided.State&model.StateDecided != 0 {
		bring(b3, true)
		c.Flags, c.State = decided.Flags, model.StateDecided
	}
	for _, f := range brought {
		p.counters[f].accept(len(brought) == 1)
	}
	switch {
	case len(brought) > 0:
		return nil
	case r.has.contains(jaegerID):
		p.counters[jaeger].rejected.Add(1)
		return p.corrupted(jaegerID, "has a zero trace id", r.values[jaegerID])
	}
	return ErrNotFound
}
