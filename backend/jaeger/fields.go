// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// fields are those of OTLP that Of makes tags of.
type fields struct {
	scopeName, scopeVersion string
	kind                    ptrace.SpanKind
	status                  ptrace.StatusCode
	message, state          string
	attributes              uint32 // that were dropped
	events, links           uint32
}

// fieldsOf returns those of s.
func fieldsOf(s trace.Span) fields {
	return fields{
		scopeName: s.Scope.Scope().Name(), scopeVersion: s.Scope.Scope().Version(), kind: s.Kind(),
		status: s.Status().Code(), message: s.Status().Message(), state: s.TraceState().AsRaw(),
		attributes: s.DroppedAttributesCount(), events: s.DroppedEventsCount(), links: s.DroppedLinksCount(),
	}
}

// append appends the tags that stand for f.
func (f *fields) append(tags []model.Tag) []model.Tag {
	text := func(key, text string) {
		if text != "" {
			tags = append(tags, model.Tag{Key: key, Value: model.String(text)})
		}
	}
	number := func(key string, n uint32) {
		if n > 0 {
			tags = append(tags, model.Tag{Key: key, Value: model.Int64(int64(n))})
		}
	}
	text(trace.TagScopeName, f.scopeName)
	text(trace.TagScopeVersion, f.scopeVersion)
	if f.kind != ptrace.SpanKindUnspecified {
		text("span.kind", trace.KindText(f.kind))
	}
	switch f.status {
	case ptrace.StatusCodeOk:
		text("otel.status_code", "OK")
	case ptrace.StatusCodeError:
		text("otel.status_code", "ERROR")
		tags = append(tags, model.Tag{Key: "error", Value: model.Bool(true)})
	}
	text("otel.status_description", f.message)
	text("w3c.tracestate", f.state)
	number("otel.dropped_attributes_count", f.attributes)
	number("otel.dropped_events_count", f.events)
	number("otel.dropped_links_count", f.links)
	return tags
}

// takeFields removes the tags that are fields, and returns these.
func takeFields(s *Span) (f fields) {
	left := s.Tags[:0:0]
	failed := -1 // the tag error, in left
	for _, t := range s.Tags {
		if f.take(&t) {
			continue
		}
		if t.Key == "error" && t.Value.Bool() {
			failed = len(left)
		}
		left = append(left, t)
	}
	if failed >= 0 && f.status == ptrace.StatusCodeUnset {
		f.status = ptrace.StatusCodeError
	}
	if failed >= 0 && f.status == ptrace.StatusCodeError {
		left = append(left[:failed], left[failed+1:]...)
	}
	s.Tags = left
	return f
}

// take reports whether t is a field, which it sets.
func (f *fields) take(t *model.Tag) bool {
	text, isText := t.Value.Str(), t.Value.Kind() == model.KindString
	number, isNumber := uint32(t.Value.Int64()), t.Value.Kind() == model.KindInt64 && t.Value.Int64() > 0 && t.Value.Int64() <= 1<<32-1
	switch {
	case isText && text != "":
		return f.takeText(t.Key, text)
	case !isNumber:
		return false
	}
	switch t.Key {
	case "otel.dropped_attributes_count":
		f.attributes = number
	case "otel.dropped_events_count":
		f.events = number
	case "otel.dropped_links_count":
		f.links = number
	default:
		return false
	}
	return true
}

func (f *fields) takeText(key, text string) bool {
	switch key {
	case trace.TagScopeName:
		f.scopeName = text
	case trace.TagScopeVersion:
		f.scopeVersion = text
	case "otel.status_description":
		f.message = text
	case "w3c.tracestate":
		f.state = text
	case "span.kind":
		kind := Kind(text)
		if kind == ptrace.SpanKindUnspecified {
			return false
		}
		f.kind = kind
	case "otel.status_code":
		switch text {
		case "OK":
			f.status = ptrace.StatusCodeOk
		case "ERROR":
			f.status = ptrace.StatusCodeError
		default:
			return false
		}
	default:
		return false
	}
	return true
}

func (f *fields) put(to ptrace.Span) {
	to.SetKind(f.kind)
	to.Status().SetCode(f.status)
	to.Status().SetMessage(f.message)
	to.TraceState().FromRaw(f.state)
	to.SetDroppedAttributesCount(f.attributes)
	to.SetDroppedEventsCount(f.events)
	to.SetDroppedLinksCount(f.links)
}
