// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"reflect"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// A descendant's start tags reach a Late sampler, as SetTag's do.
func TestStartTagOfADescendantDecides(t *testing.T) {
	for _, finished := range []bool{false, true} {
		late := &scripted{reconsider: func(e sampler.Event) sampler.Decision {
			if e.Kind == sampler.EventStart && len(e.Tags) == 1 && e.Tags[0].Key == "keep" {
				return sampler.Decision{Sample: true, Tags: []model.Tag{{Key: "why", Value: model.String("start")}}}
			}
			return sampler.Decision{Undecided: true}
		}}
		tracer, got := newTestTracer(t, WithSampler(late))
		root := tracer.StartSpan("root")
		tracer.StartSpan("dull", opentracing.ChildOf(root.Context()), opentracing.Tag{Key: "k", Value: 1}).Finish()
		want := []map[string]any{{"keep": true}, {"why": "start"}}
		if finished { // then the child is where the sampler's tags go
			root.Finish()
			want = []map[string]any{{"keep": true, "why": "start"}}
		}
		tracer.StartSpan("child", opentracing.ChildOf(root.Context()), opentracing.Tag{Key: "keep", Value: true}).Finish()
		if !finished {
			root.Finish()
		}
		var tags []map[string]any
		for _, s := range got.all() {
			tags = append(tags, tagMap(s.Tags))
		}
		if !reflect.DeepEqual(tags, want) {
			t.Errorf("root finished before: %v; tags reported %v, want %v", finished, tags, want)
		}
	}
}

// The same without start tags: the sampler may go by the name.
func TestNameOfADescendantDecides(t *testing.T) {
	for _, finished := range []bool{false, true} {
		tracer, got := newTestTracer(t, WithSampler(yesOn(sampler.EventStart)))
		root := tracer.StartSpan("root")
		if finished {
			root.Finish()
		}
		child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
		child.SetTag("k", 1).Finish()
		if !finished {
			root.Finish()
		}
		why := 0
		for _, s := range got.all() {
			if tagMap(s.Tags)["why"] == "late" {
				why++
			}
		}
		if c := tagMap(got.all()[0].Tags); why != 1 || c["k"] != int64(1) {
			t.Errorf("root finished before: %v; %d spans say why, want 1; the child's tags %v", finished, why, c)
		}
	}
}

// No answer but a yes leaves tags behind, and a no at a descendant's start stops
// the recording of it.
func TestNoAtTheStartOfADescendant(t *testing.T) {
	late := &scripted{reconsider: func(sampler.Event) sampler.Decision {
		return sampler.Decision{Tags: []model.Tag{{Key: "why", Value: model.String("no")}}}
	}}
	seen := &seeing{}
	tracer, got := newTestTracer(t, WithSampler(late), WithObserver(seen))
	root := tracer.StartSpan("root")
	child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()), opentracing.Tag{Key: "a", Value: 1}).(*Span)
	if child.IsRecording() || child.Tags() != nil || root.(*Span).Tags() != nil {
		t.Errorf("recording %v; tags %v, %v", child.IsRecording(), child.Tags(), root.(*Span).Tags())
	}
	child.Finish()
	root.Finish()
	st := tracer.Stats().Spans
	if len(got.all()) != 0 || st.FinishedUnsampled != 2 || len(late.events) != 1 {
		t.Errorf("%d reported, %d events, %+v", len(got.all()), len(late.events), st)
	}
	if want := "root start a 1 child finish child finish root "; seen.text() != want {
		t.Errorf("observed %q, want %q", seen.text(), want)
	}
}

// sampling.priority decides for good: the sampler is not asked again.
func TestPriorityEndsTheWaiting(t *testing.T) {
	for _, tt := range []struct {
		name     string
		priority int
		flags    model.Flags
		sampled  uint64
	}{{"1", 1, 3, 2}, {"0", 0, 0, 0}} {
		t.Run(tt.name, func(t *testing.T) {
			late := &scripted{}
			tracer, got := newTestTracer(t, WithSampler(late))
			root := tracer.StartSpan("root")
			child := tracer.StartSpan("child", opentracing.ChildOf(root.Context())).(*Span)
			root.SetTag("sampling.priority", tt.priority)
			told := len(late.events)
			child.SetTag("k", 1).SetOperationName("x")
			tracer.StartSpan("another", opentracing.ChildOf(root.Context())).SetTag("sampling.priority", tt.priority)
			if m := child.SpanContext().Model(); m.Flags != tt.flags || m.State&model.StateDeferred != 0 || child.IsRecording() != (tt.priority > 0) {
				t.Errorf("flags %d, state %d, recording %v; want flags %d", m.Flags, m.State, child.IsRecording(), tt.flags)
			}
			child.Finish()
			root.Finish()
			if len(late.events) != told {
				t.Errorf("the sampler was told %+v afterwards", late.events[told:])
			}
			st := tracer.Stats().Spans
			if st.FinishedUndecided != 0 || st.FinishedSampled != tt.sampled || st.FinishedUnsampled != 2-tt.sampled || len(got.all()) != int(tt.sampled) {
				t.Errorf("counted %+v, %d reported", st, len(got.all()))
			}
		})
	}
}

// hasty answers as a Late sampler would, but is none.
type hasty struct{ sample bool }

func (h hasty) Sample(sampler.Params) sampler.Decision {
	return sampler.Decision{Sample: h.sample, Undecided: true, Tags: []model.Tag{{Key: "why", Value: model.String("hasty")}}}
}

// There is nobody to ask again, so that the answer stands. ParentBased, which is
// Late, used to wait for ever.
func TestUndecidedMeansNothingWithoutLate(t *testing.T) {
	for _, sample := range []bool{true, false} {
		for name, s := range map[string]sampler.Sampler{
			"bare": hasty{sample}, "ParentBased": sampler.NewParentBased(hasty{sample}),
		} {
			tracer, got := newTestTracer(t, WithSampler(s))
			tracer.StartSpan("op").Finish()
			if (len(got.all()) == 1) != sample || tracer.Stats().Spans.FinishedUndecided != 0 {
				t.Errorf("%s, %v: %d reported, %+v", name, sample, len(got.all()), tracer.Stats().Spans)
			}
			if sample && tagMap(got.only(t).Tags)["why"] != "hasty" {
				t.Errorf("%s: tags %v", name, got.only(t).Tags)
			}
		}
	}
}

// A sampler may say why it does not sample; that is nobody's tag.
func TestTagsOfANoAreNotRecorded(t *testing.T) {
	tracer, got := newTestTracer(t, WithSampler(&scripted{sample: func(sampler.Params) sampler.Decision {
		return sampler.Decision{Tags: []model.Tag{{Key: "why", Value: model.String("no")}}}
	}}))
	tracer.StartSpan("op", opentracing.Tag{Key: "sampling.priority", Value: 1}, opentracing.Tag{Key: "k", Value: 2}).Finish()
	if tags, want := tagMap(got.only(t).Tags), (map[string]any{"sampling.priority": int64(1), "k": int64(2)}); !reflect.DeepEqual(tags, want) {
		t.Errorf("tags %v, want %v", tags, want)
	}
}

// A sampler decides about new traces and leaves those of callers to them, unless it
// says otherwise; as an option and when it is set later.
func TestSamplersFollowCallers(t *testing.T) {
	always, never := sampler.NewConst(true), sampler.NewConst(false)
	for _, tt := range []struct {
		name                      string
		sampler                   sampler.Sampler
		description               string
		alone, unsampled, sampled bool // a new trace, and those of two callers
	}{
		{"always", always, "parentbased(const(true))", true, false, true},
		{"never", never, "parentbased(const(false))", false, false, true},
		{"one's own", struct{ sampler.Sampler }{always}, "parentbased(struct { sampler.Sampler })", true, false, true},
		{"parent-based", sampler.NewParentBased(always), "parentbased(const(true))", true, false, true},
		{
			"with a policy", sampler.NewParentBased(never, sampler.WithRemoteParentNotSampled(always)),
			"parentbased(const(false), remote not sampled: const(true))", false, true, true,
		},
		{"overruling", sampler.NewOverruling(always), "overruling(const(true))", true, true, true},
		{"overruling with no", sampler.NewOverruling(never), "overruling(const(false))", false, false, false},
	} {
		given, _ := newTestTracer(t, WithSampler(tt.sampler))
		set, _ := newTestTracer(t)
		if err := set.SetSampler(tt.sampler); err != nil {
			t.Fatal(err)
		}
		for name, tracer := range map[string]*Tracer{"WithSampler": given, "SetSampler": set} {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				sampled := func(opts ...opentracing.StartSpanOption) bool {
					return own(tracer.StartSpan("op", opts...).Context()).IsSampled()
				}
				no, yes := requestWith(t, tracer, "uber-trace-id", "abc:def:0:0"), requestWith(t, tracer, "uber-trace-id", "abc:def:0:1")
				if a, b, c := sampled(), sampled(opentracing.ChildOf(no)), sampled(opentracing.ChildOf(yes)); a != tt.alone || b != tt.unsampled || c != tt.sampled {
					t.Errorf("sampled %v, %v, %v; want %v, %v, %v", a, b, c, tt.alone, tt.unsampled, tt.sampled)
				}
				if d := tracer.Stats().Sampling.Description; d != tt.description {
					t.Errorf("described as %q, want %q", d, tt.description)
				}
			})
		}
	}
}

func TestSampleAll(t *testing.T) {
	tracer, err := New("orders", SampleAll(), WithReporter(reporter.Null{}))
	if err != nil {
		t.Fatal(err)
	}
	defer tracer.Close()
	for range 100 {
		if !tracer.StartSpan("op").(*Span).IsRecording() {
			t.Fatal("a trace is not sampled")
		}
	}
	if tracer.StartSpan("op", opentracing.ChildOf(requestWith(t, tracer, "uber-trace-id", "abc:def:0:0"))).(*Span).IsRecording() {
		t.Error("the caller of this one does not sample")
	}
}
