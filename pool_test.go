// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"fmt"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/model"
)

// A record in the pool must hold none of the user's strings, in the arrays that it
// has outgrown either.
func TestReleasedRecordHoldsNothing(t *testing.T) {
	l := Limits{}.withDefaults()
	for _, size := range []int{1, 5, 8, 100} {
		r := new(record).reset()
		for i := range size {
			r.setTag(fmt.Sprint("secret", i), model.String("x"), &l)
			r.addLog(1, []model.Tag{{Key: "secret", Value: model.String("x")}}, &l)
		}
		grown := [3]int{cap(r.tags), cap(r.fields), cap(r.logs)}
		r.release()
		if cap(r.tags) > keepTags || cap(r.fields) > keepFields || cap(r.logs) > keepLogs {
			t.Errorf("%d: keeps %d tags, %d fields, %d logs of %v", size, cap(r.tags), cap(r.fields), cap(r.logs), grown)
		}
		held := append(r.tags[:cap(r.tags):cap(r.tags)], r.fields[:cap(r.fields)]...)
		held = append(append(held, r.inlineTags[:]...), r.inlineFields[:]...)
		for _, tag := range held {
			if tag != (model.Tag{}) {
				t.Errorf("%d: still holds %v", size, tag)
			}
		}
		for _, e := range append(r.logs[:cap(r.logs):cap(r.logs)], r.inlineLogs[:]...) {
			if e.Fields != nil {
				t.Errorf("%d: still holds %v", size, e)
			}
		}
		if r.bytes != 0 || len(r.tags)+len(r.logs)+len(r.fields)+len(r.sigs) != 0 {
			t.Errorf("%d: not empty", size)
		}
	}
}

// Slices up to the ceilings are used again, larger ones given to the garbage
// collector: one large span must not cost memory for ever.
func TestPoolCeilings(t *testing.T) {
	for _, tt := range []struct{ tags, fields, logs int }{{64, 64, 16}, {65, 65, 17}} {
		r := new(record)
		r.tags, r.fields, r.logs = make([]model.Tag, 1, tt.tags), make([]model.Tag, 1, tt.fields), make([]model.Log, 1, tt.logs)
		r.reset()
		want := [3]int{tt.tags, tt.fields, tt.logs}
		if tt.tags > keepTags {
			want = [3]int{len(r.inlineTags), len(r.inlineFields), len(r.inlineLogs)}
		}
		if got := [3]int{cap(r.tags), cap(r.fields), cap(r.logs)}; got != want {
			t.Errorf("%+v: room for %v afterwards, want %v", tt, got, want)
		}
		tracer, _ := newTestTracer(t)
		e := &fieldEncoder{tracer: tracer, fields: make([]model.Tag, 0, tt.fields)}
		if e.release(); (e.fields != nil) != (tt.fields <= keepFields) {
			t.Errorf("an encoder keeps room for %d fields, of %d", cap(e.fields), tt.fields)
		}
	}
}

// held is a value that takes its time to format.
type held struct {
	began chan struct{}
	wait  chan struct{}
}

func (h held) String() string { close(h.began); <-h.wait; return "late" }

// during is a value that does something while it is formatted.
type during func()

func (d during) String() string { d(); return "during" }

// A lazy logger may hand its encoder to a goroutine that is still at work when the
// call is over, and its memory is the next span's by then. What the goroutine
// writes must be found nowhere.
func TestLazyLoggerThatWritesTooLate(t *testing.T) {
	tracer, got := newTestTracer(t)
	for range 20 {
		h := held{make(chan struct{}), make(chan struct{})}
		var late sync.WaitGroup
		first := tracer.StartSpan("first")
		first.LogFields(log.Lazy(func(e log.Encoder) {
			late.Add(1)
			go func() {
				defer late.Done()
				e.EmitObject("late", h)
				e.EmitString("later", "x")
			}()
			<-h.began
		}))
		second := tracer.StartSpan("second")
		second.LogFields(log.Int("n", 1), log.Object("o", during(func() {
			close(h.wait)
			late.Wait()
		})), log.Int("n", 2))
		second.Finish()
		first.Finish()
	}
	for _, s := range got.all() {
		fields := s.Logs[0].Fields
		if s.Operation == "first" && len(fields) != 0 {
			t.Errorf("the first span has %v", fields)
		}
		if s.Operation == "second" && (len(fields) != 3 || fields[0].Value.Int64() != 1 || fields[1].Value.Str() != "during" || fields[2].Value.Int64() != 2) {
			t.Errorf("the second span has %v", fields)
		}
	}
}

// The same without any order between them, for the race detector.
func TestLazyLoggerGoroutinesConcurrentSafe(t *testing.T) {
	tracer, got := newTestTracer(t)
	var wg sync.WaitGroup
	for range 300 {
		s := tracer.StartSpan("op")
		s.LogFields(log.Lazy(func(e log.Encoder) {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 20 {
					e.EmitString("late", "x")
					e.EmitLazyLogger(func(e log.Encoder) { e.EmitInt("late", 1) })
				}
			}()
		}), log.Int("n", 0))
		for i := range 5 {
			s.LogFields(log.Int("n", i))
		}
		s.Finish()
	}
	wg.Wait()
	for _, s := range got.all() {
		for i, l := range s.Logs[1:] {
			if len(l.Fields) != 1 || l.Fields[0].Key != "n" {
				t.Fatalf("log %d has %v", i+1, l.Fields)
			}
		}
	}
}

// And with its last word while the same call goes on with the fields behind it:
// two goroutines must not append to one slice. It takes -race to see it.
func TestLazyLoggerGoroutineBesideTheNextField(t *testing.T) {
	tracer, got := newTestTracer(t)
	h := held{make(chan struct{}), make(chan struct{})}
	done := make(chan struct{})
	s := tracer.StartSpan("op")
	s.LogFields(log.Lazy(func(e log.Encoder) {
		go func() {
			defer close(done)
			e.EmitObject("late", h)
		}()
		<-h.began
		close(h.wait)
	}), log.Int("n", 0), log.Int("n", 1))
	<-done
	s.Finish()
	var n []int64
	for _, f := range got.only(t).Logs[0].Fields {
		if f.Key == "n" {
			n = append(n, f.Value.Int64())
		}
	}
	if len(n) != 2 || n[0] != 0 || n[1] != 1 {
		t.Errorf("fields %v", got.only(t).Logs[0].Fields)
	}
}

// halfID makes trace ids whose low half is zero.
type halfID struct{}

func (halfID) TraceID() model.TraceID { return model.TraceID{High: 7} }
func (halfID) SpanID() model.SpanID   { return 9 }

// A root's span id is its trace id's low half, unless that is none: such a span
// could have no children.
func TestTraceIDWithoutALowHalf(t *testing.T) {
	tracer, got := newTestTracer(t, WithIDGenerator(halfID{}))
	root := tracer.StartSpan("root").(*Span)
	if c := root.SpanContext(); !c.IsValid() || c.SpanID() != 9 || c.TraceID() != (model.TraceID{High: 7}) {
		t.Errorf("%v", c)
	}
	tracer.StartSpan("child", opentracing.ChildOf(root.Context())).Finish()
	if s := got.only(t); s.ParentID != 9 || s.TraceID.High != 7 {
		t.Errorf("%+v", s)
	}
	root.Finish()
}
