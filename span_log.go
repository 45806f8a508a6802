// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/internal/record"
	"github.com/go-spur/spur/model"
)

// LogFields records an event with the current time. Lazy fields and the methods
// of values run before it returns.
func (s *Span) LogFields(fields ...log.Field) {
	if !s.IsRecording() {
		return
	}
	at, f := s.now(), s.freezer()
	var simple [record.SimpleFields]model.Tag
	if f.Simple(&simple, fields) {
		s.addLog(at, simple[:len(fields)])
		return
	}
	s.storeLog(at, f.Fields(fields))
}

// LogKV records an event from alternating keys and values, which become what
// SetTag would make of them, and nil pointers "nil". When they do not pair up, the
// event that is recorded says so.
func (s *Span) LogKV(alternatingKeyValues ...any) {
	if !s.IsRecording() {
		return
	}
	at := s.now()
	s.storeLog(at, s.freezer().Pairs(alternatingKeyValues))
}

// LogEvent is OpenTracing's deprecated form of LogFields with an event field.
func (s *Span) LogEvent(event string) { s.Log(opentracing.LogData{Event: event}) }

// LogEventWithPayload is OpenTracing's deprecated form of LogFields with an event
// and a payload field.
func (s *Span) LogEventWithPayload(event string, payload any) {
	s.Log(opentracing.LogData{Event: event, Payload: payload})
}

// Log is OpenTracing's deprecated form of LogFields with a time of its own.
func (s *Span) Log(data opentracing.LogData) {
	if s.IsRecording() {
		s.logData(&data)
	}
}

// storeLog records fields and releases them.
func (s *Span) storeLog(at int64, fields *record.Fields) {
	s.addLog(at, fields.Tags())
	fields.Release()
}

// addLog records a log with a copy of fields.
func (s *Span) addLog(at int64, fields []model.Tag) {
	s.mu.Lock()
	r := s.recordLocked()
	if r != nil {
		r.AddLog(at, fields)
	}
	finished := r == nil && s.finishedLocked()
	s.mu.Unlock()
	if finished {
		s.usedAfterFinish()
	}
}

func (s *Span) logData(data *opentracing.LogData) {
	fields := s.freezer().Data(data.Event, data.Payload)
	s.storeLog(s.logTime(data.Timestamp), fields)
}

// logTime is t, or now when it is zero.
func (s *Span) logTime(t time.Time) int64 {
	if t.IsZero() {
		return s.now()
	}
	ns, clamped := unixNano(t)
	if clamped {
		s.store(&clampedTag)
	}
	return ns
}
