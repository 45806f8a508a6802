// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"encoding/binary"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// Span is a span in Jaeger's model, which has more bits for flags than Span.Flags, and
// warnings in some of its formats.
type Span struct {
	model.Span
	FlagBits uint32   // model.proto, Span.flags
	Warnings []string // for which jaeger.thrift has no field
}

// ProcessOf returns a resource as a process of Jaeger's: its first service.name is the
// service, all other attributes are tags.
func ProcessOf(r pcommon.Resource) *model.Process {
	p := &model.Process{Tags: make([]model.Tag, 0, r.Attributes().Len())}
	named := false
	for k, v := range r.Attributes().All() {
		if k == "service.name" && !named {
			p.Service, named = v.AsString(), true
			continue
		}
		p.Tags = append(p.Tags, model.Tag{Key: k, Value: value(v)})
	}
	return p
}

// Of returns s in Jaeger's model. One that came so is what it was when it came. Of
// another the fields that Jaeger has not are tags, named as OpenTelemetry's
// specification says (trace/sdk_exporters/jaeger.md), and links and events are what
// Jaeger 1.62 makes of those of OTLP.
func Of(s trace.Span) Span { return OfReusing(nil, s) }

// OfReusing is Of with the memory of tags, those of a Span that is needed no more.
func OfReusing(tags []model.Tag, s trace.Span) Span {
	j := Span{}
	id := s.TraceID()
	j.TraceID, j.SpanID, j.ParentID = TraceIDOf(id), SpanIDOf(s.SpanID()), SpanIDOf(s.ParentSpanID())
	j.Operation = s.Name()
	j.Start, j.Duration = int64(s.StartTimestamp()), s.Duration()
	j.References = references(s)
	j.Logs = logs(s)
	j.Tags = slices.Grow(tags[:0], s.Attributes().Len()+8)
	format := "" // in which it came, if not as OTLP
	for k, v := range s.Attributes().All() {
		switch {
		case format == "" && k == trace.AttributeFormat:
			format = v.AsString() // who receives the span says so himself
		case k == trace.AttributeWarnings:
			j.Warnings = texts(v)
		default:
			j.Tags = append(j.Tags, model.Tag{Key: k, Value: value(v)})
		}
	}
	if format != "" {
		j.FlagBits = s.Flags()
		j.Flags = model.Flags(j.FlagBits)
	}
	if format == "" || format == trace.FormatZipkin {
		f := fieldsOf(s)
		j.Tags = f.append(j.Tags)
	}
	return j
}

// references are the parent and the links. A link to the parent is no second
// reference, but says what kind the first is.
func references(s trace.Span) []model.Reference {
	refs := make([]model.Reference, 0, s.Links().Len()+1)
	id, parent := s.TraceID(), s.ParentSpanID()
	if !parent.IsEmpty() {
		refs = append(refs, model.Reference{TraceID: TraceIDOf(id), SpanID: SpanIDOf(parent), Type: model.ChildOf})
	}
	for _, l := range s.Links().All() {
		kind := model.FollowsFrom
		if t, ok := l.Attributes().Get(trace.AttributeRefType); ok && t.Str() == trace.RefChildOf {
			kind = model.ChildOf
		}
		if !parent.IsEmpty() && l.TraceID() == id && l.SpanID() == parent {
			refs[0].Type = kind
			continue
		}
		refs = append(refs, model.Reference{TraceID: TraceIDOf(l.TraceID()), SpanID: SpanIDOf(l.SpanID()), Type: kind})
	}
	return refs
}

// logs are the events. The name of one is its field "event", unless it has such a
// field.
func logs(s trace.Span) []model.Log {
	out := make([]model.Log, 0, s.Events().Len())
	for _, e := range s.Events().All() {
		l := model.Log{Time: int64(e.Timestamp()), Fields: make([]model.Tag, 0, e.Attributes().Len()+1)}
		if _, ok := e.Attributes().Get(trace.TagEvent); !ok && e.Name() != "" {
			l.Fields = append(l.Fields, model.Tag{Key: trace.TagEvent, Value: model.String(e.Name())})
		}
		for k, v := range e.Attributes().All() {
			l.Fields = append(l.Fields, model.Tag{Key: k, Value: value(v)})
		}
		out = append(out, l)
	}
	return out
}

// value is v as Jaeger can have it: lists and maps are JSON.
func value(v pcommon.Value) model.Value {
	switch v.Type() {
	case pcommon.ValueTypeBool:
		return model.Bool(v.Bool())
	case pcommon.ValueTypeInt:
		return model.Int64(v.Int())
	case pcommon.ValueTypeDouble:
		return model.Float64(v.Double())
	case pcommon.ValueTypeBytes:
		return model.Bytes(v.Bytes().AsRaw())
	}
	return model.String(v.AsString())
}

// texts is a list of text, or the one text that v is.
func texts(v pcommon.Value) (out []string) {
	if v.Type() != pcommon.ValueTypeSlice {
		return []string{v.AsString()}
	}
	for _, e := range v.Slice().All() {
		out = append(out, e.AsString())
	}
	return out
}

// TraceIDOf returns a trace id as Jaeger's model has it.
func TraceIDOf(id pcommon.TraceID) model.TraceID {
	return model.TraceID{High: binary.BigEndian.Uint64(id[:8]), Low: binary.BigEndian.Uint64(id[8:])}
}

// SpanIDOf returns a span id as Jaeger's model has it.
func SpanIDOf(id pcommon.SpanID) model.SpanID { return model.SpanID(binary.BigEndian.Uint64(id[:])) }
