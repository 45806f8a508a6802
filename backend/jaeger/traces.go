// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// Traces returns the spans of b as package trace wants those of Jaeger's model. The
// text in it is b's.
func Traces(b *wire.Batch) ptrace.Traces {
	td := ptrace.NewTraces()
	if len(b.Spans) == 0 {
		return td
	}
	rs := td.ResourceSpans().AppendEmpty()
	service := model.Tag{Key: "service.name", Value: model.String(b.Process.Service)}
	PutTags(rs.Resource().Attributes(), service, b.Process.Tags)
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	spans.EnsureCapacity(len(b.Spans))
	for i := range b.Spans {
		PutSpan(spans.AppendEmpty(), &b.Spans[i])
	}
	return td
}

// PutSpan makes the empty span to of s. The text in it is that of s.
func PutSpan(to ptrace.Span, s *model.Span) {
	to.SetTraceID(TraceID(s.TraceID))
	to.SetSpanID(SpanID(s.SpanID))
	to.SetName(s.Operation)
	to.SetFlags(uint32(s.Flags))
	start := max(s.Start, 0)
	to.SetStartTimestamp(pcommon.Timestamp(start))
	to.SetEndTimestamp(endOf(start, s.Duration))
	putReferences(to, s)

	format := model.Tag{Key: trace.AttributeFormat, Value: model.String(trace.FormatJaeger)}
	PutTags(to.Attributes(), format, s.Tags)
	for i := range s.Tags {
		putMeaning(to, &s.Tags[i])
	}
	if len(s.Logs) > 0 {
		events := to.Events()
		events.EnsureCapacity(len(s.Logs))
		for i := range s.Logs {
			putLog(events.AppendEmpty(), &s.Logs[i])
		}
	}
}

// endOf returns the end of a span, or 0 when it is before 1970.
func endOf(start int64, d time.Duration) pcommon.Timestamp {
	if int64(d) > math.MaxInt64-start {
		return math.MaxInt64
	}
	return pcommon.Timestamp(max(start+int64(d), 0))
}

// putReferences sets the parent, which is the first reference of the kind
// CHILD_OF within the trace, and adds a link for each other reference. The field
// parentSpanId of jaeger.thrift, whose references are younger, counts as the first
// reference, unless one of them names the same span: then they say how the parent
// is referred to.
func putReferences(to ptrace.Span, s *model.Span) {
	parent := slices.IndexFunc(s.References, func(r model.Reference) bool {
		return r.Type == model.ChildOf && r.TraceID == s.TraceID && r.SpanID != 0
	})
	id := s.ParentID
	named := slices.ContainsFunc(s.References, func(r model.Reference) bool {
		return r.TraceID == s.TraceID && r.SpanID == id
	})
	switch {
	case id != 0 && !named:
		parent = -1 // all references are others
	case parent >= 0:
		id = s.References[parent].SpanID
	}
	to.SetParentSpanID(SpanID(id))
	for i := range s.References {
		if i != parent {
			putLink(to.Links().AppendEmpty(), &s.References[i])
		}
	}
}

func putLink(to ptrace.SpanLink, r *model.Reference) {
	to.SetTraceID(TraceID(r.TraceID))
	to.SetSpanID(SpanID(r.SpanID))
	kind := trace.RefFollowsFrom
	if r.Type == model.ChildOf {
		kind = trace.RefChildOf
	}
	to.Attributes().PutStr(trace.AttributeRefType, kind)
}

// putMeaning sets what OTLP has a field for. The tag stays a tag.
func putMeaning(to ptrace.Span, t *model.Tag) {
	switch t.Key {
	case "span.kind":
		to.SetKind(Kind(t.Value.Str()))
	case "error":
		if t.Value.Bool() || strings.EqualFold(t.Value.Str(), "true") {
			to.Status().SetCode(ptrace.StatusCodeError)
		}
	}
}

// Kind reads a value of the tag span.kind.
func Kind(s string) ptrace.SpanKind {
	switch s {
	case "internal":
		return ptrace.SpanKindInternal
	case "server":
		return ptrace.SpanKindServer
	case "client":
		return ptrace.SpanKindClient
	case "producer":
		return ptrace.SpanKindProducer
	case "consumer":
		return ptrace.SpanKindConsumer
	}
	return ptrace.SpanKindUnspecified
}

// putLog makes a log an event. A text under "event" is the event's name and, like
// every other field, an attribute.
func putLog(to ptrace.SpanEvent, l *model.Log) {
	to.SetTimestamp(pcommon.Timestamp(max(l.Time, 0)))
	PutFields(to.Attributes(), l.Fields)
	for i := range l.Fields {
		if f := &l.Fields[i]; f.Key == "event" && f.Value.Kind() == model.KindString {
			to.SetName(f.Value.Str())
			return
		}
	}
}

// TraceID returns a trace id of Jaeger's model as OTLP has it.
func TraceID(id model.TraceID) (b pcommon.TraceID) {
	binary.BigEndian.PutUint64(b[:8], id.High)
	binary.BigEndian.PutUint64(b[8:], id.Low)
	return b
}

// SpanID returns a span id of Jaeger's model as OTLP has it.
func SpanID(id model.SpanID) (b pcommon.SpanID) {
	binary.BigEndian.PutUint64(b[:], uint64(id))
	return b
}

// Put makes the empty span to of s, as PutSpan does, with what only some of Jaeger's
// formats have.
func (s *Span) Put(to ptrace.Span) {
	PutSpan(to, &s.Span)
	to.SetFlags(s.FlagBits)
	if len(s.Warnings) > 0 {
		list := to.Attributes().PutEmptySlice(trace.AttributeWarnings)
		for _, text := range s.Warnings {
			list.AppendEmpty().SetStr(text)
		}
	}
}
