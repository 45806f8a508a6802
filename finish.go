// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"time"
	"unsafe"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/internal/record"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// Tags that mark times which could not be kept.
const (
	tagEndBeforeStart = "spur.end_before_start_ns" // by how much; the duration is 0
	tagTimeClamped    = "spur.time_clamped"        // a time outside 1970 to 2262
)

var clampedTag = model.Tag{Key: tagTimeClamped, Value: model.Bool(true)}

// Finish ends the span now and, when its trace is sampled, hands it to the
// reporters on this goroutine. A second Finish is counted and does nothing else.
func (s *Span) Finish() {
	switch {
	case s == nil:
	case s.told():
		s.finish(s.now())
	default:
		s.finish(notMeasured)
	}
}

// notMeasured is the end of a span of which nobody is told how long it took. No time is
// negative.
const notMeasured = -1

// FinishWithOptions is Finish with a time of its own and logs to add. A zero
// FinishTime means now, as does a zero timestamp of a log.
func (s *Span) FinishWithOptions(opts opentracing.FinishOptions) {
	if s == nil {
		return
	}
	end := s.now() // before anything slow
	clamped := false
	if !opts.FinishTime.IsZero() {
		end, clamped = unixNano(opts.FinishTime)
	}
	if s.ctx.word.recording() {
		for i := range opts.LogRecords {
			r := &opts.LogRecords[i]
			s.storeLog(s.logTime(r.Timestamp), s.freezer().Fields(r.Fields))
		}
		for i := range opts.BulkLogData {
			s.logData(&opts.BulkLogData[i])
		}
		if clamped {
			s.store(&clampedTag)
		}
	}
	s.finish(end)
}

// finish takes the record, so that nobody else can reach it, lets a Late sampler
// speak a last time, and reports.
func (s *Span) finish(end int64) {
	t := s.tracer()
	s.mu.Lock()
	r := s.rec
	if r != nil && r.Closed() {
		s.mu.Unlock()
		t.rare.doubleFinish.Add(1)
		return
	}
	s.duration = max(end-s.start, 0)
	w := s.ctx.word.load()
	if t.keeps && t.forgets && r != nil && end >= s.start && w&(wordSampled|wordUndecided|wordObserved) == wordSampled {
		r.Close() // it is kept, nobody is told, and nothing else is to be done
		s.mu.Unlock()
		s.ctx.local.counters.sampled.Add(1)
		return
	}
	s.rec = record.Closed
	s.mu.Unlock()

	w = s.ctx.word.load()
	if w&wordUndecided != 0 {
		r = s.reconsiderFinish(r)
		w = s.ctx.word.load()
	}
	if w&(wordSampled|wordObserved) == 0 {
		if r != nil {
			r.Release()
		}
		s.countUnreported(w)
		return
	}
	if end == notMeasured { // sampled by another span of the trace at this moment
		end = s.now()
		s.mu.Lock()
		s.duration = max(end-s.start, 0)
		s.mu.Unlock()
	}
	if r == nil && w&wordSampled != 0 {
		r = t.freezer.NewRecord() // sampled late, and nothing was recorded
	}
	if early := s.start - end; early > 0 && r != nil {
		r.SetTag(&model.Tag{Key: tagEndBeforeStart, Value: model.Int64(early)})
	}
	if w&wordObserved != 0 || !t.forgets {
		s.deliver(w, r)
	} else {
		s.ctx.local.counters.sampled.Add(1)
	}
	if r != nil {
		s.keep(w, r)
	}
}

// keep makes the record of a finished span readable, if somebody keeps spans.
func (s *Span) keep(w word, r *record.Record) {
	if !s.tracer().keeps || w&wordSampled == 0 {
		r.Release()
		return
	}
	r.Close()
	s.mu.Lock()
	s.rec = r
	s.mu.Unlock()
}

// countUnreported books a span that no reporter gets.
func (s *Span) countUnreported(w word) {
	t := s.tracer()
	switch {
	case w&wordPassing != 0: // not ours
	case w&wordUndecided != 0:
		t.rare.undecided.Add(1)
	default:
		s.ctx.local.counters.unsampled.Add(1)
	}
}

// reconsiderFinish asks the sampler about a span that finishes undecided. The
// record is ours alone here, so the sampler's tags go straight to it.
func (s *Span) reconsiderFinish(r *record.Record) *record.Record {
	d := s.ask(sampler.Event{Kind: sampler.EventFinish, Duration: time.Duration(s.duration)})
	if !s.decide(d) || len(d.Tags) == 0 {
		return r
	}
	root := s.ctx.local.late.root
	if root == s || !root.storeTags(d.Tags) {
		if r == nil {
			r = s.freezer().NewRecord()
		}
		r.SetTags(d.Tags)
	}
	return r
}

// Context returns the span's context, a SpanContext. It allocates nothing and
// works after Finish as well.
func (s *Span) Context() opentracing.SpanContext { return s.SpanContext() }

// SpanContext is Context with its own type.
func (s *Span) SpanContext() SpanContext {
	if s == nil {
		return SpanContext{}
	}
	return SpanContext{s.current()}
}

// String returns the context's String: trace:span:parent:flags.
func (s *Span) String() string { return s.SpanContext().String() }

// Tracer returns the tracer that started the span.
func (s *Span) Tracer() opentracing.Tracer {
	return s.orNowhere().tracer() // opentracing.ContextWithSpan asks nil ones, too
}

// orNowhere stands in for a span that is nil.
func (s *Span) orNowhere() *Span {
	if s == nil {
		return nowhere
	}
	return s
}

// OperationName returns the operation name, also after Finish.
func (s *Span) OperationName() string {
	if s == nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.operationLocked()
}

// operationLocked returns the operation name. The caller holds s.mu.
func (s *Span) operationLocked() string { return unsafe.String(s.op, int(s.opLen)) }

// StartTime returns when the span started, also after Finish.
func (s *Span) StartTime() time.Time {
	return time.Unix(0, s.orNowhere().start)
}

// Duration returns how long the span took. It is 0 before Finish; and after Finish, if
// nobody is told: the trace is not recorded and there is no observer.
func (s *Span) Duration() time.Duration {
	s = s.orNowhere()
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(s.duration)
}

// Finished reports whether Finish was called.
func (s *Span) Finished() bool {
	if s == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.finishedLocked()
}

// References returns a copy of what the span refers to, also after Finish.
func (s *Span) References() []model.Reference {
	s = s.orNowhere()
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
	s = s.orNowhere()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rec == nil {
		return nil
	}
	return append([]model.Tag(nil), s.rec.Tags()...)
}

// Logs returns a copy of the logs, oldest first, under the conditions of Tags.
func (s *Span) Logs() []model.Log {
	s = s.orNowhere()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rec == nil {
		return nil
	}
	data := model.Span{Logs: s.rec.Logs()}
	return data.Clone().Logs
}

// Release gives the memory back that a finished span takes which is kept (see Tags): it has no
// tags and logs from then on. It does nothing to other spans, which give theirs back when
// they finish.
func (s *Span) Release() {
	if s == nil {
		return
	}
	s.mu.Lock()
	r := s.rec
	kept := r != nil && r != record.Closed && r.Closed()
	if kept {
		s.rec = record.Closed
	}
	s.mu.Unlock()
	if kept {
		r.Release()
	}
}

// Data returns a copy of the span as its reporters get it, before Finish with what it has
// so far. It has tags and logs under the conditions of Tags.
func (s *Span) Data() *model.Span {
	s = s.orNowhere()
	var d sealed
	s.seal(&d, s.ctx.word.load())
	d.data.References, d.data.DroppedRefs = s.references(&d.ref)
	s.mu.Lock()
	defer s.mu.Unlock()
	d.data.Operation, d.data.Duration = s.operationLocked(), time.Duration(s.duration)
	if s.rec != nil {
		s.rec.Fill(&d.data)
	}
	return d.data.Clone()
}
