// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"encoding/binary"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/model"
)

// Encoder encodes messages of Jaeger's api_v2 (jaeger-idl, proto/api_v2/model.proto).
// The fields are scratch space, one for each level of messages in one another.
type Encoder struct{ tag, log []byte }

// AppendProcess appends a Process.
func (e *Encoder) AppendProcess(b []byte, p *model.Process) []byte {
	b = appendText(b, 1, p.Service)
	return e.tags(b, 2, p.Tags)
}

// AppendSpan appends a Span. Its process is one encoded, or nil.
func (e *Encoder) AppendSpan(b []byte, s *Span, process []byte) []byte {
	b = appendIDs(b, s.TraceID, s.SpanID)
	b = appendText(b, 3, s.Operation)
	for i := range s.References {
		r := &s.References[i]
		ref := appendIDs(e.tag[:0], r.TraceID, r.SpanID)
		ref = appendNumber(ref, 3, uint64(r.Type))
		b = appendText(b, 4, ref)
		e.tag = ref
	}
	b = appendNumber(b, 5, uint64(s.FlagBits))
	b = e.time(b, 6, s.Start)
	b = e.time(b, 7, int64(s.Duration))
	b = e.tags(b, 8, s.Tags)
	for i := range s.Logs {
		l := e.time(e.log[:0], 1, s.Logs[i].Time)
		l = e.tags(l, 2, s.Logs[i].Fields)
		b = appendText(b, 9, l)
		e.log = l
	}
	if process != nil {
		b = appendText(b, 10, process)
	}
	for _, w := range s.Warnings {
		b = appendText(b, 12, w)
	}
	return b
}

// tags appends KeyValues.
func (e *Encoder) tags(b []byte, field protowire.Number, tags []model.Tag) []byte {
	for i := range tags {
		t := appendText(e.tag[:0], 1, tags[i].Key)
		t = appendValue(t, tags[i].Value)
		b = appendText(b, field, t)
		e.tag = t
	}
	return b
}

// appendValue appends a KeyValue's type and value.
func appendValue(b []byte, v model.Value) []byte {
	const boolean, integer, float, binary = 1, 2, 3, 4 // text is 0
	switch v.Kind() {
	case model.KindString:
		return appendText(b, 3, v.Str())
	case model.KindBool:
		b = appendNumber(b, 2, boolean)
		return appendNumber(b, 4, protowire.EncodeBool(v.Bool()))
	case model.KindInt64:
		b = appendNumber(b, 2, integer)
		return appendNumber(b, 5, uint64(v.Int64()))
	case model.KindFloat64:
		b = appendNumber(b, 2, float)
		b = protowire.AppendTag(b, 6, protowire.Fixed64Type)
		return protowire.AppendFixed64(b, math.Float64bits(v.Float64()))
	case model.KindBytes:
		b = appendNumber(b, 2, binary)
		return appendText(b, 7, v.Str())
	}
	return b
}

// time appends nanoseconds as a Timestamp or a Duration, which have the same fields.
// Of a Timestamp the second field is not negative, and no duration is.
func (e *Encoder) time(b []byte, field protowire.Number, ns int64) []byte {
	seconds, rest := ns/int64(time.Second), ns%int64(time.Second)
	if rest < 0 {
		seconds, rest = seconds-1, rest+int64(time.Second)
	}
	t := appendNumber(e.tag[:0], 1, uint64(seconds))
	t = appendNumber(t, 2, uint64(rest))
	e.tag = t
	return appendText(b, field, t)
}

// appendIDs appends the ids of a Span or a SpanRef.
func appendIDs(b []byte, id model.TraceID, span model.SpanID) []byte {
	b = protowire.AppendTag(b, 1, protowire.BytesType)
	b = protowire.AppendVarint(b, 16)
	b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, id.High), id.Low)
	b = protowire.AppendTag(b, 2, protowire.BytesType)
	b = protowire.AppendVarint(b, 8)
	return binary.BigEndian.AppendUint64(b, uint64(span))
}

// appendText appends a field of text, bytes or a message, even if it is empty: a
// value of one is a value.
func appendText[T string | []byte](b []byte, field protowire.Number, v T) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(len(v)))
	return append(b, v...)
}

// appendNumber appends a field, unless it is 0.
func appendNumber(b []byte, field protowire.Number, n uint64) []byte {
	if n == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), n)
}
