// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
)

// Tags returns the tags. Where the program has a reporter of its own, such as
// NewInMemoryReporter, they have the values that were set, also after Finish. Elsewhere
// integers are int64, and a span that was sent has none after Finish.
func (s *Span) Tags() opentracing.Tags {
	frozen := s.SpurSpan().Tags()
	tags := make(opentracing.Tags, len(frozen))
	for _, tag := range frozen {
		tags[tag.Key] = tag.Value.Any()
	}
	if s.watched() {
		s.RLock()
		defer s.RUnlock()
		for _, tag := range s.watch.tags {
			if _, ok := tags[tag.key]; ok {
				tags[tag.key] = tag.value
			}
		}
	}
	return tags
}

// Logs returns the logs, oldest first, under the conditions of Tags.
func (s *Span) Logs() []opentracing.LogRecord {
	if s.watched() && len(s.tracer.custom) > 0 {
		s.RLock()
		defer s.RUnlock()
		return s.watch.keptLogs()
	}
	var logs []opentracing.LogRecord
	for _, l := range s.SpurSpan().Logs() {
		logs = append(logs, opentracing.LogRecord{Timestamp: time.Unix(0, l.Time), Fields: logFields(l.Fields)})
	}
	return logs
}

// keptLogs returns the logs in order, with one in the middle that tells of those removed.
func (w *watch) keptLogs() []opentracing.LogRecord {
	logs := append([]opentracing.LogRecord(nil), w.logs...)
	if w.lost == 0 {
		return logs
	}
	first := (len(logs) - 1) / 2
	oldest := first + w.lost%(len(logs)-first)
	logs = append(append(logs[:first:first], w.logs[oldest:]...), w.logs[first:oldest]...)
	logs[first].Fields = []log.Field{
		log.String("event", "dropped Span logs"),
		log.Int("dropped_log_count", w.lost+1),
		log.String("component", "jaeger-client"),
	}
	return logs
}

func logFields(tags []model.Tag) []log.Field {
	fields := make([]log.Field, len(tags))
	for i, tag := range tags {
		switch v := tag.Value; v.Kind() {
		case model.KindBool:
			fields[i] = log.Bool(tag.Key, v.Bool())
		case model.KindInt64:
			fields[i] = log.Int64(tag.Key, v.Int64())
		case model.KindFloat64:
			fields[i] = log.Float64(tag.Key, v.Float64())
		default:
			fields[i] = log.String(tag.Key, v.Str())
		}
	}
	return fields
}

// References returns what the span refers to. Without a reporter of the program's own the
// contexts have ids alone.
func (s *Span) References() []opentracing.SpanReference {
	var refs []opentracing.SpanReference
	if s.watched() {
		for _, r := range s.watch.references {
			refs = append(refs, opentracing.SpanReference{Type: r.Type, ReferencedContext: r.Context})
		}
		return refs
	}
	for _, r := range s.SpurSpan().References() {
		c := spur.NewSpanContext(model.Context{TraceID: r.TraceID, SpanID: r.SpanID})
		refs = append(refs, opentracing.SpanReference{Type: opentracing.SpanReferenceType(r.Type), ReferencedContext: contextOf(c)})
	}
	return refs
}
