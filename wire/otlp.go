// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/binary"
	"math"

	"github.com/go-spur/spur/model"
)

// Field keys of opentelemetry.proto.trace.v1.Span: the field's number, and how
// its value is written (0 varint, 1 eight bytes, 2 a length and bytes, 5 four
// bytes). Fields are written in the order of their numbers.
const (
	spansKey             = 2<<3 | 2 // ScopeSpans.spans
	spanTraceIDKey       = 1<<3 | 2
	spanIDKey            = 2<<3 | 2
	spanTraceStateKey    = 3<<3 | 2
	spanParentIDKey      = 4<<3 | 2
	spanNameKey          = 5<<3 | 2
	spanKindKey          = 6 << 3
	spanStartKey         = 7<<3 | 1
	spanEndKey           = 8<<3 | 1
	spanAttributesKey    = 9<<3 | 2
	spanDroppedTagsKey   = 10 << 3
	spanEventsKey        = 11<<3 | 2
	spanDroppedEventsKey = 12 << 3
	spanLinksKey         = 13<<3 | 2
	spanDroppedLinksKey  = 14 << 3
	spanStatusKey        = 15<<3 | 2
	spanFlagsKey         = 16<<3 | 5 // takes two bytes

	statusMessageKey = 2<<3 | 2 // Status.message
	statusCodeKey    = 3 << 3   // Status.code
	statusOK         = 1        // Status.STATUS_CODE_OK
	statusError      = 2        // Status.STATUS_CODE_ERROR

	linkTraceIDKey    = 1<<3 | 2 // Span.Link.trace_id
	linkSpanIDKey     = 2<<3 | 2 // Span.Link.span_id
	linkAttributesKey = 4<<3 | 2 // Span.Link.attributes

	otlpSampled      = 1     // W3C's sampled flag in Span.flags
	otlpRandom       = 2     // and its random flag
	otlpHasIsRemote  = 0x100 // SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
	otlpIsRemote     = 0x200 // SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK
	otlpLengthOfSpan = 2     // bytes a span's length is expected to take
)

// The value of a link's attribute opentracing.ref_type.
const (
	tagRefType     = "opentracing.ref_type"
	refChildOf     = "child_of"
	refFollowsFrom = "follows_from"
)

// AppendOTLPSpan appends a span as an element of ScopeSpans.spans: key, length
// and Span message.
//
// A reference to the parent is the parent id alone; every other reference becomes
// a link with the attribute opentracing.ref_type. Tags become attributes, but for
// these:
//   - span.kind with one of OpenTelemetry's five kinds is the kind;
//   - error, true or "true", is the status ERROR;
//   - otel.status_code, "OK" or "ERROR", is the status when error is not;
//   - otel.status_description is the message of a status that there is.
//
// Logs become events, named by their text field "event" or else not at all; of
// fields with the same key in one log the last counts (in logs of at most 128).
// What limits removed goes into the dropped counts, and Trimmed becomes the
// attribute spur.trimmed. A negative duration counts as none, and times before
// 1970 as 1970. Of the flags those that W3C knows, sampled and random, have a place
// in the format: the Collector drops Jaeger's debug flag, too. Bytes of a text that are not
// UTF-8 become U+FFFD one by one, since receivers refuse a whole batch for one.
func AppendOTLPSpan(dst []byte, s *model.Span) []byte { return appendOTLPSpan(dst, s, false) }

// AppendOTLPSpanSemantic is AppendOTLPSpan with the tags and log fields of
// OpenTracing's conventions under the names that OpenTelemetry's semantic
// conventions 1.43 have for the same things. A name that the span already uses is
// not used twice.
func AppendOTLPSpanSemantic(dst []byte, s *model.Span) []byte { return appendOTLPSpan(dst, s, true) }

func appendOTLPSpan(dst []byte, s *model.Span, semantic bool) []byte {
	f := findFields(s.Tags)
	dst = append(dst, spansKey, 0, 0)
	mark := len(dst) - otlpLengthOfSpan
	dst = append(dst, spanTraceIDKey, 16)
	dst = binary.BigEndian.AppendUint64(dst, s.TraceID.High)
	dst = binary.BigEndian.AppendUint64(dst, s.TraceID.Low)
	dst = append(dst, spanIDKey, 8)
	dst = binary.BigEndian.AppendUint64(dst, uint64(s.SpanID))
	dst = appendOTLPText(dst, spanTraceStateKey, s.TraceState)
	if s.ParentID != 0 {
		dst = append(dst, spanParentIDKey, 8)
		dst = binary.BigEndian.AppendUint64(dst, uint64(s.ParentID))
	}
	dst = appendOTLPText(dst, spanNameKey, s.Operation)
	if f.kind != 0 {
		dst = append(dst, spanKindKey, f.kind)
	}
	start, end := otlpTimes(s)
	dst = appendOTLPTime(dst, spanStartKey, start)
	dst = appendOTLPTime(dst, spanEndKey, end)
	if semantic {
		dst = appendSemanticTags(dst, s.Tags, &f)
	} else {
		for i := range s.Tags {
			if !f.holds(i) {
				dst = appendAttribute(dst, spanAttributesKey, s.Tags[i].Key, s.Tags[i].Value)
			}
		}
	}
	if s.Trimmed {
		dst = appendAttribute(dst, spanAttributesKey, tagTrimmed, model.Bool(true))
	}
	dst = appendOTLPCount(dst, spanDroppedTagsKey, s.DroppedTags)
	for i := range s.Logs {
		dst = appendEvent(dst, &s.Logs[i], semantic)
	}
	dst = appendOTLPCount(dst, spanDroppedEventsKey, s.DroppedLogs)
	for i := range s.References {
		if r := &s.References[i]; !isParent(s, r) {
			dst = appendLink(dst, r)
		}
	}
	dst = appendOTLPCount(dst, spanDroppedLinksKey, s.DroppedRefs)
	if f.status != 0 {
		dst = appendStatus(dst, s.Tags, &f)
	}
	if flags := otlpFlags(s); flags != 0 {
		dst = append(dst, spanFlagsKey&0x7f|0x80, spanFlagsKey>>7)
		dst = binary.LittleEndian.AppendUint32(dst, flags)
	}
	return closeOTLP(dst, mark, otlpLengthOfSpan)
}

// otlpTimes returns start and end in nanoseconds since 1970, in order and within
// what a signed number holds.
func otlpTimes(s *model.Span) (start, end uint64) {
	start = uint64(max(s.Start, 0))
	switch {
	case s.Duration <= 0:
		return start, start
	case s.Start > math.MaxInt64-int64(s.Duration):
		return start, math.MaxInt64
	}
	return start, max(uint64(max(s.Start+int64(s.Duration), 0)), start)
}

// otlpFlags: with a parent the flags also say whether it lives elsewhere.
func otlpFlags(s *model.Span) (flags uint32) {
	if s.IsSampled() {
		flags = otlpSampled
	}
	if s.State&model.StateW3CRandom != 0 {
		flags |= otlpRandom
	}
	if s.ParentID != 0 {
		flags |= otlpHasIsRemote
		if s.ParentRemote {
			flags |= otlpIsRemote
		}
	}
	return flags
}

// isParent reports whether the parent id says all that r does.
func isParent(s *model.Span, r *model.Reference) bool {
	return s.ParentID != 0 && r.SpanID == s.ParentID && r.Type == model.ChildOf && r.TraceID == s.TraceID
}

// appendLink appends an element of Span.links.
func appendLink(dst []byte, r *model.Reference) []byte {
	kind := refFollowsFrom
	if r.Type == model.ChildOf {
		kind = refChildOf
	}
	// Key and length of both ids and of the attribute; its parts have four of
	// two bytes each.
	dst = append(dst, spanLinksKey, byte(2+16+2+8+2+4*2-2+len(tagRefType)+len(kind)))
	dst = append(dst, linkTraceIDKey, 16)
	dst = binary.BigEndian.AppendUint64(dst, r.TraceID.High)
	dst = binary.BigEndian.AppendUint64(dst, r.TraceID.Low)
	dst = append(dst, linkSpanIDKey, 8)
	dst = binary.BigEndian.AppendUint64(dst, uint64(r.SpanID))
	return appendAttribute(dst, linkAttributesKey, tagRefType, model.String(kind))
}

// appendStatus appends Span.status.
func appendStatus(dst []byte, tags []model.Tag, f *fields) []byte {
	dst = append(dst, spanStatusKey, 0)
	mark := len(dst) - 1
	if f.descriptionAt >= 0 {
		dst = appendOTLPText(dst, statusMessageKey, tags[f.descriptionAt].Value.Str())
	}
	dst = append(dst, statusCodeKey, f.status)
	return closeOTLP(dst, mark, 1)
}

// appendOTLPTime appends eight bytes, or nothing for 0.
func appendOTLPTime(dst []byte, key byte, t uint64) []byte {
	if t == 0 {
		return dst
	}
	return binary.LittleEndian.AppendUint64(append(dst, key), t)
}

// appendOTLPCount appends a varint, or nothing for 0.
func appendOTLPCount(dst []byte, key byte, n uint32) []byte {
	if n == 0 {
		return dst
	}
	return appendUvarint(append(dst, key), uint64(n))
}

// closeOTLP writes the length of a message that begins room bytes behind mark,
// where that many were left for it; where it takes more or fewer, the message is
// moved.
func closeOTLP(dst []byte, mark, room int) []byte {
	n := len(dst) - mark - room
	size := uvarintLen(uint64(n))
	if size != room {
		if size > room {
			dst = append(dst, make([]byte, size-room)...)
		}
		copy(dst[mark+size:], dst[mark+room:mark+room+n])
		dst = dst[:mark+size+n]
	}
	at := mark
	for ; n >= 0x80; n >>= 7 {
		dst[at] = byte(n) | 0x80
		at++
	}
	dst[at] = byte(n)
	return dst
}
