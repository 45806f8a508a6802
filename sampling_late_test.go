// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// scripted is a Late sampler that notes what it is told. It is not decided until
// one of its functions says so.
type scripted struct {
	sample     func(sampler.Params) sampler.Decision
	reconsider func(sampler.Event) sampler.Decision

	params []sampler.Params
	events []sampler.Event
}

func (s *scripted) Sample(p sampler.Params) sampler.Decision {
	p.Tags = append([]model.Tag(nil), p.Tags...)
	s.params = append(s.params, p)
	if s.sample != nil {
		return s.sample(p)
	}
	return sampler.Decision{Undecided: true}
}

func (s *scripted) Reconsider(e sampler.Event) sampler.Decision {
	e.Tags = append([]model.Tag(nil), e.Tags...)
	s.events = append(s.events, e)
	if s.reconsider != nil {
		return s.reconsider(e)
	}
	return sampler.Decision{Undecided: true}
}

// yesOn samples at the first event of a kind and says why. Of EventFinish only a
// descendant's counts.
func yesOn(kind sampler.EventKind) *scripted {
	return &scripted{reconsider: func(e sampler.Event) sampler.Decision {
		if e.Kind != kind || kind == sampler.EventFinish && e.LocalRoot {
			return sampler.Decision{Undecided: true}
		}
		return sampler.Decision{Sample: true, Tags: []model.Tag{{Key: "why", Value: model.String("late")}}}
	}}
}

func TestLateSamplerIsToldEverything(t *testing.T) {
	late := &scripted{}
	tracer, _ := newTestTracer(t, WithSampler(sampler.NewOverruling(late)))
	parent := NewSpanContext(model.Context{
		TraceID: model.TraceID{High: 7, Low: 8}, SpanID: 9, Flags: 8, State: model.StateRemote,
	})
	root := tracer.StartSpan("root", opentracing.ChildOf(parent), opentracing.Tag{Key: "r", Value: 1})
	child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()),
		opentracing.Tags{"a": 1}, opentracing.Tag{Key: "a", Value: 2})
	bare := tracer.StartSpan("bare", opentracing.ChildOf(child.Context()))
	child.SetTag("k", "v")
	root.SetOperationName("renamed")
	at := time.Unix(0, child.(*Span).start).Add(time.Second)
	child.FinishWithOptions(opentracing.FinishOptions{FinishTime: at})

	of := func(op string) sampler.Params {
		return sampler.Params{
			TraceID: model.TraceID{High: 7, Low: 8}, Operation: op,
			Parent: sampler.ParentRemote, ParentFlags: model.FlagFirehose,
		}
	}
	first, started := of("root"), of("child")
	first.Tags = []model.Tag{{Key: "r", Value: model.Int64(1)}}
	started.Tags = []model.Tag{{Key: "a", Value: model.Int64(2)}}
	if want := []sampler.Params{first}; !reflect.DeepEqual(late.params, want) {
		t.Errorf("Sample was told\n%+v, want\n%+v", late.params, want)
	}
	state := &root.(*Span).ctx.local.late.state
	want := []sampler.Event{
		{Kind: sampler.EventStart, Params: started, State: state},
		{Kind: sampler.EventStart, Params: of("bare"), State: state},
		{Kind: sampler.EventTag, Params: of("child"), Key: "k", Value: model.String("v"), State: state},
		{Kind: sampler.EventOperationName, Params: of("renamed"), LocalRoot: true, State: state},
		{Kind: sampler.EventFinish, Params: of("child"), Duration: time.Second, State: state},
	}
	if len(late.events) != len(want) {
		t.Fatalf("%d events, want %d, state %p: %+v", len(late.events), len(want), state, late.events)
	}
	for i := range want {
		if !reflect.DeepEqual(late.events[i], want[i]) {
			t.Errorf("event %d:\n%+v, want\n%+v", i, late.events[i], want[i])
		}
	}
	bare.Finish()
	root.Finish()
}

// Reconsider is told the parent that Sample was told. It used to be the zero
// parent, so that ParentBased asked its root about a parent that had decided.
func TestEventHasTheParentOfSample(t *testing.T) {
	other, _ := newTestTracer(t)
	decided := other.StartSpan("decided")
	defer decided.Finish()
	waiting, _ := newTestTracer(t, WithSampler(&scripted{}))
	undecided := waiting.StartSpan("undecided")
	defer undecided.Finish()
	from := func(state model.State, flags model.Flags) SpanContext {
		return NewSpanContext(model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, Flags: flags, State: state})
	}
	for _, tt := range []struct {
		name   string
		parent opentracing.SpanContext
		kind   sampler.ParentKind
		flags  model.Flags
	}{
		{"none", SpanContext{}, sampler.ParentNone, 0},
		{"remote", from(model.StateRemote, 9), sampler.ParentRemote, 9},
		{"made from parts", from(0, 1), sampler.ParentRemote, 1},
		{"remote, deferred", from(model.StateRemote|model.StateDeferred, 0), sampler.ParentRemoteDeferred, 0},
		{"another tracer's", decided.Context(), sampler.ParentLocal, 1},
		{"another tracer's, undecided", undecided.Context(), sampler.ParentRemoteDeferred, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			late := &scripted{}
			tracer, _ := newTestTracer(t, WithSampler(sampler.NewOverruling(late)))
			s := tracer.StartSpan("op", opentracing.ChildOf(tt.parent))
			s.SetTag("k", 1)
			s.Finish()
			if len(late.params) != 1 || len(late.events) != 2 {
				t.Fatalf("%d samples and %d events, want 1 and 2", len(late.params), len(late.events))
			}
			told := []sampler.Params{late.params[0], late.events[0].Params, late.events[1].Params}
			for i, p := range told {
				if p.Parent != tt.kind || p.ParentFlags != tt.flags || p.TraceID != own(s.Context()).TraceID() {
					t.Errorf("call %d was told %v, %d, %v; want %v, %d", i, p.Parent, p.ParentFlags, p.TraceID, tt.kind, tt.flags)
				}
			}
		})
	}
}

// An undecided trace of one tracer is nobody's decision for another: neither its
// recording nor its later decision spreads.
func TestUndecidedParentOfAnotherTracer(t *testing.T) {
	for _, tt := range []struct {
		name     string
		sample   bool
		reported int
	}{{"asks its own sampler: yes", true, 1}, {"asks its own sampler: no", false, 0}} {
		t.Run(tt.name, func(t *testing.T) {
			a, _ := newTestTracer(t, WithSampler(yesOn(sampler.EventTag)))
			b, got := newTestTracer(t, WithSampler(sampler.NewParentBased(sampler.NewConst(tt.sample))))
			root := a.StartSpan("root")
			child := b.StartSpan("child", opentracing.ChildOf(root.Context())).(*Span)
			root.SetTag("keep", true)
			if child.IsRecording() != tt.sample {
				t.Errorf("recording %v, want %v", child.IsRecording(), tt.sample)
			}
			child.Finish()
			root.Finish()
			if len(got.all()) != tt.reported {
				t.Errorf("%d reported, want %d", len(got.all()), tt.reported)
			}
		})
	}
}

// The local root may finish before the decision: its tags then go to the span
// that brought it.
func TestDecisionAfterTheRootHasFinished(t *testing.T) {
	for _, tt := range []struct {
		name string
		kind sampler.EventKind
		act  func(*Span)
	}{
		{"tag", sampler.EventTag, func(c *Span) { c.SetTag("keep", true) }},
		{"operation name", sampler.EventOperationName, func(c *Span) { c.SetOperationName("keep") }},
		{"finish", sampler.EventFinish, func(*Span) {}},
	} {
		for _, recorded := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				tracer, got := newTestTracer(t, WithSampler(yesOn(tt.kind)))
				root := tracer.StartSpan("root")
				child := tracer.StartSpan("child", opentracing.ChildOf(root.Context())).(*Span)
				if recorded {
					child.LogKV("event", "x") // so that it has a record already
				}
				root.Finish()
				tt.act(child)
				child.Finish()
				span := got.only(t)
				if why := tagMap(span.Tags)["why"]; span.SpanID != child.ctx.spanID || why != "late" {
					t.Errorf("%s was reported with why=%v, want the child with late", span.Operation, why)
				}
				if st := tracer.Stats().Spans; st.FinishedUndecided != 1 || st.FinishedSampled != 1 {
					t.Errorf("counted %+v", st)
				}
			})
		}
	}
}

// While the root is open it gets the tags, whoever brought the decision.
func TestDecisionTagsGoToTheOpenRoot(t *testing.T) {
	for _, kind := range []sampler.EventKind{sampler.EventStart, sampler.EventTag, sampler.EventOperationName, sampler.EventFinish} {
		tracer, got := newTestTracer(t, WithSampler(yesOn(kind)))
		root := tracer.StartSpan("root")
		child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()), opentracing.Tag{Key: "start", Value: 1})
		child.SetTag("k", 1).SetOperationName("renamed").Finish()
		root.Finish()
		spans := got.all()
		if len(spans) != 2 {
			t.Fatalf("event %d: %d reported, want 2", kind, len(spans))
		}
		c, r := tagMap(spans[0].Tags), tagMap(spans[1].Tags)
		if want := map[string]any{"start": int64(1), "k": int64(1)}; !reflect.DeepEqual(c, want) {
			t.Errorf("event %d: the child has %v, want %v", kind, c, want)
		}
		if want := map[string]any{"why": "late"}; !reflect.DeepEqual(r, want) {
			t.Errorf("event %d: the root has %v, want %v", kind, r, want)
		}
	}
}

// Sixty-four goroutines that start spans wait for each other nowhere: the profile
// of contended mutexes names no code of this module.
func TestSamplingHasNoContendedMutex(t *testing.T) {
	perOperation, err := sampler.NewPerOperation(sampler.Strategy{
		Type: sampler.StrategyPerOperation, Probability: 0.5, LowerBound: 100,
		Operations: []sampler.OperationStrategy{{Operation: "known", Probability: 0.1}},
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	tracer := benchTracer(t, false)
	if err := tracer.SetSampler(sampler.NewParentBased(perOperation)); err != nil {
		t.Fatal(err)
	}
	defer runtime.SetMutexProfileFraction(runtime.SetMutexProfileFraction(1))
	before := contended(t) // by other tests
	var wg sync.WaitGroup
	for g := range 64 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 2000 {
				name := "known"
				if i%10 == 0 {
					name = fmt.Sprint("learned", g%8)
				}
				root := tracer.StartSpan(name)
				tracer.StartSpan("child", opentracing.ChildOf(root.Context())).Finish()
				root.Finish()
			}
		}()
	}
	wg.Wait()
	for where, n := range contended(t) {
		if n > before[where] {
			t.Errorf("waited for a mutex %d times in %s", n-before[where], where)
		}
	}
}

// contended returns the places of this module in the mutex profile, but tests. The
// profile has the runtime's own locks as well, such as the allocator's: a stack
// counts when it goes through a mutex of package sync, but for that of sync.Pool,
// which a processor takes once after a garbage collection.
func contended(t *testing.T) map[string]int64 {
	t.Helper()
	places := map[string]int64{}
	records := make([]runtime.BlockProfileRecord, 10_000)
	n, ok := runtime.MutexProfile(records)
	if !ok {
		t.Fatalf("%d records", n)
	}
	for _, r := range records[:n] {
		ours, mutex, pool := "", false, false
		frames := runtime.CallersFrames(r.Stack())
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			mutex = mutex || strings.Contains(f.Function, "sync.(*")
			pool = pool || strings.Contains(f.Function, "sync.(*Pool)")
			if ours == "" && strings.HasPrefix(f.Function, "github.com/go-spur/spur") && !strings.HasSuffix(f.File, "_test.go") {
				ours = fmt.Sprintf("%s:%d (%s)", f.File, f.Line, f.Function)
			}
		}
		if mutex && !pool && ours != "" {
			places[ours] += r.Count
		}
	}
	return places
}

// The check sees a mutex that is contended.
func TestContendedMutexIsSeen(t *testing.T) {
	tracer, _ := newTestTracer(t)
	defer runtime.SetMutexProfileFraction(runtime.SetMutexProfileFraction(1))
	s := tracer.StartSpan("shared").(*Span)
	defer s.Finish()
	before := contended(t)
	for range 200 {
		var wg sync.WaitGroup
		for range 64 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range 200 {
					s.SetInt("n", i)
				}
			}()
		}
		wg.Wait()
		for where, n := range contended(t) {
			if strings.Contains(where, "(*Span)") && n > before[where] {
				return
			}
		}
	}
	t.Error("64 goroutines tag one span, and nobody waits")
}
