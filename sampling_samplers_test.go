// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// matching samples traces with keep=true or keep=42.
func matching(t testing.TB, atRootEnd bool) *sampler.TagMatching {
	t.Helper()
	s, err := sampler.NewTagMatching(sampler.TagMatchingOptions{
		Key: "keep", DecideAtRootEnd: atRootEnd,
		Matchers: []sampler.TagMatcher{{Value: model.Bool(true)}, {Value: model.Int64(42), Firehose: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const never, always = false, true

// TestLateSamplers lets the samplers of the sampler package decide about a root
// and a child, which finishes first.
func TestLateSamplers(t *testing.T) {
	tags, last := matching(t, false), matching(t, true)
	first := func(then bool) sampler.Sampler {
		return sampler.NewParentBased(sampler.NewFirst(tags, sampler.NewConst(then)))
	}
	keepTag := map[string]any{"sampler.type": "TagMatchingSampler", "sampler.param": "keep=true"}
	for _, tt := range []struct {
		name      string
		sampler   sampler.Sampler
		start     any // the root's start tag keep
		act       func(root, child opentracing.Span)
		reported  string
		why       map[string]any // the root's sampler tags
		flags     model.Flags
		undecided uint64 // spans finished so
	}{
		{name: "tag on the child", sampler: tags, act: func(_, c opentracing.Span) { c.SetTag("keep", true) }, reported: "[child root]", why: keepTag, flags: 1},
		{name: "tag on the root", sampler: tags, act: func(r, _ opentracing.Span) { r.SetTag("keep", true) }, reported: "[child root]", why: keepTag, flags: 1},
		{name: "start tag", sampler: tags, start: true, reported: "[child root]", why: keepTag, flags: 1},
		{name: "start tag of another value", sampler: tags, start: "true", reported: "[]", undecided: 2},
		{
			name: "number of another type, and firehose", sampler: tags, act: func(r, _ opentracing.Span) { r.SetTag("keep", float32(42)) }, reported: "[child root]",
			why: map[string]any{"sampler.type": "TagMatchingSampler", "sampler.param": "keep=42"}, flags: 9,
		},
		{
			name: "firehose at the start", sampler: tags, start: uint8(42), reported: "[child root]",
			why: map[string]any{"sampler.type": "TagMatchingSampler", "sampler.param": "keep=42"}, flags: 9,
		},
		{name: "unhashable value", sampler: tags, act: func(r, c opentracing.Span) { // jaeger-client-go panics
			r.SetTag("keep", []byte("true")).SetTag("keep", map[string]int{"a": 1}).SetTag("keep", []any{math.NaN()})
			c.SetTag("keep", func() {})
		}, reported: "[]", undecided: 2},
		{name: "no tag", sampler: tags, reported: "[]", undecided: 2},
		{name: "no tag, decided at the end", sampler: last, reported: "[]", undecided: 1},
		{
			name: "first: picked at the start", sampler: first(always), reported: "[child root]",
			why: map[string]any{"sampler.type": "const", "sampler.param": true}, flags: 1,
		},
		{name: "first: the tag goes first", sampler: first(always), start: true, reported: "[child root]", why: keepTag, flags: 1},
		{name: "first: not picked, tag", sampler: first(never), act: func(_, c opentracing.Span) { c.SetTag("keep", true) }, reported: "[child root]", why: keepTag, flags: 1},
		{name: "first: not picked, no tag", sampler: first(never), reported: "[]", undecided: 2},
		{
			name: "any: the child's finish", sampler: sampler.NewAny(last, yesOn(sampler.EventFinish)), reported: "[child root]",
			why: map[string]any{"why": "late"}, flags: 1,
		},
		{
			name: "override: nobody is asked any more", sampler: sampler.NewOverrides(tags, map[string]sampler.Sampler{"ro*": sampler.NewConst(never)}),
			act: func(r, c opentracing.Span) { r.SetTag("keep", true); c.SetTag("keep", true) }, reported: "[]",
		},
		{
			name: "override: the start name counts", sampler: sampler.NewOverrides(sampler.NewConst(never), map[string]sampler.Sampler{"root": tags}),
			act: func(r, c opentracing.Span) { r.SetOperationName("renamed"); c.SetTag("keep", true) }, reported: "[child renamed]", why: keepTag, flags: 1,
		},
		{name: "priority goes before", sampler: tags, act: func(r, c opentracing.Span) {
			ext.SamplingPriority.Set(c, 0)
			r.SetTag("keep", true)
		}, reported: "[]"},
		{name: "priority comes after", sampler: tags, act: func(r, c opentracing.Span) {
			c.SetTag("keep", true)
			ext.SamplingPriority.Set(c, 1)
		}, reported: "[child root]", why: keepTag, flags: 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t, WithSampler(tt.sampler))
			opts := []opentracing.StartSpanOption{opentracing.Tag{Key: "start", Value: 1}}
			if tt.start != nil {
				opts = append(opts, opentracing.Tag{Key: "keep", Value: tt.start})
			}
			root := tracer.StartSpan("root", opts...).(*Span)
			root.SetTag("early", 1).LogKV("event", "early")
			child := tracer.StartSpan("child", opentracing.ChildOf(root.Context())).(*Span)
			child.LogKV("event", "early")
			undecided := root.ctx.word.load()&wordUndecided != 0

			header := http.Header{}
			if err := tracer.Inject(child.Context(), opentracing.HTTPHeaders, header); err != nil {
				t.Fatal(err)
			}
			there, err := tracer.Extract(opentracing.HTTPHeaders, header)
			if err != nil || own(there).IsSampled() != (!undecided && root.SpanContext().IsSampled()) {
				t.Errorf("injected as %v, %v; undecided %v", there, err, undecided)
			}
			if tt.act != nil {
				tt.act(root, child)
			}
			if root.SpanContext().Flags() != child.SpanContext().Flags() {
				t.Error("root and child differ")
			}
			child.Finish()
			root.Finish()
			ops := []string{}
			for _, s := range got.all() {
				ops = append(ops, s.Operation)
				if s.Flags != tt.flags || len(s.Logs) != 1 {
					t.Errorf("%s has flags %d and %d logs, want %d and 1", s.Operation, s.Flags, len(s.Logs), tt.flags)
				}
			}
			st := tracer.Stats().Spans
			if fmt.Sprint(ops) != tt.reported || st.FinishedUndecided != tt.undecided {
				t.Fatalf("reported %v, %d finished undecided; want %s, %d", ops, st.FinishedUndecided, tt.reported, tt.undecided)
			}
			if len(ops) == 0 {
				return
			}
			why := tagMap(got.all()[len(ops)-1].Tags)
			if why["start"] != int64(1) || why["early"] != int64(1) {
				t.Errorf("tags before the decision are lost: %v", why)
			}
			for _, k := range []string{"start", "early", "keep", "sampling.priority"} {
				delete(why, k)
			}
			if !reflect.DeepEqual(why, tt.why) {
				t.Errorf("the root says %v, want %v", why, tt.why)
			}
			for k := range tt.why {
				if v, ok := tagMap(got.all()[0].Tags)[k]; ok {
					t.Errorf("the child says %s=%v", k, v)
				}
			}
		})
	}
}

// A trace that waits when the sampler is replaced asks the new one.
func TestLateSamplersReplaced(t *testing.T) {
	keep := func(s *Span) bool { s.SetTag("keep", true); return s.SpanContext().IsSampled() }
	for _, tt := range []struct {
		name     string
		old, new sampler.Sampler
		want     bool
	}{
		{"by another First", sampler.NewFirst(matching(t, false), sampler.NewConst(never)), sampler.NewFirst(sampler.NewConst(always), matching(t, false)), true},
		{"by one that is not Late", sampler.NewFirst(matching(t, false)), sampler.NewConst(always), false},
		{"by one without a state", sampler.NewAny(matching(t, false)), matching(t, false), true},
		{"by Overrides", sampler.NewAny(matching(t, false)), sampler.NewOverrides(matching(t, false), map[string]sampler.Sampler{"op": nil}), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, _ := newTestTracer(t, WithSampler(tt.old))
			s := tracer.StartSpan("op").(*Span)
			defer s.Finish()
			if err := tracer.SetSampler(tt.new); err != nil {
				t.Fatal(err)
			}
			if s.SetTag("k", 1); keep(s) != tt.want {
				t.Errorf("sampled %v, want %v", !tt.want, tt.want)
			}
		})
	}
}

// TestLateSamplersConcurrentSafe: 64 goroutines tag the spans of one undecided
// trace. They all finish sampled or none does, and the root says why once.
func TestLateSamplersConcurrentSafe(t *testing.T) {
	tags := matching(t, true)
	for _, s := range []sampler.Sampler{
		tags,
		sampler.NewParentBased(sampler.NewOverrides(sampler.NewFirst(sampler.NewAny(tags, sampler.NewConst(never)), tags), nil)),
	} {
		tracer, got := newTestTracer(t, WithSampler(s))
		for range 20 {
			root := tracer.StartSpan("root")
			var ready, done sync.WaitGroup
			var sampled atomic.Int32
			finish := make(chan struct{})
			for i := range 64 {
				ready.Add(1)
				done.Add(1)
				go func() {
					defer done.Done()
					child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()), opentracing.Tag{Key: "i", Value: i}).(*Span)
					child.SetTag("keep", i).SetOperationName("renamed")
					child.LogKV("event", "x")
					ready.Done()
					<-finish
					if child.SpanContext().IsSampled() {
						sampled.Add(1)
					}
					child.Finish()
				}()
			}
			ready.Wait()
			close(finish)
			done.Wait()
			root.Finish()
			if n := sampled.Load(); n != 64 { // one of them has keep=42
				t.Fatalf("%d of 64 sampled", n)
			}
		}
		spans := got.all()
		if len(spans) != 20*65 {
			t.Errorf("%d reported, want %d", len(spans), 20*65)
		}
		for _, span := range spans {
			if why := tagMap(span.Tags)["sampler.type"]; (why != nil) != (span.ParentID == 0) || len(span.Logs) > 1 {
				t.Fatalf("%s says %v", span.Operation, why)
			}
		}
	}
}

// TestLateSamplersAllocate: an event of an undecided trace costs nothing.
func TestLateSamplersAllocate(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	never := sampler.NewOverrides(sampler.NewFirst(matching(t, false), sampler.NewConst(never)), map[string]sampler.Sampler{"GET /health*": nil})
	tracer := benchTracer(t, false)
	if err := tracer.SetSampler(sampler.NewParentBased(never)); err != nil {
		t.Fatal(err)
	}
	root := tracer.StartSpan("root").(*Span)
	defer root.Finish()
	ctx := opentracing.ContextWithSpan(context.Background(), root)
	for _, tt := range []struct {
		name string
		want float64
		run  func()
	}{
		{"health check", 1, func() { tracer.StartSpan("GET /healthz").Finish() }},
		{"SetString", 0, func() { root.SetString("k", "v") }},
		{"SetInt of the key", 0, func() { root.SetInt("keep", 41) }},
		{"SetOperationName", 0, func() { root.SetOperationName("root") }},
		{"child", 2, func() { _, s := tracer.Start(ctx, "child"); s.Finish() }},
	} {
		if got := testing.AllocsPerRun(200, tt.run); got != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
}

// silent embeds a sampler of ours and changes its Sample alone, as people do.
type silent struct{ *sampler.ParentBased }

func (s silent) Sample(p sampler.Params) sampler.Decision {
	d := s.ParentBased.Sample(p)
	d.Tags = nil
	return d
}

// A tracer that asked the embedded sampler's SampleState would go past it.
func TestSampleOfAnEmbeddingSamplerIsAsked(t *testing.T) {
	tracer, got := newTestTracer(t, WithSampler(silent{sampler.NewParentBased(sampler.NewConst(true))}))
	tracer.StartSpan("alone").Finish()
	if err := tracer.SetSampler(sampler.NewFirst(silent{sampler.NewParentBased(sampler.NewConst(true))})); err != nil {
		t.Fatal(err)
	}
	tracer.StartSpan("in another").Finish()
	for _, s := range got.all() {
		if len(s.Tags) != 0 {
			t.Errorf("%s: tags %v, want none", s.Operation, s.Tags)
		}
	}
	if n := len(got.all()); n != 2 {
		t.Errorf("%d spans, want 2", n)
	}
}
