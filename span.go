// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/internal/record"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

var _ opentracing.Span = (*Span)(nil)

// Span is one timed operation. All methods may be called from any goroutine, at
// any time; after Finish those that record do nothing. None blocks, and none
// keeps a value it is handed: tags and log fields are turned into plain data
// before the call returns. A nil *Span is the span that SpanFromContext returns where
// there is none: its methods do nothing.
//
// A Span is one allocation of 112 bytes. Tags and logs live elsewhere, in a
// record that exists only while a recorded span is open.
type Span struct {
	word     traceWord   // of the local trace, if this is its root
	opLen    uint16      // of the operation name
	bits     uint8       // spanParentRef and others
	named    bool        // SetOperationName was called
	ctx      spanContext // as it was when the span started
	start    int64       // nanoseconds since 1970
	duration int64
	mu       sync.Mutex                   // guards rec, duration, op, opLen and named; apart from word, which other cores read
	rec      *record.Record               // nil until something is recorded; closed after Finish
	cur      atomic.Pointer[laterContext] // nil while it is ctx
	op       *byte                        // the operation name's bytes
}

// SetTag sets a tag; the last value set for a key wins. Integers, floats, booleans,
// strings and []byte keep their type. Any other value, and an integer above the signed
// 64 bits, becomes text here and now, bounded in depth and length: an error by its Error
// method, a fmt.Stringer by its String method. Methods that panic are survived.
//
// The tag sampling.priority with an integer speaks for the whole local trace: a
// positive one records it from now on and sets Jaeger's debug flag, zero stops
// recording.
func (s *Span) SetTag(key string, value any) opentracing.Span {
	if s.told() {
		if text, ok := value.(string); ok {
			s.setText(key, text)
			return s
		}
	} else if key != samplingPriority || s == nil {
		return s
	}
	s.setTag(key, value)
	return s
}

// SetString is SetTag for text, without boxing the value.
func (s *Span) SetString(key, value string) *Span {
	if s.told() {
		s.setText(key, value)
	}
	return s
}

// SetInt is SetTag for an int, without boxing the value.
func (s *Span) SetInt(key string, value int) *Span { return s.SetInt64(key, int64(value)) }

// SetInt64 is SetTag for an int64, without boxing the value.
func (s *Span) SetInt64(key string, value int64) *Span {
	if key == samplingPriority && s != nil {
		s.setPriority(value)
	}
	if s.told() {
		s.putTag(key, model.Int64(value))
	}
	return s
}

// SetFloat64 is SetTag for a float64, without boxing the value.
func (s *Span) SetFloat64(key string, value float64) *Span {
	if s.told() {
		s.putTag(key, model.Float64(value))
	}
	return s
}

// SetDuration is SetTag for a duration: its text, such as "1.5s".
func (s *Span) SetDuration(key string, value time.Duration) *Span {
	if s.told() {
		s.putTag(key, model.String(value.String()))
	}
	return s
}

// SetBool is SetTag for a bool, without boxing the value.
func (s *Span) SetBool(key string, value bool) *Span {
	if s.told() {
		s.putTag(key, model.Bool(value))
	}
	return s
}

// SetError sets the tag error and logs err in OpenTracing's form: event "error",
// error.object with err's text. A nil err does nothing.
func (s *Span) SetError(err error) *Span {
	if err != nil && s.told() {
		s.SetBool(string(ext.Error), true)
		s.LogFields(log.Event("error"), log.Error(err))
	}
	return s
}

// SetOperationName replaces the operation name. The empty name is kept as it is.
func (s *Span) SetOperationName(name string) opentracing.Span {
	s.rename(name, true)
	return s
}

// SuggestOperationName is SetOperationName for instrumentation that learns a better
// name than the one it started the span with: it does nothing once SetOperationName
// was called.
func (s *Span) SuggestOperationName(name string) { s.rename(name, false) }

func (s *Span) rename(name string, named bool) {
	if s == nil {
		return
	}
	t := s.tracer()
	name = t.freezer.Operation(name)
	s.mu.Lock()
	finished := s.finishedLocked()
	ignored := s.named && !named
	if !finished && !ignored {
		s.setOperationLocked(name)
		s.named = named
	}
	s.mu.Unlock()
	if finished {
		s.usedAfterFinish()
	}
	if finished || ignored {
		return
	}
	w := s.ctx.word.load()
	if w&wordObserved != 0 {
		t.observeOperation(s, name)
	}
	if w&wordUndecided != 0 {
		s.reconsider(sampler.Event{Kind: sampler.EventOperationName})
	}
}

// IsRecording reports whether tags and logs are kept now: the trace is sampled,
// or its sampler has not decided yet.
func (s *Span) IsRecording() bool { return s != nil && s.ctx.word.recording() }

// EnableFirehose sets Jaeger's firehose flag for the local trace and everything
// downstream: the backend stores such spans without indexing them.
func (s *Span) EnableFirehose() {
	if !s.Finished() {
		s.SpanContext().EnableFirehose()
	}
}

// told reports whether anybody wants to know about a tag of this span.
func (s *Span) told() bool {
	return s != nil && s.ctx.word.load()&(wordRecording|wordObserved) != 0
}

// tracer returns the span's tracer, which is never nil.
func (s *Span) tracer() *Tracer { return s.ctx.local.tracer }

func (s *Span) freezer() *record.Freezer { return s.tracer().freezer }

// now returns the current time in the local trace's era.
func (s *Span) now() int64 {
	t := s.tracer()
	if t.clock.custom == nil {
		return t.clock.mono() + s.ctx.local.offset
	}
	now, _ := t.customNow()
	return now
}

func (s *Span) current() *spanContext {
	if c := s.cur.Load(); c != nil {
		return &c.spanContext
	}
	return &s.ctx
}

func (s *Span) setTag(key string, value any) {
	if key == samplingPriority {
		if n, ok := asInteger(value); ok {
			s.setPriority(n)
		}
		if !s.told() {
			return
		}
	}
	var tag model.Tag
	if s.freezer().Tag(&tag, key, value) {
		s.addTag(&tag)
	}
}

// setText is setTag for text that somebody wants to know about. Most of it nobody has to
// look at, or to change.
func (s *Span) setText(key, text string) {
	f := s.freezer()
	if s.ctx.word.load()&(wordObserved|wordUndecided) != 0 || !f.Plain(key, text) {
		s.putTag(key, f.Text(text))
		return
	}
	tag := model.Tag{Key: key, Value: model.String(text)}
	s.mu.Lock()
	if r := s.rec; r != nil && !r.Closed() {
		r.SetTag(&tag)
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	s.store(&tag)
}

// putTag redacts, tells and records a frozen tag.
func (s *Span) putTag(key string, v model.Value) {
	tag := model.Tag{Key: key, Value: v}
	if s.freezer().Redact(&tag) {
		s.addTag(&tag)
	}
}

// addTag tells and records a frozen tag that the Redactor has seen.
func (s *Span) addTag(tag *model.Tag) {
	if w := s.ctx.word.load(); w&(wordObserved|wordUndecided) == 0 || s.announceTag(w, tag) {
		s.store(tag)
	}
}

// announceTag tells observers and a Late sampler of a tag, unless the span has
// finished.
func (s *Span) announceTag(w word, tag *model.Tag) bool {
	if w&wordObserved == 0 && !s.ctx.local.late.asksAt(sampler.EventTag) {
		return true
	}
	if s.Finished() {
		s.usedAfterFinish()
		return false
	}
	if w&wordObserved != 0 {
		s.tracer().observeTag(s, *tag)
	}
	if w&wordUndecided != 0 {
		s.reconsider(sampler.Event{Kind: sampler.EventTag, Key: tag.Key, Value: tag.Value})
	}
	return true
}

// store records a tag.
func (s *Span) store(tag *model.Tag) {
	s.mu.Lock()
	r := s.recordLocked()
	if r == nil {
		finished := s.finishedLocked()
		s.mu.Unlock()
		if finished {
			s.usedAfterFinish()
		}
		return
	}
	r.SetTag(tag)
	s.mu.Unlock()
}

// recordLocked returns the record to write to, acquiring it when the trace
// became sampled after the span began, or nil. The caller holds s.mu.
func (s *Span) recordLocked() *record.Record {
	if s.rec == nil && s.ctx.word.recording() {
		s.rec = s.freezer().NewRecord()
	}
	if s.rec == nil || s.rec.Closed() {
		return nil
	}
	return s.rec
}

// finishedLocked reports whether Finish was called. The caller holds s.mu.
func (s *Span) finishedLocked() bool { return s.rec != nil && s.rec.Closed() }

func (s *Span) usedAfterFinish() { s.tracer().rare.useAfterFinish.Add(1) }

// setOperationLocked stores an operation name of at most Limits.OperationLength,
// which fits 16 bits. The caller holds s.mu, or nobody else has the span yet.
func (s *Span) setOperationLocked(name string) {
	s.op, s.opLen = unsafe.StringData(name), uint16(len(name))
}
