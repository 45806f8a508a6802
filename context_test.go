// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
)

func TestContextHelpers(t *testing.T) {
	tracer, got := newTestTracer(t)
	ctx, root := tracer.Start(context.Background(), "root")
	if SpanFromContext(ctx) != root || opentracing.SpanFromContext(ctx) != opentracing.Span(root) {
		t.Error("Start does not make its span the current one")
	}
	ctx2, child := StartSpanFromContext(ctx, "child")
	span3, ctx3 := opentracing.StartSpanFromContextWithTracer(ctx2, tracer, "grandchild")
	_, other := tracer.Start(ctx3, "follows", opentracing.FollowsFrom(root.Context()))
	_, linked := tracer.Start(ctx, "linked", Link(child.Context()))
	if linked.SpanContext().ParentID() != root.SpanContext().SpanID() {
		t.Error("a link took the parent's place")
	}
	linked.Finish()
	if child.SpanContext().ParentID() != root.SpanContext().SpanID() || own(span3.Context()).ParentID() != child.SpanContext().SpanID() {
		t.Error("wrong parents")
	}
	if other.SpanContext().ParentID() != root.SpanContext().SpanID() {
		t.Error("an explicit reference does not win over the context")
	}
	if SpanFromContext(ContextWithSpan(context.Background(), child)) != child {
		t.Error("ContextWithSpan")
	}
	for _, s := range []opentracing.Span{other, span3, child, root} {
		s.Finish()
	}
	if len(got.all()) != 5 {
		t.Errorf("%d spans", len(got.all()))
	}
}

// Code that finds no span must be able to go on as if there were one.
func TestNowhere(t *testing.T) {
	empty := context.Background()
	for _, ctx := range []context.Context{empty, opentracing.ContextWithSpan(empty, nil), ContextWithSpan(empty, (*Span)(nil)), opentracing.ContextWithSpan(empty, opentracing.NoopTracer{}.StartSpan("x"))} {
		s := SpanFromContext(ctx)
		s.SetTag("sampling.priority", 1).SetTag("k", "v").SetBaggageItem("k", "v").SetOperationName("x").LogKV("a", 1)
		s.SetError(errors.New("x")).EnableFirehose()
		s.Finish()
		if s.IsRecording() || s.BaggageItem("k") != "" || s.OperationName() != "" || s.SpanContext().Flags() != 0 || s.Tracer() == nil {
			t.Errorf("nowhere has changed: %v", s.SpanContext())
		}
		if ctx2, s2 := StartSpanFromContext(ctx, "op"); s2 == nil || ctx2 != ctx {
			t.Error("a span out of nowhere")
		}
		s.Tracer().StartSpan("child", opentracing.ChildOf(s.Context())).Finish()
	}
}

func TestStartSpanFromContextUsesTheGlobalTracer(t *testing.T) {
	tracer, got := newTestTracer(t)
	opentracing.SetGlobalTracer(tracer)
	defer opentracing.SetGlobalTracer(opentracing.NoopTracer{})
	_, s := StartSpanFromContext(context.Background(), "op")
	s.Finish()
	if got.only(t).Operation != "op" {
		t.Error("not the global tracer's span")
	}
}

func TestSpanContext(t *testing.T) {
	m := model.Context{
		TraceID: model.TraceID{High: 1, Low: 2}, SpanID: 3, ParentID: 4, Flags: 0x1b,
		State: model.StateRemote | model.StateDeferred | model.StateW3CRandom,
		Extra: &model.Extra{DebugID: "d", TraceState: "a=b"}, Baggage: model.NewBaggage(model.Member{Key: "k", Value: "v"}),
	}
	c := NewSpanContext(m)
	m.State &^= model.StateDeferred // there is a decision: the sampled flag is set
	if c.Model() != m {
		t.Errorf("Model() = %+v, want %+v", c.Model(), m)
	}
	if c.String() != "00000000000000010000000000000002:0000000000000003:0000000000000004:1b" {
		t.Errorf("String() = %s", c)
	}
	if !c.IsValid() || !c.IsSampled() || !c.IsDebug() || !c.IsFirehose() || !c.IsRemote() || !c.Equal(NewSpanContext(m)) || c == NewSpanContext(m) {
		t.Errorf("%v", c)
	}
	d := c.WithBaggageItem("x", "y").WithBaggageItem("k", "")
	if d.Baggage().Len() != 1 || c.Baggage().Len() != 1 || !d.Equal(c) {
		t.Errorf("%v, %v", d.Baggage(), c.Baggage())
	}
}

// Two tracers in one process share trace ids, but no clock, counters or sampler.
func TestParentOfAnotherTracer(t *testing.T) {
	a, gotA := newTestTracer(t)
	b, gotB := newTestTracer(t, unsampled())
	stepWallClock(a, 24*time.Hour)
	root := a.StartSpan("a")
	child := b.StartSpan("b", opentracing.ChildOf(root.Context()))
	child.SetTag("sampling.priority", 0)
	child.Finish()
	other := b.StartSpan("other", opentracing.ChildOf(root.Context())).(*Span)
	other.Finish()
	root.Finish()
	if gotA.only(t).TraceID != gotB.only(t).TraceID || gotB.only(t).ParentRemote {
		t.Errorf("%+v, %+v", gotA.only(t), gotB.only(t))
	}
	if age := time.Since(other.StartTime()); age < 0 || age > time.Hour {
		t.Errorf("started %v ago", age)
	}
}

// The tracestate of a remote parent goes on with its local trace.
func TestTraceStateIsPassedOn(t *testing.T) {
	tracer, got := newTestTracer(t)
	parent := NewSpanContext(model.Context{
		TraceID: model.TraceID{Low: 2}, SpanID: 3, Flags: 1, State: model.StateRemote, Extra: &model.Extra{TraceState: "a=b"},
	})
	root := tracer.StartSpan("root", opentracing.ChildOf(parent))
	child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
	if e := own(child.Context()).Model().Extra; e == nil || e.TraceState != "a=b" {
		t.Errorf("child passes on %+v", e)
	}
	child.Finish()
	root.Finish()
	for _, s := range got.all() {
		if s.TraceState != "a=b" {
			t.Errorf("%s reports tracestate %q", s.Operation, s.TraceState)
		}
	}
}

func TestFirehose(t *testing.T) {
	tracer, got := newTestTracer(t)
	root := tracer.StartSpan("root").(*Span)
	child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
	root.EnableFirehose()
	if !own(child.Context()).IsFirehose() {
		t.Error("the flag is not the trace's")
	}
	child.Finish()
	root.Finish()
	if f := got.all()[0].Flags; f != 9 {
		t.Errorf("flags %d, want 9", f)
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
