// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/model"
)

// SetBaggageItem adds an item that travels to every later descendant, in this
// process and others; an empty value removes it. Contexts handed out before stay
// as they were. Beyond the limits of the formats (64 items, 8,192 bytes) the
// item is refused and counted, as it is when WithBaggageRestrictions forbids it.
// On a recorded span the change is logged.
func (s *Span) SetBaggageItem(key, value string) opentracing.Span {
	s.setBaggage(key, value)
	return s
}

// BaggageItem returns the value of a baggage item, "" when there is none. Keys
// are case-sensitive; those that came in headers are in lower case.
func (s *Span) BaggageItem(key string) string {
	m, _ := s.current().baggage.Get(key)
	return m.Value
}

// baggageChange is what one call of SetBaggageItem did.
type baggageChange struct {
	key, value string
	override   bool // an item had the key
	cut        bool // the restrictions have shortened the value
	refused    bool
}

// setBaggage swaps the span's context for one that carries the change. The log
// of it is made outside the lock.
func (s *Span) setBaggage(key, value string) {
	t := s.tracer()
	value, cut, allowed := t.restrict(key, value)
	s.mu.Lock()
	if s.finishedLocked() {
		s.mu.Unlock()
		s.usedAfterFinish()
		return
	}
	old := s.current()
	before, existed := old.baggage.Get(key)
	fits := allowed && (value == "" || t.baggageFits(old.baggage, before, existed, key, value))
	if fits {
		next := old.withBaggage(key, value)
		if before := s.cur.Load(); before != nil {
			next.refs = before.refs
		}
		s.cur.Store(next)
	}
	s.mu.Unlock()
	switch {
	case !fits:
		t.rare.baggage.Add(1)
	case cut:
		t.rare.values.Add(1)
	}
	if s.ctx.word.recording() {
		s.logBaggage(baggageChange{key: key, value: value, override: existed && allowed, cut: cut, refused: !fits})
	}
}

// baggageFits reports whether an item can be added within the limits that every
// format puts on injected baggage.
func (t *Tracer) baggageFits(b *model.Baggage, before model.Member, existed bool, key, value string) bool {
	l := &t.limits.Propagation
	members, size := b.Len()+1, len(key)+len(value)
	if existed {
		members, size = members-1, size-len(before.Key)-len(before.Value)
	}
	if members > l.BaggageMembers || size > l.BaggageBytes {
		return false
	}
	for m := range b.All() {
		size += len(m.Key) + len(m.Value)
	}
	return size <= l.BaggageBytes
}

// logBaggage records the fields that Jaeger's clients record, in their order.
func (s *Span) logBaggage(c baggageChange) {
	t := s.tracer()
	value, keep := t.freezer.BaggageValue(c.key, c.value)
	if !keep {
		return
	}
	fields := [6]log.Field{log.Event("baggage"), log.String("key", c.key), log.String("value", value)}
	n := 3
	for _, mark := range [...]struct {
		key string
		on  bool
	}{{"override", c.override}, {"truncated", c.cut}, {"invalid", c.refused}} {
		if mark.on {
			fields[n] = log.String(mark.key, "true")
			n++
		}
	}
	s.storeLog(s.now(), t.freezer.RedactedFields(fields[:n]))
}

// restrict applies the restrictions to an item. It returns the value to set and
// whether that is cut, or false.
func (t *Tracer) restrict(key, value string) (_ string, cut, ok bool) {
	if t.restrictions == nil || value == "" {
		return value, false, true
	}
	limit, ok := t.allowed(key)
	if !ok {
		return value, false, false
	}
	short, cut := format.Cut(value, limit)
	if short == "" {
		return value, false, false
	}
	return short, cut, true
}

func (t *Tracer) allowed(key string) (limit int, ok bool) {
	if !t.guard(func() { limit, ok = t.restrictions.Allowed(t.process.Service, key) }) {
		return 0, false
	}
	return limit, ok
}
