// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"strings"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/model"
)

// SetBaggageItem adds an item that travels to every later descendant, in this
// process and others. An empty value removes the item that BaggageItem finds.
// Contexts handed out before stay as they were. An item beyond the limits of the
// formats (64 items, 8,192 bytes) is refused and counted, and so is one that
// WithBaggageRestrictions forbids. On a recorded span the change is logged; of a
// refused item the log has the key and the length of the value.
func (s *Span) SetBaggageItem(key, value string) opentracing.Span {
	if s != nil {
		s.setBaggage(key, value)
	}
	return s
}

// BaggageItem returns the value of the item with this key, else of the newest whose
// key differs in case alone, as in "User" and "user": HTTP headers do not keep the
// case. It returns "" when there is none.
func (s *Span) BaggageItem(key string) string {
	return s.SpanContext().BaggageItem(key)
}

// baggageChange is what one call of SetBaggageItem did.
type baggageChange struct {
	key, value string
	length     int  // of the value that was given
	override   bool // an item had the key
	cut        bool // the restrictions have shortened the value
	refused    bool
}

// setBaggage swaps the span's context for one that carries the change. The log
// of it is made outside the lock.
func (s *Span) setBaggage(key, value string) {
	t := s.tracer()
	length := len(value)
	value, cut, allowed := t.restrict(key, value)
	s.mu.Lock()
	if s.finishedLocked() {
		s.mu.Unlock()
		s.usedAfterFinish()
		return
	}
	old := s.current()
	before, existed := old.baggage.Get(key)
	if value == "" && !existed {
		if before, existed = old.baggage.Find(key); existed {
			key = before.Key
		}
	}
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
		s.logBaggage(baggageChange{key: key, value: value, length: length, override: existed && allowed, cut: cut, refused: !fits})
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

// logBaggage records the fields that Jaeger's clients record, in their order, but for
// a value that was refused: nobody, not even the Redactor, is shown it.
func (s *Span) logBaggage(c baggageChange) {
	t := s.tracer()
	fields := [6]log.Field{log.Event("baggage"), log.String("key", c.key), log.Int("length", c.length)}
	n := 2
	if c.refused {
		n++
	} else {
		value, keep := t.freezer.BaggageValue(c.key, c.value)
		if !keep {
			return
		}
		fields[n] = log.String("value", value)
		n++
	}
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
	var limit int
	if !t.guard(func() { limit, ok = t.restrictions.Allowed(t.process.Service, key) }) || !ok {
		return value, false, false
	}
	short := format.Prefix(value, limit)
	switch len(short) {
	case 0:
		return value, false, false
	case len(value):
		return value, false, true
	}
	return strings.Clone(short), true, true
}
