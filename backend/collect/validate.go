// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"maps"
	"slices"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// Validate mends and removes spans of td as Take does, and returns what was
// removed. It neither counts nor queues any.
func (c *Collector) Validate(td ptrace.Traces) []trace.Refused { return c.validate(td).refused }

// Validate is Collector.Validate of one with the default limits. It also says how many
// spans it mended.
func Validate(td ptrace.Traces) (mended int, refused []trace.Refused) {
	p := (&Collector{config: Config{MaxSpanBytes: DefaultMaxSpanBytes}}).validate(td)
	return p.mended, p.refused
}

// validate mends the spans of td, removes those that cannot be stored, and
// resources and scopes that hold none then, and says what it found.
func (c *Collector) validate(td ptrace.Traces) parcel {
	p := parcel{td: td}
	refused := map[trace.Reason]int{}
	repeated := 0
	td.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool {
		resource := mendResource(rs)
		scopes := 0
		rs.ScopeSpans().RemoveIf(func(ss ptrace.ScopeSpans) bool {
			scope := mendScope(ss)
			around := resource.plus(scope)
			if scopes++; scopes > 1 {
				repeated += resource.mostOTLP()
			}
			ss.Spans().RemoveIf(func(s ptrace.Span) bool {
				span, reason := c.check(s, around)
				if repeated > maxRepeated && reason == "" {
					reason = trace.ReasonTooLarge
				}
				p.memory += int64(span.memory()) // even if refused: the text of all may be one piece
				if reason != "" {
					refused[reason]++
					return true
				}
				p.spans++
				if span.mended != 0 {
					p.mended++
				}
				return false
			})
			p.memory += int64(scope.memory())
			return ss.Spans().Len() == 0
		})
		p.memory += int64(resource.memory())
		return rs.ScopeSpans().Len() == 0
	})
	for _, reason := range slices.Sorted(maps.Keys(refused)) {
		p.refused = append(p.refused, trace.Refused{Reason: reason, Count: refused[reason]})
	}
	return p
}

// check mends s and returns why it is refused, if it is. What was found in the
// resource and the scope around it holds for it, too.
func (c *Collector) check(s ptrace.Span, around audit) (audit, trace.Reason) {
	span := mendSpan(s)
	switch {
	case s.TraceID().IsEmpty():
		return span, trace.ReasonTraceID
	case s.SpanID().IsEmpty():
		return span, trace.ReasonSpanID
	case around.unfit || span.unfit:
		return span, trace.ReasonMalformed
	}
	span.mended |= around.mended
	if span.mended != 0 {
		span.warn(s)
	}
	most := c.config.MaxSpanBytes - around.mostOTLP()
	if span.mostOTLP() > most && new(ptrace.ProtoMarshaler).SpanSize(s) > most {
		return span, trace.ReasonTooLarge
	}
	return span, ""
}
