// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/sampler"
)

// wrapped is a type with a Span as a field.
type wrapped struct {
	name string
	span Span
}

func TestStartSpanIn(t *testing.T) {
	tracer, got := newTestTracer(t)
	root := tracer.StartSpan("root")
	w := &wrapped{name: "w"}
	tracer.StartSpanIn(&w.span, "child", opentracing.ChildOf(root.Context()), opentracing.Tag{Key: "k", Value: 1})
	tracer.StartSpanIn(&w.span, "again")
	w.span.Finish()
	root.Finish()
	tracer.StartSpanIn(nil, "nowhere")
	(*Tracer)(nil).StartSpanIn(&(&wrapped{}).span, "no tracer")
	spans := got.all()
	if len(spans) != 2 {
		t.Fatalf("%d spans", len(spans))
	}
	if s := spans[0]; s.Operation != "child" || s.ParentID != spans[1].SpanID || tagMap(s.Tags)["k"] != int64(1) {
		t.Errorf("%+v", s)
	}
}

func TestStartSpanInAllocs(t *testing.T) {
	tracer, _ := newTestTracer(t, WithSampler(sampler.NewConst(false)))
	n := testing.AllocsPerRun(100, func() {
		w := &wrapped{}
		tracer.StartSpanIn(&w.span, "operation")
		w.span.Finish()
	})
	if n != 1 {
		t.Errorf("%v allocations, want the one of the caller", n)
	}
}
