// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

func TestSamplingPriority(t *testing.T) {
	type myInt int16
	for _, tt := range []struct {
		name   string
		sample bool
		values []any
		flags  model.Flags
		tag    any // of the tag sampling.priority, nil when there is none
	}{
		{"uint16 on unsampled", false, []any{uint16(1)}, 3, int64(1)},
		{"int on unsampled", false, []any{1}, 3, int64(1)},
		{"named integer", false, []any{myInt(2)}, 3, "2"},
		{"uint64 beyond int64", false, []any{uint64(1) << 63}, 3, "9223372036854775808"},
		{"zero on sampled", true, []any{0}, 0, nil},
		{"one then zero clears debug", true, []any{1, 0}, 0, nil},
		{"zero then one", true, []any{0, 1}, 3, int64(1)},
		{"negative", true, []any{-1}, 0, nil},
		{"text is an ordinary tag", true, []any{"1"}, 1, "1"},
		{"nil is an ordinary tag", true, []any{nil}, 1, "<nil>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t, WithSampler(sampler.NewConst(tt.sample)))
			root := tracer.StartSpan("root").(*Span)
			before := tracer.StartSpan("before", opentracing.ChildOf(root.Context()))
			for _, v := range tt.values {
				root.SetTag("sampling.priority", v)
			}
			after := tracer.StartSpan("after", opentracing.ChildOf(root.Context()))
			for _, s := range []opentracing.Span{before, after, root} {
				if f := own(s.Context()).Flags(); f != tt.flags {
					t.Errorf("flags %d, want %d", f, tt.flags)
				}
				s.SetTag("late", true)
				s.Finish()
			}
			spans := got.all()
			if tt.flags == 0 {
				if len(spans) != 0 {
					t.Errorf("%d spans reported", len(spans))
				}
				return
			}
			if len(spans) != 3 {
				t.Fatalf("%d spans reported, want 3", len(spans))
			}
			tags := tagMap(spans[2].Tags)
			if tags["sampling.priority"] != tt.tag || tags["late"] != true {
				t.Errorf("tags %v, want sampling.priority=%v", tags, tt.tag)
			}
		})
	}
}

func TestSamplingPriorityAtStartAndTyped(t *testing.T) {
	tracer, got := newTestTracer(t, unsampled(), WithNoDebugFlag())
	root := tracer.StartSpan("root", opentracing.Tag{Key: "k", Value: "v"}, opentracing.Tag{Key: "sampling.priority", Value: uint16(1)})
	if f := own(root.Context()).Flags(); f != 1 {
		t.Errorf("flags %d, want 1", f)
	}
	root.Finish()
	if tags := tagMap(got.only(t).Tags); tags["k"] != "v" || tags["sampling.priority"] != int64(1) {
		t.Errorf("tags %v", tags)
	}
	parent := tracer.StartSpan("parent")
	child := tracer.StartSpan("child", opentracing.ChildOf(parent.Context()), opentracing.Tags{"sampling.priority": 1, "k": 2})
	child.Finish()
	if tags := tagMap(got.all()[1].Tags); tags["k"] != int64(2) {
		t.Errorf("tags %v", tags)
	}
	parent.(*Span).SetInt("sampling.priority", 0)
	parent.Finish()
	if n := len(got.all()); n != 2 {
		t.Errorf("%d spans reported, want 2", n)
	}
	ext.SamplingPriority.Set(parent, 1) // after Finish: too late
	if own(parent.Context()).IsSampled() {
		t.Error("a finished span changed the decision")
	}
}

func TestRemoteParentDecides(t *testing.T) {
	for _, flags := range []model.Flags{0, 1, 2, 3, 8, 9, 10} {
		tracer, got := newTestTracer(t, WithSampler(sampler.NewParentBased(sampler.NewConst(flags&1 == 0))), WithLimits(Limits{DebugPerSec: 100}))
		parent := NewSpanContext(model.Context{
			TraceID: model.TraceID{High: 1, Low: 2}, SpanID: 3, Flags: flags, State: model.StateRemote,
		})
		a := tracer.StartSpan("a", ext.RPCServerOption(parent)).(*Span)
		b := tracer.StartSpan("b", opentracing.ChildOf(parent)).(*Span)
		if f := a.SpanContext().Flags(); f != flags {
			t.Errorf("flags %d, want %d", f, flags)
		}
		a.SetTag("sampling.priority", 0) // its own local trace only
		if f := b.SpanContext().Flags(); f != flags {
			t.Errorf("flags of another local root %d, want %d", f, flags)
		}
		a.Finish()
		b.Finish()
		if sampled := flags&1 != 0; sampled != (len(got.all()) == 1) {
			t.Errorf("flags %d: %d spans reported", flags, len(got.all()))
		}
		if flags&1 != 0 {
			s := got.only(t)
			if !s.ParentRemote || s.ParentID != 3 || s.TraceID != parent.TraceID() || len(s.References) != 1 {
				t.Errorf("%+v", s)
			}
		}
	}
}

func TestDeferredParentLeavesTheDecisionToUs(t *testing.T) {
	tracer, got := newTestTracer(t)
	c := NewSpanContext(model.Context{TraceID: model.TraceID{Low: 2}, SpanID: 3, State: model.StateRemote | model.StateDeferred})
	tracer.StartSpan("op", opentracing.ChildOf(c)).Finish()
	if s := got.only(t); s.TraceID.Low != 2 || !s.ParentRemote {
		t.Errorf("%+v", s)
	}
}

func TestDebugIDsAndFlagsAreLimited(t *testing.T) {
	tracer, got := newTestTracer(t, unsampled())
	header := http.Header{"Jaeger-Debug-Id": {"please"}}
	c, err := tracer.Extract(opentracing.HTTPHeaders, header)
	if err != nil {
		t.Fatal(err)
	}
	if own(c).IsSampled() || own(c).IsDebug() || own(c).Flags() != 0 {
		t.Error("a context of a debug id alone has flags")
	}
	for range 5 {
		s := tracer.StartSpan("op", opentracing.ChildOf(c))
		s.Finish()
	}
	debug := 0
	for _, s := range got.all() {
		if s.IsDebug() {
			debug++
		}
		if tagMap(s.Tags)["jaeger-debug-id"] != "please" || len(s.References) != 0 || !s.IsSampled() {
			t.Errorf("%+v", s)
		}
	}
	if len(got.all()) != 1 || debug != 1 {
		t.Errorf("%d spans, %d of them debug; want 1 and 1: of the others the sampler thinks nothing", len(got.all()), debug)
	}
	remote := NewSpanContext(model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Flags: 3, State: model.StateRemote})
	s := tracer.StartSpan("op", opentracing.ChildOf(remote))
	if f := own(s.Context()).Flags(); f != 1 {
		t.Errorf("flags %d beyond the limit, want 1: sampled but not debug", f)
	}
	s.Finish()
	if n := tracer.Stats().Cut.DebugCapped; n != 5 {
		t.Errorf("%d capped, want 5", n)
	}
}

func TestSetSampler(t *testing.T) {
	first, second := &closingSampler{sample: true}, &closingSampler{}
	tracer, got := newTestTracer(t, WithSampler(first))
	tracer.StartSpan("a").Finish()
	if err := tracer.SetSampler(second); err != nil || first.closed.Load() != 1 {
		t.Errorf("%v, old one closed %d times", err, first.closed.Load())
	}
	tracer.StartSpan("b").Finish()
	if s := got.only(t); s.Operation != "a" {
		t.Errorf("reported %q", s.Operation)
	}
	var ce *ConfigError
	if err := tracer.SetSampler(nil); !errors.As(err, &ce) {
		t.Errorf("SetSampler(nil) = %v", err)
	}
	tracer.Close()
	tracer.Close()
	third := &closingSampler{}
	if err := tracer.SetSampler(third); !errors.Is(err, ErrClosed) || third.closed.Load() != 1 || second.closed.Load() != 1 {
		t.Errorf("after Close: %v, closed %d and %d times", err, third.closed.Load(), second.closed.Load())
	}
}

// A sampler that the new one still asks stays open, however deep in either.
func TestSetSamplerKeepsWhatIsStillAsked(t *testing.T) {
	kept, dropped := &closingSampler{sample: true}, &closingSampler{}
	tracer, got := newTestTracer(t, WithSampler(sampler.NewParentBased(sampler.NewFirst(dropped, kept))))
	for _, next := range []sampler.Sampler{
		sampler.NewFirst(kept, sampler.NewConst(false)),
		sampler.NewParentBased(kept),
		kept,
		sampler.NewAny(sampler.NewParentBased(kept)),
	} {
		if err := tracer.SetSampler(next); err != nil || kept.closed.Load() != 0 || dropped.closed.Load() != 1 {
			t.Fatalf("%v: %v; closed %d times while in use, the one dropped %d times", next, err, kept.closed.Load(), dropped.closed.Load())
		}
		tracer.StartSpan("op").Finish()
	}
	if n := len(got.all()); n != 4 {
		t.Errorf("%d reported, want 4", n)
	}
	if err := tracer.SetSampler(sampler.NewConst(true)); err != nil || kept.closed.Load() != 1 {
		t.Errorf("%v; closed %d times in the end", err, kept.closed.Load())
	}
}

type closingSampler struct {
	sample bool
	closed atomic.Int32
}

func (c *closingSampler) Sample(sampler.Params) sampler.Decision {
	return sampler.Decision{Sample: c.sample}
}
func (c *closingSampler) Close() error { c.closed.Add(1); return nil }

// waiter decides when a tag "keep" is set, on an operation name, or at the end.
type waiter struct{ atEnd bool }

func (waiter) Sample(p sampler.Params) sampler.Decision {
	for _, tag := range p.Tags {
		if tag.Key == "keep" {
			return sampler.Decision{Sample: true}
		}
	}
	return sampler.Decision{Undecided: true}
}

func (w waiter) Reconsider(e sampler.Event) sampler.Decision {
	e.State.LoadOrStore("seen")
	yes := sampler.Decision{Sample: true, Tags: []model.Tag{{Key: "why", Value: model.String(fmt.Sprint(e.Kind, e.LocalRoot))}}}
	switch {
	case e.Kind == sampler.EventTag && e.Key == "keep":
		yes.Sample = e.Value.Bool()
		return yes
	case e.Kind == sampler.EventOperationName && e.Operation == "keep":
		return yes
	case e.Kind == sampler.EventFinish && e.LocalRoot && w.atEnd:
		return yes
	}
	return sampler.Decision{Undecided: true}
}

func TestLateDecisions(t *testing.T) {
	for _, tt := range []struct {
		name      string
		sampler   sampler.Sampler
		act       func(root, child opentracing.Span)
		want      []string // operations reported, the child finishing first
		why       string
		undecided uint64
	}{
		{"tag on the child", waiter{}, func(_, c opentracing.Span) { c.SetTag("keep", true) }, []string{"child", "root"}, "3 false", 0},
		{"tag on the root", waiter{}, func(r, _ opentracing.Span) { r.SetTag("keep", true) }, []string{"child", "root"}, "3 true", 0},
		{"a no is final", waiter{}, func(r, c opentracing.Span) { r.SetTag("keep", false); c.SetTag("keep", true) }, nil, "", 0},
		{"operation name", waiter{}, func(r, _ opentracing.Span) { r.SetOperationName("keep") }, []string{"child", "keep"}, "2 true", 0},
		{"never decided", waiter{}, func(_, _ opentracing.Span) {}, nil, "", 2},
		{"at the root's end", waiter{atEnd: true}, func(_, _ opentracing.Span) {}, []string{"root"}, "4 true", 1},
		{"priority", waiter{}, func(_, c opentracing.Span) { c.SetTag("sampling.priority", 1) }, []string{"child", "root"}, "", 0},
		{"through ParentBased", sampler.NewParentBased(waiter{}), func(_, c opentracing.Span) { c.SetTag("keep", true) }, []string{"child", "root"}, "3 false", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t, WithSampler(tt.sampler))
			root := tracer.StartSpan("root")
			root.SetTag("early", 1).LogKV("event", "early")
			child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
			header := http.Header{}
			if err := tracer.Inject(root.Context(), opentracing.HTTPHeaders, header); err != nil {
				t.Fatal(err)
			}
			if c, _ := tracer.Extract(opentracing.HTTPHeaders, header); own(c).IsSampled() {
				t.Error("injected as sampled while undecided")
			}
			tt.act(root, child)
			child.Finish()
			root.Finish()
			var ops []string
			for _, s := range got.all() {
				ops = append(ops, s.Operation)
			}
			if fmt.Sprint(ops) != fmt.Sprint(tt.want) {
				t.Fatalf("reported %v, want %v", ops, tt.want)
			}
			st := tracer.Stats()
			if st.Spans.FinishedUndecided != tt.undecided || st.Cut.Undecided != 1 {
				t.Errorf("%d finished and %d injected undecided, want %d and 1", st.Spans.FinishedUndecided, st.Cut.Undecided, tt.undecided)
			}
			if len(ops) == 0 {
				return
			}
			r := got.all()[len(ops)-1]
			tags := tagMap(r.Tags)
			if tags["early"] != int64(1) || len(r.Logs) != 1 {
				t.Errorf("what was recorded while undecided is lost: %v %v", tags, r.Logs)
			}
			if why, _ := tags["why"].(string); why != tt.why {
				t.Errorf("the root says %q, want %q", why, tt.why)
			}
		})
	}
}

func TestIDs(t *testing.T) {
	tracer, got := newTestTracer(t)
	tracer.StartSpan("root").Finish()
	s := got.only(t)
	if s.TraceID.High == 0 || uint64(s.SpanID) != s.TraceID.Low || s.ParentID != 0 {
		t.Errorf("%v %v %v", s.TraceID, s.SpanID, s.ParentID)
	}
	narrow, got := newTestTracer(t, WithTraceID128(false))
	narrow.StartSpan("root").Finish()
	if s := got.only(t); s.TraceID.High != 0 || s.TraceID.Low == 0 {
		t.Errorf("%v", s.TraceID)
	}
}
