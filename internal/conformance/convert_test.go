// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"math"

	idl "github.com/jaegertracing/jaeger-idl/thrift-gen/jaeger"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// toIDL says in the generated types what a batch of ours is to mean on the wire,
// according to the comments of package wire: times cut to microseconds, a
// duration of at least one, empty lists left out, what limits removed as tags
// behind the span's own.
func toIDL(b *wire.Batch) *idl.Batch {
	out := &idl.Batch{
		Process: &idl.Process{ServiceName: b.Process.Service, Tags: toIDLTags(b.Process.Tags)},
		Spans:   []*idl.Span{},
	}
	if b.HasSeqNo {
		out.SeqNo = &b.SeqNo
	}
	if s := b.Stats; s != nil {
		out.Stats = &idl.ClientStats{
			FullQueueDroppedSpans: s.FullQueueDroppedSpans, TooLargeDroppedSpans: s.TooLargeDroppedSpans, FailedToEmitSpans: s.FailedToEmitSpans,
		}
	}
	for i := range b.Spans {
		out.Spans = append(out.Spans, toIDLSpan(&b.Spans[i]))
	}
	return out
}

func toIDLSpan(s *model.Span) *idl.Span {
	out := &idl.Span{
		TraceIdLow: int64(s.TraceID.Low), TraceIdHigh: int64(s.TraceID.High),
		SpanId: int64(s.SpanID), ParentSpanId: int64(s.ParentID),
		OperationName: s.Operation, Flags: int32(s.Flags),
		StartTime: s.Start / 1000, Duration: max(int64(s.Duration)/1000, 1),
	}
	tags := s.Tags[:len(s.Tags):len(s.Tags)]
	for _, lost := range []struct {
		key string
		n   uint32
	}{
		{"otel.dropped_attributes_count", s.DroppedTags},
		{"otel.dropped_events_count", s.DroppedLogs},
		{"otel.dropped_links_count", s.DroppedRefs},
	} {
		if lost.n > 0 {
			tags = append(tags, model.Tag{Key: lost.key, Value: model.Int64(int64(lost.n))})
		}
	}
	if s.Trimmed {
		tags = append(tags, model.Tag{Key: "spur.trimmed", Value: model.Bool(true)})
	}
	out.Tags = toIDLTags(tags)
	for _, l := range s.Logs {
		fields := toIDLTags(l.Fields)
		if fields == nil {
			fields = []*idl.Tag{} // a required field
		}
		out.Logs = append(out.Logs, &idl.Log{Timestamp: l.Time / 1000, Fields: fields})
	}
	for _, r := range s.References {
		out.References = append(out.References, &idl.SpanRef{
			RefType:    idl.SpanRefType(r.Type),
			TraceIdLow: int64(r.TraceID.Low), TraceIdHigh: int64(r.TraceID.High), SpanId: int64(r.SpanID),
		})
	}
	return out
}

func toIDLTags(tags []model.Tag) []*idl.Tag {
	var out []*idl.Tag
	for _, t := range tags {
		n := &idl.Tag{Key: t.Key, VType: idl.TagType(t.Value.Kind())}
		switch v := t.Value.Any().(type) {
		case string:
			n.VStr = &v
		case float64:
			n.VDouble = &v
		case bool:
			n.VBool = &v
		case int64:
			n.VLong = &v
		case []byte:
			n.VBinary = v
		}
		out = append(out, n)
	}
	return out
}

// asWireReads does to what thrift read what wire's decoders do by contract: of a
// tag's values only the one that vType names counts, a type nobody knows becomes
// text, flags are a byte, times end where nanoseconds do, empty lists are none.
func asWireReads(b *idl.Batch) *idl.Batch {
	micros := func(v int64) int64 { return max(min(v, math.MaxInt64/1000), math.MinInt64/1000) }
	b.Process.Tags = tagsAsWireReads(b.Process.Tags)
	for _, s := range b.Spans {
		s.Tags = tagsAsWireReads(s.Tags)
		s.Flags = int32(byte(s.Flags))
		s.StartTime, s.Duration = micros(s.StartTime), max(micros(s.Duration), 1)
		if len(s.Logs) == 0 {
			s.Logs = nil
		}
		if len(s.References) == 0 {
			s.References = nil
		}
		for _, l := range s.Logs {
			l.Timestamp = micros(l.Timestamp)
			l.Fields = tagsAsWireReads(l.Fields)
		}
		for _, r := range s.References {
			if r.RefType != idl.SpanRefType_CHILD_OF {
				r.RefType = idl.SpanRefType_FOLLOWS_FROM
			}
		}
	}
	return b
}

func tagsAsWireReads(in []*idl.Tag) []*idl.Tag {
	var out []*idl.Tag
	for _, t := range in {
		n := &idl.Tag{Key: t.Key, VType: t.VType}
		switch t.VType {
		case idl.TagType_STRING:
			v := t.GetVStr()
			n.VStr = &v
		case idl.TagType_DOUBLE:
			v := t.GetVDouble()
			n.VDouble = &v
		case idl.TagType_BOOL:
			v := t.GetVBool()
			n.VBool = &v
		case idl.TagType_LONG:
			v := t.GetVLong()
			n.VLong = &v
		case idl.TagType_BINARY:
			n.VBinary = append([]byte{}, t.GetVBinary()...)
		default:
			v := "(unknown tag type)"
			n.VType, n.VStr = idl.TagType_STRING, &v
		}
		out = append(out, n)
	}
	return out
}
