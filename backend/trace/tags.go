// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"iter"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// The tags that OTLP has fields for, under the keys that Jaeger shows them by.
const (
	TagScopeName    = "otel.scope.name"
	TagScopeVersion = "otel.scope.version"
	TagEvent        = "event" // an event's name
)

// Tags returns what FieldTag looks at: the attributes of the span, of its resource
// and scope, and of its events; the scope's name and version; and the events' names.
// A key can come more than once.
func (s Span) Tags() iter.Seq2[string, pcommon.Value] {
	return func(yield func(string, pcommon.Value) bool) {
		for k, v := range s.attributes() {
			if !yield(k, v) {
				return
			}
		}
		for k, text := range s.fields() {
			if !yield(k, pcommon.NewValueStr(text)) {
				return
			}
		}
	}
}

// attributes returns the tags that are attributes.
func (s Span) attributes() iter.Seq2[string, pcommon.Value] {
	return func(yield func(string, pcommon.Value) bool) {
		maps := []pcommon.Map{s.Attributes(), s.Resource.Resource().Attributes(), s.Scope.Scope().Attributes()}
		for _, m := range maps {
			for k, v := range m.All() {
				if !yield(k, v) {
					return
				}
			}
		}
		for _, e := range s.Events().All() {
			for k, v := range e.Attributes().All() {
				if !yield(k, v) {
					return
				}
			}
		}
	}
}

// fields returns the tags that are none.
func (s Span) fields() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		scope := s.Scope.Scope()
		if name := scope.Name(); name != "" && !yield(TagScopeName, name) {
			return
		}
		if version := scope.Version(); version != "" && !yield(TagScopeVersion, version) {
			return
		}
		for _, e := range s.Events().All() {
			if name := e.Name(); name != "" && !yield(TagEvent, name) {
				return
			}
		}
	}
}
