// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"reflect"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// A finished span neither decides for its trace, which goes on, nor tells
// observers anything. Each of these once did one or the other.
func TestFinishedSpanIsSilent(t *testing.T) {
	for _, tt := range []struct {
		name string
		use  func(*Span)
		late uint64 // counted as used after Finish
	}{
		{"SetTag", func(s *Span) { s.SetTag("keep", true) }, 1},
		{"SetString", func(s *Span) { s.SetString("keep", "x") }, 1},
		{"SetInt", func(s *Span) { s.SetInt("keep", 1) }, 1},
		{"SetInt64", func(s *Span) { s.SetInt64("keep", 1) }, 1},
		{"SetDuration", func(s *Span) { s.SetDuration("keep", 1) }, 1},
		{"SetFloat64", func(s *Span) { s.SetFloat64("keep", 1) }, 1},
		{"SetBool", func(s *Span) { s.SetBool("keep", true) }, 1},
		{"SetOperationName", func(s *Span) { s.SetOperationName("keep") }, 1},
		{"SuggestOperationName", func(s *Span) { s.SuggestOperationName("keep") }, 1},
		{"EnableFirehose", func(s *Span) { s.EnableFirehose() }, 0},
		{"sampling.priority 1", func(s *Span) { s.SetTag("sampling.priority", 1) }, 1},
		{"sampling.priority 0", func(s *Span) { s.SetTag("sampling.priority", 0) }, 1},
		{"typed sampling.priority", func(s *Span) { s.SetInt("sampling.priority", 0) }, 1},
		{"SetBaggageItem", func(s *Span) { s.SetBaggageItem("k", "v") }, 1},
		{"LogFields", func(s *Span) { s.LogFields(log.Bool("k", true)) }, 1},
	} {
		for _, undecided := range []bool{true, false} {
			t.Run(tt.name, func(t *testing.T) {
				late, seen := yesOn(sampler.EventTag), &seeing{}
				opts := []Option{WithObserver(seen)}
				if undecided {
					opts = append(opts, WithSampler(late))
				}
				tracer, got := newTestTracer(t, opts...)
				root := tracer.StartSpan("root").(*Span)
				child := tracer.StartSpan("child", opentracing.ChildOf(root.Context())).(*Span)
				child.Finish()
				events, before, ctx := len(late.events), seen.text(), root.SpanContext().Model()
				tt.use(child)
				if len(late.events) != events {
					t.Errorf("the sampler was told %+v", late.events[events:])
				}
				if after := seen.text(); after != before {
					t.Errorf("observers were told %q", after[len(before):])
				}
				if now := root.SpanContext().Model(); now != ctx {
					t.Errorf("the trace was %+v and is %+v", ctx, now)
				}
				if child.OperationName() != "child" || child.BaggageItem("k") != "" {
					t.Error("the span has changed")
				}
				if n := tracer.Stats().Spans.UseAfterFinish; n != tt.late {
					t.Errorf("%d late uses counted, want %d", n, tt.late)
				}
				root.Finish()
				want := 2
				if undecided {
					want = 0
				}
				if len(got.all()) != want {
					t.Errorf("%d reported, want %d", len(got.all()), want)
				}
			})
		}
	}
}

// The tag that says a span ended before it started may itself not fit.
func TestTagOfANegativeDurationIsCounted(t *testing.T) {
	start := time.Unix(100, 0)
	for _, tt := range []struct {
		tags    int
		dropped uint32
		tag     any
	}{{2, 1, nil}, {3, 0, int64(time.Second)}} { // the sampler has set two
		tracer, got := newTestTracer(t, WithLimits(Limits{TagsPerSpan: tt.tags}))
		s := tracer.StartSpan("op", opentracing.StartTime(start))
		s.FinishWithOptions(opentracing.FinishOptions{FinishTime: start.Add(-time.Second)})
		span := got.only(t)
		if n := tracer.Stats().Cut.Tags; span.DroppedTags != tt.dropped || n != uint64(tt.dropped) {
			t.Errorf("%d tags allowed: the span says %d dropped, Stats %d, want %d", tt.tags, span.DroppedTags, n, tt.dropped)
		}
		if v := tagMap(span.Tags)[tagEndBeforeStart]; v != tt.tag || span.Duration != 0 {
			t.Errorf("%d tags allowed: tag %v, want %v; duration %v", tt.tags, v, tt.tag, span.Duration)
		}
	}
}

// A log's time is held to the range of 1970 to 2262, and the span says so.
func TestClampedLogTimesAreTagged(t *testing.T) {
	old := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	far := time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)
	const last = 1<<63 - 1 - int64(time.Second)
	for _, tt := range []struct {
		name string
		log  func(*Span)
		time int64
		tag  any
	}{
		{"Log", func(s *Span) { s.Log(opentracing.LogData{Timestamp: old, Event: "e"}) }, 0, true},
		{"BulkLogData", func(s *Span) {
			s.FinishWithOptions(opentracing.FinishOptions{BulkLogData: []opentracing.LogData{{Timestamp: far}}})
		}, last, true},
		{"LogRecords", func(s *Span) {
			s.FinishWithOptions(opentracing.FinishOptions{LogRecords: []opentracing.LogRecord{{Timestamp: old}}})
		}, 0, true}, //
		{"in range", func(s *Span) {
			s.FinishWithOptions(opentracing.FinishOptions{LogRecords: []opentracing.LogRecord{{Timestamp: time.Unix(5, 0)}}})
		}, int64(5 * time.Second), nil}, //
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t)
			s := tracer.StartSpan("op").(*Span)
			tt.log(s)
			s.Finish()
			span := got.only(t)
			if len(span.Logs) != 1 || span.Logs[0].Time != tt.time || tagMap(span.Tags)[tagTimeClamped] != tt.tag {
				t.Errorf("logs %v, want time %d; tags %v", span.Logs, tt.time, span.Tags)
			}
		})
	}
}

// A name of the program's own stands, also when it is the one that was there.
func TestSuggestOperationName(t *testing.T) {
	for _, tt := range []struct{ set, want string }{{"", "found"}, {"mine", "mine"}, {"start", "start"}} {
		seen := &seeing{}
		tracer, got := newTestTracer(t, WithObserver(seen))
		s := tracer.StartSpan("start").(*Span)
		s.SuggestOperationName("guess")
		if tt.set != "" {
			s.SetOperationName(tt.set)
		}
		before := seen.text()
		s.SuggestOperationName("found")
		if told := seen.text() != before; told != (tt.set == "") {
			t.Errorf("after %q: observers were told: %v", tt.set, told)
		}
		s.Finish()
		if span := got.only(t); span.Operation != tt.want {
			t.Errorf("after %q: called %q, want %q", tt.set, span.Operation, tt.want)
		}
	}
}

// Data is what reporters get: all of it where spans are kept, and otherwise what is left
// after Finish.
func TestData(t *testing.T) {
	mem := &reporter.Memory{}
	for _, kept := range []bool{true, false} {
		opts := []Option{}
		if kept {
			opts = append(opts, WithReporter(mem))
		}
		tracer, got := newTestTracer(t, opts...)
		root := tracer.StartSpan("root")
		s := tracer.StartSpan("op", opentracing.ChildOf(root.Context()), opentracing.Tag{Key: "a", Value: 1}).(*Span)
		s.LogFields(log.String("event", "e"))
		open := s.Data()
		if len(open.Tags) != 1 || len(open.Logs) != 1 || open.Duration != 0 || open.Operation != "op" {
			t.Errorf("before Finish: %+v", open)
		}
		s.SetTag("a", 2)
		if v := open.Tags[0].Value.Int64(); v != 1 {
			t.Errorf("the copy changed to %d", v)
		}
		s.Finish()
		root.Finish()
		want, data := got.spans[0].Clone(), s.Data()
		if !kept {
			want.Tags, want.Logs = nil, nil
		}
		if !reflect.DeepEqual(data, want) {
			t.Errorf("kept %v: %+v, reported %+v", kept, data, want)
		}
	}
	if d := (*Span)(nil).Data(); d == nil || d.IsValid() || d.Process == nil {
		t.Errorf("of nil: %+v", d)
	}
}
