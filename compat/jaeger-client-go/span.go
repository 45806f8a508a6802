// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
)

var _ opentracing.Span = (*Span)(nil)

// Span is one timed operation. All methods may be called from any goroutine, at any time;
// after Finish those that record do nothing, as do all of a span that no tracer has started.
type Span struct {
	sync.RWMutex // guards watch; of a span without one it guards nothing

	tracer    *Tracer
	watch     *watch      // nil when nobody but spur wants to know of the span
	finishing atomic.Bool // somebody has counted the end, or tells others of it
	span      spur.Span
}

// SpurSpan returns the span behind this one, for spur's functions. Of a span that no tracer
// has started it is nil, on which spur's methods do nothing.
func (s *Span) SpurSpan() *spur.Span {
	if s == nil || s.tracer == nil {
		return nil
	}
	return &s.span
}

// watched reports whether somebody but spur wants to know of the span.
func (s *Span) watched() bool { return s != nil && s.watch != nil }

// SetTag sets a tag; the last value set for a key wins.
func (s *Span) SetTag(key string, value interface{}) opentracing.Span {
	switch {
	case s == nil || s.tracer == nil:
	case s.watch == nil:
		s.span.SetTag(key, value)
	default:
		s.setTagWatched(key, value)
	}
	return s
}

// SetOperationName replaces the operation name.
func (s *Span) SetOperationName(operationName string) opentracing.Span {
	s.SpurSpan().SetOperationName(operationName)
	if s.watched() {
		s.renamed(operationName)
	}
	return s
}

// LogFields records an event with the current time.
func (s *Span) LogFields(fields ...log.Field) {
	s.SpurSpan().LogFields(fields...)
	if s.watched() {
		s.keepLog(opentracing.LogRecord{Timestamp: time.Now(), Fields: fields})
	}
}

// LogKV records an event from alternating keys and values.
func (s *Span) LogKV(alternatingKeyValues ...interface{}) {
	s.SpurSpan().LogKV(alternatingKeyValues...)
	if s.watched() {
		s.keepPairs(alternatingKeyValues)
	}
}

// LogEvent is OpenTracing's deprecated form of LogFields.
func (s *Span) LogEvent(event string) { s.Log(opentracing.LogData{Event: event}) }

// LogEventWithPayload is OpenTracing's deprecated form of LogFields.
func (s *Span) LogEventWithPayload(event string, payload interface{}) {
	s.Log(opentracing.LogData{Event: event, Payload: payload})
}

// Log is OpenTracing's deprecated form of LogFields with a time of its own.
func (s *Span) Log(ld opentracing.LogData) {
	s.SpurSpan().Log(ld)
	if s.watched() {
		if ld.Timestamp.IsZero() {
			ld.Timestamp = s.tracer.now()
		}
		s.keepLog(ld.ToLogRecord())
	}
}

// SetBaggageItem adds an item that travels to every later descendant. An empty value
// removes it.
func (s *Span) SetBaggageItem(key, value string) opentracing.Span {
	if s != nil && s.tracer != nil {
		s.tracer.setBaggage(s, key, value)
	}
	return s
}

// BaggageItem returns the value of a baggage item, or "".
func (s *Span) BaggageItem(key string) string { return s.SpurSpan().BaggageItem(key) }

// Finish ends the span now and reports it if its trace is sampled.
func (s *Span) Finish() {
	switch {
	case s.watched():
		s.finishWatched(opentracing.FinishOptions{})
	case s != nil && s.tracer != nil:
		s.countOnce()
		s.span.Finish()
		s.tracer.recent.add(s)
	}
}

// FinishWithOptions is Finish with a time of its own and logs to add.
func (s *Span) FinishWithOptions(options opentracing.FinishOptions) {
	switch {
	case s.watched():
		s.finishWatched(options)
	case s != nil && s.tracer != nil:
		s.countOnce()
		s.span.FinishWithOptions(options)
		s.tracer.recent.add(s)
	}
}

// Context returns the span's context, a SpanContext.
func (s *Span) Context() opentracing.SpanContext { return s.SpanContext() }

// SpanContext is Context with its own type.
func (s *Span) SpanContext() SpanContext { return SpanContext{ctx: s.SpurSpan().SpanContext()} }

// Tracer returns the tracer that started the span.
func (s *Span) Tracer() opentracing.Tracer {
	if s == nil {
		return (*Tracer)(nil)
	}
	return s.tracer
}

// String returns the context's String.
func (s *Span) String() string { return s.SpurSpan().String() }

// OperationName returns the operation name.
func (s *Span) OperationName() string { return s.SpurSpan().OperationName() }

// StartTime returns when the span started.
func (s *Span) StartTime() time.Time { return s.SpurSpan().StartTime() }

// Duration returns how long the span took. It is 0 before Finish; and after Finish, if
// nobody is told: the trace is not sampled, and there is neither an observer nor a reporter
// of the program's own.
func (s *Span) Duration() time.Duration {
	if s.watched() {
		s.RLock()
		defer s.RUnlock()
		if d := s.watch.duration; d != 0 {
			return d
		}
	}
	return s.SpurSpan().Duration()
}

// Retain and Release do nothing, and Retain returns s: a span stays what it is for as long
// as anybody can reach it.
func (s *Span) Retain() *Span { return s }

// Release does nothing: see Retain.
func (s *Span) Release() {}

// EnableFirehose sets the firehose flag of the span's trace: the backend stores such spans
// without indexing them.
func EnableFirehose(s *Span) { s.SpurSpan().EnableFirehose() }
