// SPDX-License-Identifier: Apache-2.0

package query

import (
	"slices"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// Names that Jaeger gives what OTLP has fields for
// (opentelemetry.io specification, trace/sdk_exporters/jaeger).
const (
	tagKind              = "span.kind"
	tagError             = "error"
	tagStatusCode        = "otel.status_code"
	tagStatusDescription = "otel.status_description"
	tagScopeName         = trace.TagScopeName
	tagScopeVersion      = trace.TagScopeVersion
	tagTraceState        = "w3c.tracestate"
	fieldEvent           = trace.TagEvent
	formatOTLP           = "otlp"
)

// span is s as v1 shows it.
func (v *view) span(s *viewSpan) spanJSON {
	j := spanJSON{
		TraceID:       trace.FormatTraceID(s.TraceID()),
		SpanID:        formatSpanID(s.SpanID()),
		OperationName: s.Name(),
		StartTime:     microseconds(s.StartTimestamp() + pcommon.Timestamp(s.shift)),
		Duration:      micros(s.Duration().Microseconds()),
		ProcessID:     processID(s.process),
		Warnings:      s.warnings,
	}
	if sentAs(s.Span) != "" {
		j.Flags = s.Flags()
	}
	j.References = references(s)
	j.Tags = spanTags(s.Span)
	if v.stored && sentAs(s.Span) == "" {
		j.Tags = append(j.Tags, text(trace.AttributeFormat, formatOTLP))
	}
	j.Logs = logs(s)
	if v.adjusted {
		sortTags(j.Tags)
		for _, l := range j.Logs {
			sortFields(l.Fields)
		}
		j.sortReferences()
	}
	return j
}

func processID(n int) string { return "p" + strconv.Itoa(n+1) }

func formatSpanID(id pcommon.SpanID) string {
	const none = "0000000000000000"
	if id.IsEmpty() {
		return none
	}
	return id.String()
}

func microseconds(t pcommon.Timestamp) micros { return micros(t / 1000) }

// sentAs is the format that s came in, or "" for OTLP.
func sentAs(s trace.Span) string {
	v, ok := s.Attributes().Get(trace.AttributeFormat)
	if !ok {
		return ""
	}
	return v.AsString()
}

// jaegerFormat reports whether s came in a model of Jaeger's, whose tags are all
// there is.
func jaegerFormat(s trace.Span) bool {
	f := sentAs(s)
	return f != "" && f != trace.FormatZipkin
}

// spanTags are the attributes of s and, unless it came in a model of Jaeger's,
// what has fields in OTLP.
func spanTags(s trace.Span) []keyValue {
	jaeger := jaegerFormat(s)
	tags := make([]keyValue, 0, s.Attributes().Len()+8)
	add := func(key, value string) {
		if value != "" {
			tags = append(tags, text(key, value))
		}
	}
	if !jaeger {
		add(tagScopeName, s.Scope.Scope().Name())
		add(tagScopeVersion, s.Scope.Scope().Version())
	}
	for k, v := range s.Attributes().All() {
		if k != trace.AttributeWarnings {
			tags = append(tags, newKeyValue(k, v))
		}
	}
	if jaeger {
		return tags
	}
	if s.Kind() != ptrace.SpanKindUnspecified {
		add(tagKind, trace.KindText(s.Kind()))
	}
	switch s.Status().Code() {
	case ptrace.StatusCodeOk:
		add(tagStatusCode, "OK")
	case ptrace.StatusCodeError:
		add(tagStatusCode, "ERROR")
		tags = append(tags, keyValue{tagError, typeBool, true})
	}
	add(tagStatusDescription, s.Status().Message())
	add(tagTraceState, s.TraceState().AsRaw())
	return tags
}

// references are the parent and the links. A link to the parent is no second
// reference, but says what kind the first is.
func references(s *viewSpan) []reference {
	refs := make([]reference, 0, s.Links().Len()+1)
	id := s.TraceID()
	parent := s.ParentSpanID()
	if !parent.IsEmpty() {
		refs = append(refs, reference{childOf, trace.FormatTraceID(id), parent.String()})
	}
	for _, l := range s.Links().All() {
		kind := followsFrom
		if t, ok := l.Attributes().Get(trace.AttributeRefType); ok && t.Str() == trace.RefChildOf {
			kind = childOf
		}
		if !parent.IsEmpty() && l.TraceID() == id && l.SpanID() == parent {
			refs[0].RefType = kind
			continue
		}
		refs = append(refs, reference{kind, trace.FormatTraceID(l.TraceID()), formatSpanID(l.SpanID())})
	}
	return refs
}

// sortReferences puts the reference that is the parent, or stands for one,
// first, and leaves out those to no trace.
func (j *spanJSON) sortReferences() {
	none := trace.FormatTraceID(pcommon.TraceID{})
	kept := j.References[:0]
	for _, r := range j.References {
		if r.TraceID == none {
			j.Warnings = append(slices.Clip(j.Warnings), "a reference without a trace id was left out")
			continue
		}
		kept = append(kept, r)
	}
	j.References = kept
	first := slices.IndexFunc(kept, func(r reference) bool { return r.RefType == childOf && r.TraceID == j.TraceID })
	if first < 0 {
		first = slices.IndexFunc(kept, func(r reference) bool { return r.TraceID == j.TraceID })
	}
	if first > 0 {
		kept[0], kept[first] = kept[first], kept[0]
	}
}

func logs(s *viewSpan) []logEntry {
	out := make([]logEntry, 0, s.Events().Len())
	for _, e := range s.Events().All() {
		fields := make([]keyValue, 0, e.Attributes().Len()+1)
		if _, ok := e.Attributes().Get(fieldEvent); !ok && e.Name() != "" {
			fields = append(fields, text(fieldEvent, e.Name()))
		}
		for k, v := range e.Attributes().All() {
			fields = append(fields, newKeyValue(k, v))
		}
		out = append(out, logEntry{microseconds(e.Timestamp() + pcommon.Timestamp(s.shift)), fields})
	}
	return out
}

// sortFields sorts a log's fields, "event" first.
func sortFields(fields []keyValue) {
	first := 0
	for i, f := range fields {
		if f.Key == fieldEvent && f.Type == typeString {
			fields[0], fields[i] = fields[i], fields[0]
			first = 1
			break
		}
	}
	sortTags(fields[first:])
}

// newProcess is a resource as v1 shows it, its tags sorted.
func newProcess(r pcommon.Resource) process {
	p := process{trace.Service(r), make([]keyValue, 0, r.Attributes().Len())}
	for k, v := range r.Attributes().All() {
		if k != "service.name" {
			p.Tags = append(p.Tags, newKeyValue(k, v))
		}
	}
	sortTags(p.Tags)
	return p
}

// host is what tells the process's machine from others, or "".
func (p process) host() string {
	for _, key := range []string{"ip", "host.id", "host.name", "hostname"} {
		for _, t := range p.Tags {
			if s, ok := t.Value.(string); ok && t.Key == key {
				return s
			}
		}
	}
	return ""
}
