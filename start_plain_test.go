// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// earlyPanic is an Early sampler that panics when it is asked early.
type earlyPanic struct{}

func (earlyPanic) Sample(sampler.Params) sampler.Decision { return sampler.Decision{Sample: true} }
func (earlyPanic) Excludes(sampler.Params) bool           { panic("early") }
func (e earlyPanic) Self() sampler.Sampler                { return e }

// asked is a Nameless sampler that notes what it is asked.
type asked struct {
	ignores, excludes bool
	what              []string
}

func (a *asked) note(what string, p sampler.Params) {
	a.what = append(a.what, fmt.Sprint(what, " ", p.Operation, " ", len(p.Tags)))
}

func (a *asked) Sample(p sampler.Params) sampler.Decision {
	a.note("sample", p)
	return sampler.Decision{}
}

func (a *asked) Excludes(p sampler.Params) bool {
	a.note("excludes", p)
	return a.excludes
}

func (a *asked) IgnoresOperation(p sampler.Params) bool {
	a.note("ignores", p)
	return a.ignores
}

func (a *asked) Self() sampler.Sampler { return a }

// A root without options, or with tags and a Namer alone, is what one with others is.
func TestPlainRoots(t *testing.T) {
	half, _ := sampler.NewProbabilistic(0.5)
	for name, s := range map[string]sampler.Sampler{
		"always": sampler.NewConst(true), "never": sampler.NewConst(false), "half": half, "undecided": &scripted{}, "panics": earlyPanic{},
		"panics always": sampler.NewParentBased((*sampler.Const)(nil)), "panics about names": namelessPanic{},
		"asked": &asked{}, "asked, ignores names": &asked{ignores: true}, "asked, excludes": &asked{excludes: true},
	} {
		for _, wide := range []bool{false, true} {
			tracer, _ := newTestTracer(t, WithSampler(s), WithTraceID128(wide))
			tag, tags := opentracing.Tag{Key: "k", Value: "v"}, opentracing.Tags{"n": 1}
			for i := range 20 {
				said := func() []opentracing.StartSpanOption {
					n := &namer{name: "named"}
					return [][]opentracing.StartSpanOption{nil, {tag}, {tags}, {n}, {tag, nil, tags, n}}[i%5]
				}
				panics := tracer.Stats().Cut.Panics
				questions := func() (all []string) {
					if a, ok := s.(*asked); ok {
						all, a.what = a.what, nil
					}
					all = append(all, fmt.Sprint(tracer.Stats().Cut.Panics-panics, " panics"))
					panics = tracer.Stats().Cut.Panics
					return all
				}
				plain := tracer.StartSpan("op", said()...).(*Span)
				ofPlain := questions()
				given := tracer.StartSpan("op", append(said(), SelfRef(NewSpanContext(model.Context{
					TraceID: plain.SpanContext().TraceID(), SpanID: plain.SpanContext().SpanID(), State: model.StateDeferred | model.StateW3CRandom,
				})))...).(*Span)
				a, b := plain.SpanContext().Model(), given.SpanContext().Model()
				if a.Flags != b.Flags || a.State != b.State || (a.TraceID.High != 0) != wide || a.SpanID != model.SpanID(a.TraceID.Low) || a.ParentID != 0 {
					t.Fatalf("%s: %+v, with options %+v", name, a, b)
				}
				if got, want := plain.Tags(), given.Tags(); !reflect.DeepEqual(got, want) {
					t.Fatalf("%s: tags %v, with options %v", name, got, want)
				}
				if got, want := plain.OperationName(), given.OperationName(); got != want || i%5 < 3 && got != "op" {
					t.Fatalf("%s: called %q, with options %q", name, got, want)
				}
				if want := questions(); !slices.Equal(ofPlain, want) {
					t.Fatalf("%s: asked %q, with options %q", name, ofPlain, want)
				}
				if d := time.Since(plain.StartTime()); d < 0 || d > time.Minute {
					t.Fatalf("%s: started %s ago", name, d)
				}
				plain.Finish()
				given.Finish()
			}
			if st := tracer.Stats().Spans; st.Started != 40 || st.Open != 0 {
				t.Errorf("%s: %+v", name, st)
			}
		}
	}
}

// A child of which nothing is said but its parent is what one with other options is.
func TestPlainChildren(t *testing.T) {
	for name, s := range map[string]sampler.Sampler{
		"always": sampler.NewConst(true), "never": sampler.NewConst(false), "undecided": &scripted{},
	} {
		tracer, _ := newTestTracer(t, WithSampler(s))
		other, _ := newTestTracer(t, WithSampler(s))
		root := tracer.StartSpan("root").SetBaggageItem("k", "v").(*Span)
		for parent, c := range map[string]opentracing.SpanContext{
			"span": root.Context(), "remote": extracted(t, tracer, root), "of another tracer": other.StartSpan("other").Context(),
			"zero": SpanContext{}, "none": nil,
		} {
			plain := tracer.StartSpan("op", opentracing.ChildOf(c)).(*Span)
			given := tracer.StartSpan("op", opentracing.ChildOf(c), opentracing.Tags(nil)).(*Span)
			if a, b := plain.References(), given.References(); !reflect.DeepEqual(a, b) {
				t.Errorf("%s, %s: references %v, with options %v", name, parent, a, b)
			}
			if a, b := plain.BaggageItem("k"), given.BaggageItem("k"); a != b {
				t.Errorf("%s, %s: baggage %q, with options %q", name, parent, a, b)
			}
			if p, ok := c.(SpanContext); ok && p.IsValid() && (plain.SpanContext().TraceID() != p.TraceID() || plain.SpanContext().ParentID() != p.SpanID()) {
				t.Errorf("%s, %s: %v", name, parent, plain)
			}
			if d := time.Since(plain.StartTime()); d < 0 || d > time.Minute || plain.OperationName() != "op" {
				t.Errorf("%s, %s: %s started %s ago", name, parent, plain.OperationName(), d)
			}
			a, b := plain.Data(), given.Data()
			if a.Flags != b.Flags || a.State != b.State || a.ParentRemote != b.ParentRemote || a.SpanID == b.SpanID || len(a.Tags) != len(b.Tags) {
				t.Errorf("%s, %s: %+v, with options %+v", name, parent, a, b)
			}
			plain.Finish()
			given.Finish()
		}
		root.Finish()
		if st := tracer.Stats().Spans; st.Started != 11 || st.Open != 0 {
			t.Errorf("%s: %+v", name, st)
		}
	}
}

// Of a root that an Early sampler excludes nobody reads the tags, but sampling.priority.
func TestExcludedRoots(t *testing.T) {
	read := 0
	redactor := func(place Place, _ string, v model.Value) (model.Value, bool) {
		if place == PlaceTag {
			read++
		}
		return v, true
	}
	tracer, got := newTestTracer(t, WithSampler(sampler.NewConst(false)), WithRedactor(redactor))
	tracer.StartSpan("op", opentracing.Tag{Key: "k", Value: "v"}).Finish()
	if read != 0 {
		t.Errorf("%d tags were read", read)
	}
	tracer.StartSpan("op", opentracing.Tag{Key: "k", Value: "v"}, opentracing.Tag{Key: samplingPriority, Value: 1}).Finish()
	if spans := got.all(); len(spans) != 1 || tagMap(spans[0].Tags)["k"] != "v" {
		t.Errorf("reported %v", spans)
	}
}

// How long a span took is measured for who is told.
func TestDurationOfUnrecordedSpans(t *testing.T) {
	quiet, _ := newTestTracer(t, WithSampler(sampler.NewConst(false)))
	observed, _ := newTestTracer(t, WithSampler(sampler.NewConst(false)), WithObserver(finishes{}))
	for tracer, measured := range map[*Tracer]bool{quiet: false, observed: true} {
		s := tracer.StartSpan("op", opentracing.StartTime(time.Now().Add(-time.Second))).(*Span)
		s.Finish()
		if (s.Duration() >= time.Second) != measured {
			t.Errorf("measured: %t, took %s", measured, s.Duration())
		}
	}
}

// finishes is an observer of the end.
type finishes struct{}

func (finishes) OnFinish(*Span, *model.Span) {}

// A trace that is sampled while one of its spans ends has that span's duration.
func TestSampledWhileFinishing(t *testing.T) {
	tracer, got := newTestTracer(t, WithSampler(sampler.NewConst(false)))
	s := tracer.StartSpan("op", opentracing.StartTime(time.Now().Add(-time.Second))).(*Span)
	tracer.StartSpan("child", opentracing.ChildOf(s.Context())).SetTag(samplingPriority, 1)
	s.finish(notMeasured) // as Finish calls it when it looked before SetTag
	spans := got.all()
	if len(spans) != 1 || spans[0].Duration < time.Second || s.Duration() != spans[0].Duration || len(spans[0].Tags) != 0 {
		t.Errorf("%+v", spans)
	}
}
