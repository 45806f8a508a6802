// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"iter"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Span is a span with the resource and the scope it stands in. It is a view:
// a change to it changes the ptrace.Traces it comes from.
type Span struct {
	ptrace.Span
	Resource ptrace.ResourceSpans
	Scope    ptrace.ScopeSpans
}

// Spans returns the spans of td in their order.
func Spans(td ptrace.Traces) iter.Seq[Span] {
	return func(yield func(Span) bool) {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					if !yield(Span{s, rs, ss}) {
						return
					}
				}
			}
		}
	}
}

// Service returns the resource's service.name, or "" when it has none.
func (s Span) Service() string { return Service(s.Resource.Resource()) }

// Service returns the attribute service.name of r, or "" when it has none.
func Service(r pcommon.Resource) string {
	v, ok := r.Attributes().Get("service.name")
	if !ok {
		return ""
	}
	return v.AsString()
}

// Duration is the time from the span's start to its end, or 0 when it ends
// before it starts.
func (s Span) Duration() time.Duration {
	start, end := s.StartTimestamp(), s.EndTimestamp()
	if end <= start {
		return 0
	}
	return time.Duration(min(uint64(end-start), 1<<63-1))
}
