// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// formatOTLP is what Jaeger's collector calls the format of a span that came as OTLP.
const formatOTLP = "otlp"

// AppendFormat appends the tag with which Jaeger's collector says in which format a
// span came.
func AppendFormat(tags []model.Tag, s trace.Span) []model.Tag {
	format := formatOTLP
	if v, ok := s.Attributes().Get(trace.AttributeFormat); ok {
		format = v.AsString()
	}
	return append(tags, model.Tag{Key: trace.AttributeFormat, Value: model.String(format)})
}

// Restore makes the empty span to of s, as Put does. It takes the tag of AppendFormat for
// what it says: unless the span came in Jaeger's model, what Of made tags of is in the
// fields of OTLP again. The scope's name and version, which stand outside of a span, are
// returned.
func (s *Span) Restore(to ptrace.Span) (scope, version string) {
	r := restorer{*s}
	r.Tags = slices.Clone(r.Tags)
	format := r.text(trace.AttributeFormat)
	if format != "" && format != formatOTLP && format != trace.FormatZipkin {
		r.Put(to)
		to.Attributes().PutStr(trace.AttributeFormat, format)
		return "", ""
	}
	scope, version = r.text(trace.TagScopeName), r.text(trace.TagScopeVersion)
	kind := r.kind()
	code := r.status()
	message, state := r.text("otel.status_description"), r.text("w3c.tracestate")
	attributes, events, links := r.number("otel.dropped_attributes_count"), r.number("otel.dropped_events_count"), r.number("otel.dropped_links_count")

	r.Put(to)
	if format == trace.FormatZipkin {
		to.Attributes().PutStr(trace.AttributeFormat, format)
	} else {
		removeFirst(to.Attributes(), trace.AttributeFormat)
	}
	to.SetKind(kind)
	to.Status().SetCode(code)
	to.Status().SetMessage(message)
	to.TraceState().FromRaw(state)
	to.SetDroppedAttributesCount(attributes)
	to.SetDroppedEventsCount(events)
	to.SetDroppedLinksCount(links)
	for _, e := range to.Events().All() {
		if e.Name() != "" {
			removeFirst(e.Attributes(), trace.TagEvent)
		}
	}
	return scope, version
}

// removeFirst removes the first attribute with a key.
func removeFirst(m pcommon.Map, key string) {
	done := false
	m.RemoveIf(func(k string, _ pcommon.Value) bool {
		first := !done && k == key
		done = done || first
		return first
	})
}

// restorer takes tags out of a span.
type restorer struct{ Span }

// take removes the last tag with this key that fits, and returns its value: of several,
// that is the one that Of has appended.
func (r *restorer) take(key string, fits func(model.Value) bool) (model.Value, bool) {
	for i, t := range slices.Backward(r.Tags) {
		if t.Key == key && fits(t.Value) {
			r.Tags = slices.Delete(r.Tags, i, i+1)
			return t.Value, true
		}
	}
	return model.Value{}, false
}

func (r *restorer) text(key string) string {
	v, _ := r.take(key, func(v model.Value) bool { return v.Kind() == model.KindString && v.Str() != "" })
	return v.Str()
}

func (r *restorer) number(key string) uint32 {
	v, _ := r.take(key, func(v model.Value) bool { return v.Int64() > 0 && v.Int64() <= 1<<32-1 })
	return uint32(v.Int64())
}

func (r *restorer) kind() ptrace.SpanKind {
	v, _ := r.take("span.kind", func(v model.Value) bool { return Kind(v.Str()) != ptrace.SpanKindUnspecified })
	return Kind(v.Str())
}

// status is that of otel.status_code or, since not all of Jaeger's versions write that,
// of the tag error.
func (r *restorer) status() ptrace.StatusCode {
	isError := func(v model.Value) bool { return v.Bool() }
	code, _ := r.take("otel.status_code", func(v model.Value) bool { return v.Str() == "OK" || v.Str() == "ERROR" })
	switch code.Str() {
	case "OK":
		return ptrace.StatusCodeOk
	case "ERROR":
		r.take("error", isError)
		return ptrace.StatusCodeError
	}
	if _, ok := r.take("error", isError); ok {
		return ptrace.StatusCodeError
	}
	return ptrace.StatusCodeUnset
}
