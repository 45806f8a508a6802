// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"time"
	"unsafe"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
)

// Context returns the span's context, a SpanContext. It allocates nothing and
// works after Finish as well.
func (s *Span) Context() opentracing.SpanContext { return SpanContext{s.current()} }

// SpanContext is Context with its own type.
func (s *Span) SpanContext() SpanContext { return SpanContext{s.current()} }

// String returns the context's String: trace:span:parent:flags.
func (s *Span) String() string { return s.SpanContext().String() }

// Tracer returns the tracer that started the span.
func (s *Span) Tracer() opentracing.Tracer {
	if s == nil { // opentracing.ContextWithSpan asks
		s = nowhere
	}
	return s.tracer()
}

// OperationName returns the operation name, also after Finish.
func (s *Span) OperationName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.operationLocked()
}

// operationLocked returns the operation name. The caller holds s.mu.
func (s *Span) operationLocked() string { return unsafe.String(s.op, int(s.opLen)) }

// StartTime returns when the span started, also after Finish.
func (s *Span) StartTime() time.Time { return time.Unix(0, s.start) }

// Duration returns how long the span took, and 0 before Finish.
func (s *Span) Duration() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(s.duration)
}

// Finished reports whether Finish was called.
func (s *Span) Finished() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.finishedLocked()
}

// References returns a copy of what the span refers to, also after Finish.
func (s *Span) References() []model.Reference {
	var one [1]model.Reference
	refs, _ := s.references(&one)
	return append([]model.Reference(nil), refs...)
}

// references returns the span's references, using one when there is a single one,
// and how many were dropped. They never change.
func (s *Span) references(one *[1]model.Reference) (refs []model.Reference, dropped uint32) {
	if c := s.cur.Load(); c != nil && c.refs != nil {
		return c.refs.list, c.refs.dropped
	}
	if s.bits&spanParentRef == 0 {
		return nil, 0
	}
	one[0] = model.Reference{TraceID: s.ctx.traceID, SpanID: s.ctx.parentID, Type: model.ChildOf}
	if s.bits&spanFollows != 0 {
		one[0].Type = model.FollowsFrom
	}
	return one[:], 0
}

// Tags returns a copy of the tags in the order they were first set. After Finish
// it returns nil, unless a reporter or observer of the tracer keeps spans
// (reporter.SpanKeeper): then the tags as they were reported.
func (s *Span) Tags() []model.Tag {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rec == nil {
		return nil
	}
	return append([]model.Tag(nil), s.rec.Tags()...)
}

// Logs returns a copy of the logs, oldest first, under the conditions of Tags.
func (s *Span) Logs() []model.Log {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rec == nil {
		return nil
	}
	data := model.Span{Logs: s.rec.Logs()}
	return data.Clone().Logs
}
