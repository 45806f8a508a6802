// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/model"
)

// setBaggage swaps the span's context for one that carries the change. The log
// of it is made outside the lock.
func (s *Span) setBaggage(key, value string) {
	t := s.ext().tracer
	s.mu.Lock()
	if s.finishedLocked() {
		s.mu.Unlock()
		s.usedAfterFinish()
		return
	}
	old := s.current()
	before, existed := old.baggage.Get(key)
	fits := value == "" || t.baggageFits(old.baggage, before, existed, key, value)
	if fits {
		s.cur.Store(old.withBaggage(key, value))
	}
	s.mu.Unlock()
	if !fits {
		t.rare.baggage.Add(1)
	}
	if s.ctx.trace.recording() {
		s.logBaggage(key, value, existed, fits)
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

// logBaggage records the fields that Jaeger's clients record.
func (s *Span) logBaggage(key, value string, existed, fits bool) {
	e := s.ext().tracer.acquireEncoder(PlaceBaggage)
	fields := [5]log.Field{log.Event("baggage"), log.String("key", key), log.String("value", value)}
	n := 3
	if existed {
		fields[n] = log.String("override", "true")
		n++
	}
	if !fits {
		fields[n] = log.String("invalid", "true")
		n++
	}
	e.encode(fields[:n])
	s.storeLog(s.now(), e)
}
