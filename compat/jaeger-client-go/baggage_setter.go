// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
)

// setBaggage sets an item as spur does, which asks the restrictions, cuts the value and
// logs the change on the span. Here it is counted, and kept for who wants the span's logs.
// Of an item that the restrictions forbid the log has the value, unlike spur's.
func (t *Tracer) setBaggage(s *Span, key, value string) {
	if s.watch == nil && !t.counted && t.options.restrictions == nil {
		s.span.SetBaggageItem(key, value)
		return
	}
	if t.options.restrictions != nil && !t.allows(key) {
		t.metrics.BaggageUpdateFailure.Inc(1)
		s.LogFields(baggageLog(key, log.String("value", value), "invalid")...)
		return
	}
	before := s.baggage(key)
	s.span.SetBaggageItem(key, value)
	set := s.baggage(key)
	if value != "" && (set == "" || !strings.HasPrefix(value, set)) { // finished, or beyond spur's limits
		t.metrics.BaggageUpdateFailure.Inc(1)
		s.keepBaggage(baggageLog(key, log.Int("length", len(value)), "invalid"))
		return
	}
	t.metrics.BaggageUpdateSuccess.Inc(1)
	var marks []string
	if before != "" {
		marks = append(marks, "override")
	}
	if len(set) < len(value) {
		marks = append(marks, "truncated")
		t.metrics.BaggageTruncate.Inc(1)
	}
	s.keepBaggage(baggageLog(key, log.String("value", set), marks...))
}

// allows asks the program's restrictions about a key.
func (t *Tracer) allows(key string) (ok bool) {
	t.guard("the baggage restrictions", func() {
		ok = t.options.restrictions.GetRestriction(t.serviceName, key).KeyAllowed()
	})
	return ok
}

// baggage returns the value of the item with exactly this key.
func (s *Span) baggage(key string) string {
	m, _ := s.span.SpanContext().Model().Baggage.Get(key)
	return m.Value
}

// baggageLog returns the fields of a change. Marks are fields that say "true".
func baggageLog(key string, value log.Field, marks ...string) []log.Field {
	fields := []log.Field{log.String("event", "baggage"), log.String("key", key), value}
	for _, mark := range marks {
		fields = append(fields, log.String(mark, "true"))
	}
	return fields
}

// keepBaggage keeps a log that spur has made.
func (s *Span) keepBaggage(fields []log.Field) {
	if s.watch != nil {
		s.keepLog(opentracing.LogRecord{Timestamp: time.Now(), Fields: fields})
	}
}
