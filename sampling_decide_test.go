// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"reflect"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// Whoever holds a span of an undecided trace can decide, once.
func TestDecideByHand(t *testing.T) {
	why := []model.Tag{{Key: "why", Value: model.String("outside")}}
	yes, no, open := sampler.Decision{Sample: true, Tags: why}, sampler.Decision{}, sampler.Decision{Undecided: true}
	for _, tc := range []struct {
		name      string
		decisions []sampler.Decision
		want      []bool
		reported  int
	}{
		{"yes", []sampler.Decision{yes}, []bool{true}, 2},
		{"no", []sampler.Decision{no}, []bool{false}, 0},
		{"still open", []sampler.Decision{open}, []bool{false}, 0},
		{"open, then yes", []sampler.Decision{open, yes}, []bool{false, true}, 2},
		{"yes, then no", []sampler.Decision{yes, no}, []bool{true, false}, 2},
		{"no, then yes", []sampler.Decision{no, yes}, []bool{false, false}, 0},
		{"yes twice", []sampler.Decision{yes, yes}, []bool{true, false}, 2},
	} {
		tracer, got := newTestTracer(t, WithSampler(&scripted{}))
		root := tracer.StartSpan("root").(*Span)
		child := tracer.StartSpan("child", opentracing.ChildOf(root.Context())).(*Span)
		for i, d := range tc.decisions {
			if sampled := child.Decide(d); sampled != tc.want[i] {
				t.Errorf("%s: decision %d: %t, want %t", tc.name, i, sampled, tc.want[i])
			}
		}
		child.Finish()
		root.Finish()
		spans := got.all()
		if len(spans) != tc.reported {
			t.Fatalf("%s: %d reported, want %d", tc.name, len(spans), tc.reported)
		}
		if tc.reported > 0 && !reflect.DeepEqual(tagMap(spans[1].Tags), map[string]any{"why": "outside"}) {
			t.Errorf("%s: the root has %v", tc.name, spans[1].Tags)
		}
	}
	(*Span)(nil).Decide(yes)
	tracer, _ := newTestTracer(t, WithSampler(sampler.NewConst(false)))
	if s := tracer.StartSpan("decided").(*Span); s.Decide(yes) || s.SpanContext().SamplingState() != nil {
		t.Error("a trace that was decided about as it began was decided about again")
	}
}

// A context leads to what the sampler keeps about its trace.
func TestSamplingState(t *testing.T) {
	tracer, _ := newTestTracer(t, WithSampler(&scripted{}))
	root := tracer.StartSpan("root").(*Span)
	child := tracer.StartSpan("child", opentracing.ChildOf(root.Context())).(*Span)
	root.SpanContext().SamplingState().Store("kept")
	if v := child.SpanContext().SamplingState().Load(); v != "kept" {
		t.Errorf("the child's context has %v", v)
	}
	if (SpanContext{}).SamplingState() != nil || NewSpanContext(model.Context{Extra: &model.Extra{TraceState: "a=b"}}).SamplingState() != nil {
		t.Error("a context without a span has a state")
	}
}
