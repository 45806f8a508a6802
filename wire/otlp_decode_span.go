// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/go-spur/spur/model"
)

// Texts for values that tags cannot hold.
const (
	valueOfList = "(list)"
	valueOfMap  = "(map)"
)

func (d *otlpDecoder) span() (s model.Span) {
	n := d.tally(spanAttributesKey, spanKindKey, spanStatusKey, spanEventsKey, spanLinksKey, spanParentIDKey)
	s.Tags = room(d, &d.tags, n[0]+min(n[1], 1)+2*min(n[2], 1))
	s.Logs = room(d, &d.logs, n[3])
	s.References = room(d, &d.refs, n[4]+min(n[5], 1))
	var name, state, message piece
	var start, end, kind, status uint64
	var flags uint32
	var hasTraceID, hasSpanID bool
	for key := d.field(); key != 0; key = d.field() {
		switch key {
		case spanTraceIDKey:
			s.TraceID, hasTraceID = d.traceID(), true
		case spanIDKey:
			s.SpanID, hasSpanID = d.spanID(), true
		case spanTraceStateKey:
			state = d.utf8()
		case spanParentIDKey:
			s.ParentID = d.parentID()
		case spanNameKey:
			name = d.utf8()
		case spanKindKey:
			kind = d.uvarint()
		case spanStartKey:
			start = d.fixed64()
		case spanEndKey:
			end = d.fixed64()
		case spanAttributesKey:
			if t := d.tag(); t.Key == tagTrimmed && t.Value.Bool() {
				s.Trimmed = true
			} else {
				s.Tags = add(d, s.Tags, t)
			}
		case spanDroppedTagsKey:
			s.DroppedTags = uint32(d.uvarint())
		case spanEventsKey:
			s.Logs = add(d, s.Logs, d.event())
		case spanDroppedEventsKey:
			s.DroppedLogs = uint32(d.uvarint())
		case spanLinksKey:
			s.References = add(d, s.References, d.link())
		case spanDroppedLinksKey:
			s.DroppedRefs = uint32(d.uvarint())
		case spanStatusKey:
			d.status(&message, &status)
		case spanFlagsKey:
			flags = d.fixed32()
		default:
			d.skip(key)
		}
	}
	if !hasTraceID || !hasSpanID {
		d.fail("Span without its ids")
	}
	s.Operation, s.TraceState = d.copied(name), d.copied(state)
	s.Start = otlpNanos(start)
	s.Duration = time.Duration(max(otlpNanos(end)-s.Start, 0))
	if flags&otlpSampled != 0 {
		s.Flags = model.FlagSampled
	}
	if flags&otlpRandom != 0 {
		s.State = model.StateW3CRandom
	}
	s.ParentRemote = s.ParentID != 0 && flags&otlpHasIsRemote != 0 && flags&otlpIsRemote != 0
	d.restoreTags(&s, kind, status, d.copied(message))
	d.restoreParent(&s)
	s.Tags, s.Logs, s.References = tidy(s.Tags), tidy(s.Logs), tidy(s.References)
	return s
}

// restoreTags adds the tags that became kind and status.
func (d *otlpDecoder) restoreTags(s *model.Span, kind, status uint64, message string) {
	if kind > 0 && kind < uint64(len(kindNames)) {
		s.Tags = add(d, s.Tags, model.Tag{Key: tagSpanKind, Value: model.String(kindNames[kind])})
	}
	switch status {
	case statusOK:
		s.Tags = add(d, s.Tags, model.Tag{Key: tagStatusCode, Value: model.String("OK")})
	case statusError:
		s.Tags = add(d, s.Tags, model.Tag{Key: tagError, Value: model.Bool(true)})
	}
	if message != "" {
		s.Tags = add(d, s.Tags, model.Tag{Key: tagStatusDescription, Value: model.String(message)})
	}
}

// restoreParent adds the reference that became the parent id. A link to the parent
// is one of another type.
func (d *otlpDecoder) restoreParent(s *model.Span) {
	if s.ParentID == 0 || !d.fill {
		return
	}
	parent := model.Reference{TraceID: s.TraceID, SpanID: s.ParentID, Type: model.ChildOf}
	for _, r := range s.References {
		if r.TraceID == parent.TraceID && r.SpanID == parent.SpanID {
			return
		}
	}
	s.References = append(s.References, parent)
	copy(s.References[1:], s.References)
	s.References[0] = parent
}

func (d *otlpDecoder) status(message *piece, code *uint64) {
	outer := d.open()
	for key := d.field(); key != 0; key = d.field() {
		switch key {
		case statusMessageKey:
			*message = d.utf8()
		case statusCodeKey:
			*code = d.uvarint()
		default:
			d.skip(key)
		}
	}
	d.close(outer)
}

func (d *otlpDecoder) event() (l model.Log) {
	outer := d.open()
	n := d.tally(eventAttributesKey, eventNameKey)
	l.Fields = room(d, &d.tags, n[0]+min(n[1], 1))
	var name piece
	for key := d.field(); key != 0; key = d.field() {
		switch key {
		case eventTimeKey:
			l.Time = otlpNanos(d.fixed64())
		case eventNameKey:
			name = d.utf8()
		case eventAttributesKey:
			l.Fields = add(d, l.Fields, d.tag())
		default:
			d.skip(key)
		}
	}
	d.close(outer)
	if text := d.copied(name); text != "" { // in the second walk
		t := model.Tag{Key: fieldEvent, Value: model.String(text)}
		l.Fields = append(l.Fields, t)
		copy(l.Fields[1:], l.Fields)
		l.Fields[0] = t
	}
	l.Fields = tidy(l.Fields)
	return l
}

// link reads a Span.Link message. Its type is in an attribute.
func (d *otlpDecoder) link() (r model.Reference) {
	outer := d.open()
	r.Type = model.FollowsFrom
	var hasTraceID, hasSpanID bool
	for key := d.field(); key != 0; key = d.field() {
		switch key {
		case linkTraceIDKey:
			r.TraceID, hasTraceID = d.traceID(), true
		case linkSpanIDKey:
			r.SpanID, hasSpanID = d.spanID(), true
		case linkAttributesKey:
			if k, v := d.keyValue(); d.is(k, tagRefType) && v.kind == model.KindString && d.is(v.text, refChildOf) {
				r.Type = model.ChildOf
			}
		default:
			d.skip(key)
		}
	}
	if !hasTraceID || !hasSpanID {
		d.fail("Link without its ids")
	}
	d.close(outer)
	return r
}

func (d *otlpDecoder) traceID() (t model.TraceID) {
	p := d.bytes()
	if p.n != 16 {
		d.fail("trace id of a wrong length")
		return t
	}
	return model.TraceID{High: binary.BigEndian.Uint64(d.b[p.off:]), Low: binary.BigEndian.Uint64(d.b[p.off+8:])}
}

func (d *otlpDecoder) spanID() model.SpanID {
	p := d.bytes()
	if p.n != 8 {
		d.fail("span id of a wrong length")
		return 0
	}
	return model.SpanID(binary.BigEndian.Uint64(d.b[p.off:]))
}

// parentID reads a span id that may be empty.
func (d *otlpDecoder) parentID() model.SpanID {
	off := d.off
	if d.bytes().n == 0 {
		return 0
	}
	d.off = off
	return d.spanID()
}

// anyValue is an AnyValue before its text is copied.
type anyValue struct {
	kind model.Kind
	text piece
	bits uint64
	note string // instead of the value
}

func (d *otlpDecoder) tag() (t model.Tag) {
	key, v := d.keyValue()
	t.Key = d.copied(key)
	switch v.kind {
	case model.KindString:
		t.Value = model.String(v.note)
		if v.note == "" {
			t.Value = model.String(d.copied(v.text))
		}
	case model.KindBytes:
		t.Value = model.BytesString(d.copied(v.text))
	case model.KindBool:
		t.Value = model.Bool(v.bits != 0)
	case model.KindInt64:
		t.Value = model.Int64(int64(v.bits))
	case model.KindFloat64:
		t.Value = model.Float64(math.Float64frombits(v.bits))
	}
	return t
}

func (d *otlpDecoder) keyValue() (k piece, v anyValue) {
	outer := d.open()
	for key := d.field(); key != 0; key = d.field() {
		switch key {
		case keyValueKeyKey:
			k = d.utf8()
		case keyValueValueKey:
			d.anyValue(&v)
		default:
			d.skip(key)
		}
	}
	d.close(outer)
	return k, v
}

// anyValue reads an AnyValue message. What is inside lists and maps is not looked
// at, so that nothing here nests.
func (d *otlpDecoder) anyValue(v *anyValue) {
	outer := d.open()
	for key := d.field(); key != 0; key = d.field() {
		switch key {
		case anyStringKey:
			*v = anyValue{kind: model.KindString, text: d.utf8()}
		case anyBoolKey:
			*v = anyValue{kind: model.KindBool, bits: d.uvarint()}
		case anyIntKey:
			*v = anyValue{kind: model.KindInt64, bits: d.uvarint()}
		case anyDoubleKey:
			*v = anyValue{kind: model.KindFloat64, bits: d.fixed64()}
		case anyBytesKey:
			*v = anyValue{kind: model.KindBytes, text: d.bytes()}
		case anyArrayKey:
			d.bytes()
			*v = anyValue{note: valueOfList}
		case anyKVListKey:
			d.bytes()
			*v = anyValue{note: valueOfMap}
		default:
			d.skip(key)
		}
	}
	d.close(outer)
}
