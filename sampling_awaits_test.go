// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// named decides at the first name that a span is given.
type named struct{ *scripted }

func (n *named) SampleState(p sampler.Params) (sampler.Decision, any) {
	return n.Sample(p), sampler.Awaits(sampler.EventOperationName)
}

func (n *named) Self() sampler.Sampler { return n }

type tagNoter struct{ tags int }

func (n *tagNoter) OnSetTag(*Span, model.Tag) { n.tags++ }

// TestAwaits: a sampler that awaits one kind of event is asked at no other.
func TestAwaits(t *testing.T) {
	for _, observed := range []bool{false, true} {
		late, seen := &named{yesOn(sampler.EventOperationName)}, &tagNoter{}
		opts := []Option{WithSampler(late)}
		if observed {
			opts = append(opts, WithObserver(seen))
		}
		tracer, memory := newTestTracer(t, opts...)
		root := tracer.StartSpan("root", opentracing.Tag{Key: "a", Value: 1})
		root.SetTag("b", 2)
		child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()), opentracing.Tag{Key: "c", Value: 3})
		child.SetTag("d", 4)
		child.Finish()
		if len(late.events) != 0 {
			t.Errorf("observed %t: asked at %+v", observed, late.events)
		}
		if state := root.(*Span).SpanContext().SamplingState().Load(); state != nil {
			t.Errorf("the state is %v", state)
		}
		root.SetOperationName("renamed")
		root.Finish()
		if len(late.events) != 1 || late.events[0].Operation != "renamed" {
			t.Errorf("observed %t: asked at %+v", observed, late.events)
		}
		span := memory.only(t)
		if len(span.Tags) != 3 {
			t.Errorf("observed %t: reported %+v, want the root's tags and the sampler's", observed, span)
		}
		if n := tracer.Stats().Spans.FinishedUndecided; n != 1 {
			t.Errorf("%d spans finished undecided, want the child", n)
		}
		if observed != (seen.tags > 0) {
			t.Errorf("observed %t: saw %d tags", observed, seen.tags)
		}
	}
}

func TestAwaitsAllocates(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	tracer := benchTracer(t, false)
	if err := tracer.SetSampler(&silentlyNamed{}); err != nil {
		t.Fatal(err)
	}
	// The span, and what its trace waits with.
	if n := testing.AllocsPerRun(100, func() {
		span := tracer.StartSpan("a").(*Span)
		span.SetString("k", "v")
		span.Finish()
	}); n != 2 {
		t.Errorf("%v allocations, want 2", n)
	}
}

// silentlyNamed is named without notes.
type silentlyNamed struct{}

func (*silentlyNamed) Sample(sampler.Params) sampler.Decision {
	return sampler.Decision{Undecided: true}
}

func (*silentlyNamed) Reconsider(sampler.Event) sampler.Decision {
	return sampler.Decision{Undecided: true}
}

func (s *silentlyNamed) SampleState(p sampler.Params) (sampler.Decision, any) {
	return s.Sample(p), sampler.Awaits(sampler.EventOperationName)
}

func (s *silentlyNamed) Self() sampler.Sampler { return s }
