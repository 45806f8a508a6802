// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// spendable reports how many inbound debug flags the tracer would honour, by
// spending them.
func spendable(tracer *Tracer) (n int) {
	c := NewSpanContext(model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Flags: 3, State: model.StateRemote})
	for range 5 {
		s := tracer.StartSpan("op", opentracing.ChildOf(c)).(*Span)
		if s.SpanContext().IsDebug() {
			n++
		}
		s.Finish()
	}
	return n
}

// A debug flag without the sampled one asks for nothing, and must not come back to
// life when the sampler overrules the caller: jaeger-client-go leaves it behind
// when sampling.priority goes from 1 to 0.
func TestDebugFlagAloneDoesNotBecomeDebug(t *testing.T) {
	for _, tt := range []struct {
		name    string
		sampler sampler.Sampler
		flags   model.Flags // of the new local root
	}{
		{"overruled", sampler.NewConst(true), 1},
		{"followed", sampler.NewParentBased(sampler.NewConst(true)), 2},
		{"not sampled", sampler.NewConst(false), 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t, WithSampler(tt.sampler))
			parent := NewSpanContext(model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Flags: 2, State: model.StateRemote})
			for range 3 {
				s := tracer.StartSpan("op", opentracing.ChildOf(parent)).(*Span)
				if f := s.SpanContext().Flags(); f != tt.flags {
					t.Errorf("flags %d, want %d", f, tt.flags)
				}
				s.Finish()
			}
			for _, s := range got.all() {
				if s.Flags != tt.flags {
					t.Errorf("reported with flags %d, want %d", s.Flags, tt.flags)
				}
			}
			if sampled := len(got.all()) == 3; sampled != tt.flags.IsSampled() {
				t.Errorf("%d reported", len(got.all()))
			}
			if n := tracer.Stats().Cut.DebugCapped; n != 0 {
				t.Errorf("%d capped: a flag that asks for nothing was counted", n)
			}
			if n := spendable(tracer); n != 1 {
				t.Errorf("%d debug flags honoured afterwards, want 1: the limit was spent", n)
			}
		})
	}
}

// The limit is there for callers outside. A flag of another tracer in this
// process is trusted, and costs nobody.
func TestLocalDebugFlagIsNotLimited(t *testing.T) {
	a, _ := newTestTracer(t)
	b, got := newTestTracer(t, WithSampler(sampler.NewConst(false)))
	_, root := a.Start(context.Background(), "root")
	root.SetTag("sampling.priority", 1)
	for range 3 {
		b.StartSpan("child", opentracing.ChildOf(root.Context())).Finish()
	}
	for _, s := range got.all() {
		if s.Flags != 3 || s.ParentRemote {
			t.Errorf("flags %d, want 3; parent remote %v", s.Flags, s.ParentRemote)
		}
	}
	if n := b.Stats().Cut.DebugCapped; len(got.all()) != 3 || n != 0 {
		t.Errorf("%d reported, %d capped; want 3 and 0", len(got.all()), n)
	}
	if n := spendable(b); n != 1 {
		t.Errorf("%d remote debug flags honoured afterwards, want 1", n)
	}
	root.Finish()
}
