// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"sync"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
)

var _ opentracing.Span = (*Span)(nil)

// Span is one timed operation. All methods may be called from any goroutine, at any time;
// after Finish those that record do nothing.
type Span struct {
	sync.RWMutex // guards watch; of a span without one it guards nothing

	tracer *Tracer
	watch  *watch // nil when nobody but spur wants to know of the span
	span   spur.Span
}

// SpurSpan returns the span behind this one, for spur's functions.
func (s *Span) SpurSpan() *spur.Span { return &s.span }

// SetTag sets a tag; the last value set for a key wins.
func (s *Span) SetTag(key string, value interface{}) opentracing.Span {
	if s.watch != nil {
		s.setTagWatched(key, value)
		return s
	}
	if !s.tracer.refuses(s, key, value) {
		s.span.SetTag(key, value)
	}
	return s
}

// SetOperationName replaces the operation name.
func (s *Span) SetOperationName(operationName string) opentracing.Span {
	s.span.SetOperationName(operationName)
	if s.watch != nil {
		s.renamed(operationName)
	}
	return s
}

// LogFields records an event with the current time.
func (s *Span) LogFields(fields ...log.Field) {
	s.span.LogFields(fields...)
	if s.watch != nil {
		s.keepLog(opentracing.LogRecord{Timestamp: time.Now(), Fields: fields})
	}
}

// LogKV records an event from alternating keys and values.
func (s *Span) LogKV(alternatingKeyValues ...interface{}) {
	s.span.LogKV(alternatingKeyValues...)
	if s.watch != nil {
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
	s.span.Log(ld)
	if s.watch != nil {
		if ld.Timestamp.IsZero() {
			ld.Timestamp = s.tracer.now()
		}
		s.keepLog(ld.ToLogRecord())
	}
}

// SetBaggageItem adds an item that travels to every later descendant. An empty value
// removes it.
func (s *Span) SetBaggageItem(key, value string) opentracing.Span {
	s.tracer.setBaggage(s, key, value)
	return s
}

// BaggageItem returns the value of a baggage item, or "".
func (s *Span) BaggageItem(key string) string { return s.span.BaggageItem(key) }

// Finish ends the span now and reports it if its trace is sampled.
func (s *Span) Finish() {
	if s.watch == nil && !s.tracer.counted {
		s.span.Finish()
		s.tracer.recent.add(s)
		return
	}
	s.finishWatched(opentracing.FinishOptions{})
}

// FinishWithOptions is Finish with a time of its own and logs to add.
func (s *Span) FinishWithOptions(options opentracing.FinishOptions) {
	if s.watch == nil && !s.tracer.counted {
		s.span.FinishWithOptions(options)
		s.tracer.recent.add(s)
		return
	}
	s.finishWatched(options)
}

// Context returns the span's context, a SpanContext.
func (s *Span) Context() opentracing.SpanContext { return s.SpanContext() }

// SpanContext is Context with its own type.
func (s *Span) SpanContext() SpanContext { return SpanContext{ctx: s.span.SpanContext()} }

// Tracer returns the tracer that started the span.
func (s *Span) Tracer() opentracing.Tracer { return s.tracer }

// String returns the context's String.
func (s *Span) String() string { return s.span.String() }

// OperationName returns the operation name.
func (s *Span) OperationName() string { return s.span.OperationName() }

// StartTime returns when the span started.
func (s *Span) StartTime() time.Time { return s.span.StartTime() }

// Duration returns how long the span took, 0 before Finish.
func (s *Span) Duration() time.Duration {
	if w := s.watch; w != nil {
		s.RLock()
		defer s.RUnlock()
		return w.duration
	}
	return s.span.Duration()
}

// Retain and Release do nothing, and Retain returns s: a span stays what it is for as long
// as anybody can reach it.
func (s *Span) Retain() *Span { return s }

// Release does nothing: see Retain.
func (s *Span) Release() {}

// EnableFirehose sets the firehose flag of the span's trace: the backend stores such spans
// without indexing them.
func EnableFirehose(s *Span) { s.span.EnableFirehose() }
