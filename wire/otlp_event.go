// SPDX-License-Identifier: Apache-2.0

package wire

import "github.com/go-spur/spur/model"

// Field keys of Span.Event.
const (
	eventTimeKey       = 1<<3 | 1 // Span.Event.time_unix_nano
	eventNameKey       = 2<<3 | 2 // Span.Event.name
	eventAttributesKey = 3<<3 | 2 // Span.Event.attributes
)

// fieldEvent is the log field that names an event.
const fieldEvent = "event"

// maxCompared is how many fields a log may have to be searched for several with
// the same key. It is the tracer's default limit.
const maxCompared = 128

// appendEvent appends an element of Span.events.
func appendEvent(dst []byte, l *model.Log, semantic bool) []byte {
	e := readEvent(l.Fields, semantic)
	room := 1
	if e.size >= 0x80 {
		room = 2
	}
	dst = append(dst, spanEventsKey, 0, 0)
	mark := len(dst) - 2
	dst = appendOTLPTime(dst[:mark+room], eventTimeKey, uint64(max(l.Time, 0)))
	dst = appendOTLPText(dst, eventNameKey, e.name)
	for i := range l.Fields {
		t := &l.Fields[i]
		if i == e.nameAt || e.repeats && overwritten(l.Fields, i) {
			continue
		}
		key := t.Key
		if e.exception {
			key = e.rename(t)
		}
		dst = appendAttribute(dst, eventAttributesKey, key, t.Value)
	}
	return closeOTLP(dst, mark, room)
}

// event is what makes an event of a log.
type event struct {
	name    string
	nameAt  int  // index of the field with the name, -1: none
	size    int  // about how many bytes the event takes
	repeats bool // two fields may have the same key

	exception                     bool // rename is to be called
	hasMessage, hasType, hasTrace bool // the log has fields of the names that rename gives
	hasObject                     bool // error.object takes precedence over message
}

// readEvent looks at the fields of a log once.
func readEvent(fields []model.Tag, semantic bool) event {
	e := event{nameAt: -1, size: 11}
	var seen uint64
	for i := range fields {
		t := &fields[i]
		e.size += len(t.Key) + len(t.Value.Str()) + 8
		bit := keyBit(t.Key)
		e.repeats = e.repeats || seen&bit != 0
		seen |= bit
		if t.Key == fieldEvent && t.Value.Kind() == model.KindString && (e.nameAt < 0 || len(fields) <= maxCompared) {
			e.name, e.nameAt = t.Value.Str(), i
		}
	}
	if e.repeats = e.repeats && len(fields) <= maxCompared; e.repeats && e.nameAt >= 0 && overwritten(fields, e.nameAt) {
		e.name, e.nameAt = "", -1 // by something else than a text
	}
	if semantic {
		e.findException(fields)
	}
	return e
}

// keyBit returns one of 64 bits, the same for the same key.
func keyBit(key string) uint64 {
	if key == "" {
		return 1
	}
	return 1 << ((uint(len(key))*5 + uint(key[0]) + uint(key[len(key)-1])*3) & 63)
}

// overwritten reports whether a later field has the same key.
func overwritten(fields []model.Tag, i int) bool {
	key := fields[i].Key
	for j := i + 1; j < len(fields); j++ {
		if fields[j].Key == key {
			return true
		}
	}
	return false
}

// Log fields of OpenTracing's conventions, and what the OpenTelemetry
// specification's chapter on OpenTracing makes of them when the log is an error:
// the event "exception".
const (
	fieldKind    = "error.kind"
	fieldObject  = "error.object"
	fieldMessage = "message"
	fieldStack   = "stack"

	eventError     = "error"
	eventException = "exception"
	exceptionType  = "exception.type"
	exceptionText  = "exception.message"
	exceptionTrace = "exception.stacktrace"
)

// findException turns e into an exception when the log has the event "error" and
// says which, or has no event and the fields that only errors have.
func (e *event) findException(fields []model.Tag) {
	var hasKind, hasMessage bool
	for i := range fields {
		t := &fields[i]
		text := t.Value.Kind() == model.KindString
		switch t.Key {
		case fieldKind:
			hasKind = hasKind || text
		case fieldObject:
			e.hasObject = e.hasObject || text
		case fieldMessage:
			hasMessage = hasMessage || text
		case exceptionType:
			e.hasType = true
		case exceptionText:
			e.hasMessage = true
		case exceptionTrace:
			e.hasTrace = true
		}
	}
	e.exception = e.nameAt < 0 && (hasKind || e.hasObject) || e.name == eventError && (hasKind || e.hasObject || hasMessage)
	if e.exception {
		e.name = eventException
	}
}

// rename returns the current name of a field of an exception.
func (e *event) rename(t *model.Tag) string {
	if t.Value.Kind() != model.KindString {
		return t.Key
	}
	switch {
	case t.Key == fieldKind && !e.hasType:
		return exceptionType
	case t.Key == fieldObject && !e.hasMessage:
		return exceptionText
	case t.Key == fieldMessage && !e.hasMessage && !e.hasObject:
		return exceptionText
	case t.Key == fieldStack && !e.hasTrace:
		return exceptionTrace
	}
	return t.Key
}
