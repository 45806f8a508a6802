// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
)

// watch is what a span has when observers, a SamplerV2 that may be asked again, or
// reporters of the program's own want to know of it: what they are to be told, and the
// values that the program has set, as it has set them.
type watch struct {
	observers []ContribSpanObserver
	late      *lateState // nil when the trace was decided about as it began

	rpcServer  bool
	finished   bool
	start      time.Time     // for observers and samplers, who are told when it starts and ends; else zero
	duration   time.Duration // likewise
	references []Reference
	tags       []Tag
	logs       []opentracing.LogRecord
	lost       int // logs that MaxLogsPerSpan has removed
}

// newWatched makes a span with a watch, in one piece of memory.
func newWatched(t *Tracer, rpcServer bool) *Span {
	both := &struct {
		span  Span
		watch watch
	}{span: Span{tracer: t}, watch: watch{rpcServer: rpcServer}}
	both.span.watch = &both.watch
	return &both.span
}

// ask lets the sampler decide, while it may be asked.
func (s *Span) ask(f func(SamplerV2) SamplingDecision) {
	l := s.watch.late
	if l == nil || l.final.Load() {
		return
	}
	var d SamplingDecision
	if !s.tracer.guard("a sampler", func() { d = f(s.tracer.late) }) {
		d = SamplingDecision{} // and so not sampled
	}
	if !d.Retryable {
		l.final.Store(true)
	}
	switch {
	case d.Sample:
		s.span.Decide(spurDecision(true))
		for _, tag := range d.Tags {
			s.span.SetTag(tag.key, tag.value)
			s.keepTag(tag.key, tag.value)
		}
	case !d.Retryable:
		s.span.Decide(spurDecision(false))
	}
}

func (s *Span) setTagWatched(key string, value interface{}) {
	w := s.watch
	if len(w.observers) > 0 {
		s.observe("an observer's OnSetTag", func(o ContribSpanObserver) { o.OnSetTag(key, value) })
	}
	if s.tracer.refuses(s, key, value) {
		return
	}
	if key == priorityTag {
		s.span.SetTag(key, value)
		if w.late != nil && isInteger(value) {
			w.late.final.Store(true)
		}
	}
	if w.late != nil {
		s.ask(func(v2 SamplerV2) SamplingDecision { return v2.OnSetTag(s, key, value) })
	}
	if key != priorityTag {
		s.span.SetTag(key, value)
	}
	s.keepTag(key, value)
}

// renamed is what follows SetOperationName.
func (s *Span) renamed(name string) {
	s.ask(func(v2 SamplerV2) SamplingDecision { return v2.OnSetOperationName(s, name) })
	s.observe("an observer's OnSetOperationName", func(o ContribSpanObserver) { o.OnSetOperationName(name) })
}

// keeps reports whether there is a reporter of the program's own that may get the span.
func (s *Span) keeps() bool { return len(s.tracer.custom) > 0 && s.span.IsRecording() }

// keepTag keeps a value as it was set, where spur's record of it has another type or less
// of it.
func (s *Span) keepTag(key string, value interface{}) {
	if !s.keeps() {
		return
	}
	same := s.tracer.travels(value)
	s.Lock()
	defer s.Unlock()
	w := s.watch
	if w.finished {
		return
	}
	for i := range w.tags {
		if w.tags[i].key == key {
			w.tags[i].value = value
			return
		}
	}
	if same || len(w.tags) >= maxKept {
		return
	}
	if w.tags == nil {
		w.tags = make([]Tag, 0, usualTags)
	}
	w.tags = append(w.tags, Tag{key: key, value: value})
}

// travels reports whether a tag's value is the same in spur's record.
func (t *Tracer) travels(value interface{}) bool {
	switch v := value.(type) {
	case string:
		return len(v) <= t.options.maxTagValueLength && utf8.ValidString(v)
	case bool, float64, int64:
		return true
	}
	return false
}

const (
	maxKept   = 1000 // what a watch keeps of a span at most, as spur's limits do
	usualTags = 4
)

// keepPairs keeps what LogKV was given.
func (s *Span) keepPairs(pairs []interface{}) {
	if !s.keeps() {
		return
	}
	plain := append([]interface{}(nil), pairs...)
	for i := 1; i < len(plain); i += 2 {
		plain[i] = withoutSprint(plain[i])
	}
	fields, err := log.InterleavedKVToFields(plain...)
	if err != nil {
		fields = []log.Field{log.Error(err), log.String("function", "LogKV")}
	}
	s.keepLog(opentracing.LogRecord{Timestamp: time.Now(), Fields: fields})
}

// withoutSprint makes text of what OpenTracing would print, without bounds.
func withoutSprint(v interface{}) interface{} {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Invalid, reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if r.Kind() == reflect.Invalid || r.Type().PkgPath() == "" {
			return v
		}
	case reflect.Pointer:
		if r.IsNil() {
			return v
		}
	}
	return spur.Freeze(v).String()
}

// keepLog keeps a log as it was given. Beyond the maximum the first half stays, and the
// newest.
func (s *Span) keepLog(r opentracing.LogRecord) {
	if !s.keeps() {
		return
	}
	r.Fields = append([]log.Field(nil), r.Fields...)
	s.Lock()
	defer s.Unlock()
	w := s.watch
	if w.finished {
		return
	}
	limit := maxKept
	if n := s.tracer.options.maxLogsPerSpan; n > 0 {
		limit = n
	}
	if len(w.logs) < limit {
		w.logs = append(w.logs, r)
		return
	}
	first := (limit - 1) / 2
	w.logs[first+w.lost%(limit-first)] = r
	w.lost++
}

// finishWatched is Finish for whoever wants to know.
func (s *Span) finishWatched(options opentracing.FinishOptions) {
	w := s.watch
	var took time.Duration
	if !w.start.IsZero() {
		if options.FinishTime.IsZero() { // whatever happens to the wall clock meanwhile
			options.FinishTime = w.start.Add(s.tracer.now().Sub(w.start))
		}
		took = max(options.FinishTime.Sub(w.start), 0)
	}
	if !s.beginFinish(took) {
		return
	}
	if len(w.observers) > 0 {
		s.observe("an observer's OnFinish", func(o ContribSpanObserver) { o.OnFinish(options) })
	}
	if w.late != nil {
		s.ask(func(v2 SamplerV2) SamplingDecision { return v2.OnFinishSpan(s) })
	}
	for _, r := range options.LogRecords {
		s.keepLog(r)
	}
	for i := range options.BulkLogData {
		s.keepLog(options.BulkLogData[i].ToLogRecord())
	}
	s.Lock()
	w.finished = true
	s.Unlock()
	s.tracer.countFinished(s)
	s.span.FinishWithOptions(options)
	if !s.span.SpanContext().IsSampled() {
		return
	}
	for _, r := range s.tracer.custom {
		s.tracer.guard("a reporter's Report", func() { r.Report(s) })
	}
}

// beginFinish reports whether nobody else finishes the span, or has. If somebody has, spur
// counts it.
func (s *Span) beginFinish(took time.Duration) bool {
	again := s.finishing.Swap(true)
	s.Lock()
	finished := s.watch.finished
	if !again {
		s.watch.duration = took
	}
	s.Unlock()
	if finished {
		s.span.Finish()
	}
	return !again
}

// countOnce is countFinished, unless that has been called for the span.
func (s *Span) countOnce() {
	if s.tracer.counted && s.finishing.CompareAndSwap(false, true) {
		s.tracer.countFinished(s)
	}
}

func (t *Tracer) countFinished(s *Span) {
	if !t.counted {
		return
	}
	switch c := s.SpanContext(); {
	case !c.IsSamplingFinalized():
		t.metrics.SpansFinishedDelayedSampling.Inc(1)
	case c.IsSampled():
		t.metrics.SpansFinishedSampled.Inc(1)
	default:
		t.metrics.SpansFinishedNotSampled.Inc(1)
	}
}
