// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	jaeger "github.com/uber/jaeger-client-go"
)

// A reporter of the program's own sees the values that the program has set.
func TestSpanKeepsWhatWasSet(t *testing.T) {
	tracer, memory := newTracer(t, nil)
	at := time.Unix(1700000000, 0)
	s := start(tracer, "op", opentracing.StartTime(at), opentracing.Tags{"int": 1, "list": []int{1}}, ext.SpanKindRPCClient)
	s.SetTag("uint16", uint16(200)).SetTag("twice", 1).SetTag("twice", "two")
	s.SetOperationName("renamed")
	s.LogFields(log.String("event", "first"), log.Int("n", 7))
	s.LogKV("event", "second", "n", 8)
	s.LogKV("odd")
	s.FinishWithOptions(opentracing.FinishOptions{FinishTime: at.Add(time.Second), LogRecords: []opentracing.LogRecord{{Timestamp: at, Fields: []log.Field{log.Bool("last", true)}}}})
	s.SetTag("late", 1)
	s.LogKV("late", 1)

	spans := memory.GetSpans()
	if len(spans) != 1 || spans[0] != opentracing.Span(s) {
		t.Fatalf("kept %v", spans)
	}
	want := opentracing.Tags{
		"int": 1, "list": []int{1}, "uint16": uint16(200), "twice": "two", "span.kind": ext.SpanKindRPCClientEnum,
		"sampler.type": "const", "sampler.param": true,
	}
	if got := s.Tags(); !reflect.DeepEqual(got, want) {
		t.Errorf("tags %v, want %v", got, want)
	}
	logs := s.Logs()
	if len(logs) != 4 || !reflect.DeepEqual(logs[0].Fields, []log.Field{log.String("event", "first"), log.Int("n", 7)}) ||
		!reflect.DeepEqual(logs[1].Fields, []log.Field{log.String("event", "second"), log.Int("n", 8)}) ||
		logs[2].Fields[1] != log.String("function", "LogKV") || logs[3].Fields[0] != log.Bool("last", true) {
		t.Errorf("logs %v", logs)
	}
	if s.OperationName() != "renamed" || !s.StartTime().Equal(at) || s.Duration() != time.Second {
		t.Errorf("%s %s %s", s.OperationName(), s.StartTime(), s.Duration())
	}
}

// Without one, spans are read in the types that travel.
func TestSpanOfASender(t *testing.T) {
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewNullReporter())
	defer closer.Close()
	parent := start(tracer, "parent")
	s := start(tracer, "op", opentracing.FollowsFrom(parent.Context()), opentracing.Tag{Key: "n", Value: 1})
	s.LogFields(log.Int("n", 1), log.Bool("b", true), log.Float64("f", 0.5), log.Error(errors.New("no")))
	if got, want := s.Tags(), (opentracing.Tags{"n": int64(1)}); !reflect.DeepEqual(got, want) {
		t.Errorf("tags %v, want %v", got, want)
	}
	want := []log.Field{log.Int64("n", 1), log.Bool("b", true), log.Float64("f", 0.5), log.String("error.object", "no")}
	if got := s.Logs(); len(got) != 1 || !reflect.DeepEqual(got[0].Fields, want) {
		t.Errorf("logs %v, want %v", got, want)
	}
	refs := s.References()
	if len(refs) != 1 || refs[0].Type != opentracing.FollowsFromRef || refs[0].ReferencedContext.(jaeger.SpanContext).SpanID() != parent.SpanContext().SpanID() {
		t.Errorf("references %v", refs)
	}
	s.Finish()
	if got, want := s.Tags(), (opentracing.Tags{"n": int64(1)}); !reflect.DeepEqual(got, want) {
		t.Errorf("tags after Finish %v, want %v", got, want)
	}
}

// The first half of the logs stays, and the newest; one in the middle tells of the rest.
func TestMaxLogsPerSpan(t *testing.T) {
	for _, tc := range []struct {
		limit, logged int
		want          []int // -1 for the one that tells
		dropped       int
	}{
		{0, 3, []int{0, 1, 2}, 0},
		{4, 4, []int{0, 1, 2, 3}, 0},
		{4, 5, []int{0, -1, 3, 4}, 2},
		{5, 12, []int{0, 1, -1, 10, 11}, 8},
		{1, 3, []int{-1}, 3},
	} {
		tracer, _ := newTracer(t, nil, jaeger.TracerOptions.MaxLogsPerSpan(tc.limit))
		s := start(tracer, "op")
		for i := range tc.logged {
			s.LogFields(log.Int("i", i))
		}
		s.Finish()
		var got []int
		for _, l := range s.Logs() {
			if l.Fields[0].Key() == "i" {
				got = append(got, l.Fields[0].Value().(int))
				continue
			}
			got = append(got, -1)
			if !reflect.DeepEqual(l.Fields, []log.Field{
				log.String("event", "dropped Span logs"), log.Int("dropped_log_count", tc.dropped), log.String("component", "jaeger-client"),
			}) {
				t.Errorf("%d of %d: %v", tc.limit, tc.logged, l.Fields)
			}
		}
		if !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%d of %d: %v, want %v", tc.limit, tc.logged, got, tc.want)
		}
	}
}

// What a span refers to, and what it descends from.
func TestReferences(t *testing.T) {
	tracer, _ := newTracer(t, nil)
	a, b := start(tracer, "a"), start(tracer, "b")
	a.SetBaggageItem("k", "v")
	s := start(tracer, "child", opentracing.FollowsFrom(b.Context()), opentracing.ChildOf(a.Context()), opentracing.ChildOf(jaeger.SpanContext{}))
	if c := s.SpanContext(); c.TraceID() != a.SpanContext().TraceID() || c.ParentID() != a.SpanContext().SpanID() || s.BaggageItem("k") != "v" {
		t.Errorf("%s is no child of %s", s, a)
	}
	want := []opentracing.SpanReference{
		{Type: opentracing.FollowsFromRef, ReferencedContext: b.Context()},
		{Type: opentracing.ChildOfRef, ReferencedContext: a.Context()},
	}
	if got := s.References(); !reflect.DeepEqual(got, want) {
		t.Errorf("references %v, want %v", got, want)
	}
	again := start(tracer, "again", jaeger.SelfRef(s.SpanContext()))
	if again.String() != s.String() {
		t.Errorf("SelfRef made %s of %s", again, s)
	}
	if got := start(tracer, "root").References(); got != nil {
		t.Errorf("a root refers to %v", got)
	}
}

func TestFinishTwice(t *testing.T) {
	tracer, memory := newTracer(t, nil)
	s := start(tracer, "op")
	s.Finish()
	s.Finish()
	s.FinishWithOptions(opentracing.FinishOptions{FinishTime: time.Now().Add(time.Hour)})
	if n := memory.SpansSubmitted(); n != 1 || s.Duration() > time.Minute {
		t.Errorf("%d spans, %s", n, s.Duration())
	}
	if n := tracer.SpurTracer().Stats().Spans.DoubleFinish; n != 2 {
		t.Errorf("%d counted as finished twice", n)
	}
	memory.Reset()
	if memory.SpansSubmitted() != 0 || len(memory.GetSpans()) != 0 {
		t.Error("spans after Reset")
	}
}

// The lock of J's span is there, and nothing waits for whoever holds it but readers of
// what a reporter keeps.
func TestSpanIsLockable(t *testing.T) {
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewNullReporter())
	defer closer.Close()
	s := start(tracer, "op")
	s.Lock()
	s.SetTag("k", 1).SetOperationName("x").Finish()
	s.Unlock()
	if s.Retain() != s {
		t.Error("Retain returned another span")
	}
	s.Release()
}

// With NullReporter the spans that finished last can be read, also where they are counted.
func TestRecentSpans(t *testing.T) {
	for _, options := range [][]jaeger.TracerOption{nil, {jaeger.TracerOptions.Metrics(jaeger.NewMetrics(newCounters(), nil))}} {
		tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewNullReporter(), options...)
		first := start(tracer, "first", opentracing.Tag{Key: "n", Value: 1})
		first.Finish()
		first.Finish()
		for range 63 {
			if first.Tags()["n"] != int64(1) {
				t.Fatal("forgotten too early")
			}
			start(tracer, "later").Finish()
		}
		start(tracer, "later").Finish()
		if tags := first.Tags(); len(tags) != 0 {
			t.Errorf("kept too long: %v", tags)
		}
		closer.Close()
	}
}
