// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/log"
)

// recorder is a sampler, an observer and a reporter that notes how it is called.
type recorder struct {
	jaeger.SamplerV2Base
	calls  []string
	decide func(call string) jaeger.SamplingDecision
}

func (r *recorder) note(format string, args ...any) jaeger.SamplingDecision {
	call := fmt.Sprintf(format, args...)
	r.calls = append(r.calls, call)
	if r.decide == nil {
		return jaeger.SamplingDecision{Retryable: true}
	}
	return r.decide(call)
}

func (r *recorder) OnCreateSpan(s *jaeger.Span) jaeger.SamplingDecision {
	return r.note("create %s %v", s.OperationName(), s.Tags())
}

func (r *recorder) OnSetOperationName(s *jaeger.Span, name string) jaeger.SamplingDecision {
	return r.note("name %s", name)
}

func (r *recorder) OnSetTag(s *jaeger.Span, key string, value interface{}) jaeger.SamplingDecision {
	return r.note("tag %s=%v", key, value)
}

func (r *recorder) OnFinishSpan(s *jaeger.Span) jaeger.SamplingDecision {
	return r.note("finish %s %t", s.OperationName(), s.Duration() > 0)
}

type spanObserver struct{ r *recorder }

func (r *recorder) OnStartSpan(_ opentracing.Span, name string, options opentracing.StartSpanOptions) (jaeger.ContribSpanObserver, bool) {
	r.note("observe %s %v", name, options.Tags)
	return spanObserver{r}, name != "unseen"
}
func (o spanObserver) OnSetOperationName(name string) { o.r.note("observe name %s", name) }
func (o spanObserver) OnSetTag(key string, value interface{}) {
	o.r.note("observe tag %s=%v", key, value)
}

func (o spanObserver) OnFinish(options opentracing.FinishOptions) {
	o.r.note("observe finish %t", options.FinishTime.IsZero())
}

func (r *recorder) Report(s *jaeger.Span) { r.note("report %s", s.OperationName()) }

// A SamplerV2 is asked at every step of every span until it is sure.
func TestSamplerV2(t *testing.T) {
	yes := jaeger.SamplingDecision{Sample: true, Tags: []jaeger.Tag{jaeger.NewTag("why", "because")}}
	for _, tc := range []struct {
		name     string
		at       string // the call that is answered with decision
		decision jaeger.SamplingDecision
		reported int
		final    bool
	}{
		{"never sure", "", yes, 0, false},
		{"at the start", "create root map[]", yes, 2, true},
		{"at a start tag", "tag start=1", yes, 2, true},
		{"at a tag of the child", "tag k=v", yes, 2, true},
		{"at a name", "name renamed", yes, 2, true},
		{"at the end of the child", "finish renamed true", yes, 2, true},
		{"at the end of the root", "finish root true", yes, 1, true},
		{"no", "tag k=v", jaeger.SamplingDecision{}, 0, true},
		{"yes, but to be asked again", "tag k=v", jaeger.SamplingDecision{Sample: true, Retryable: true}, 2, false},
	} {
		r := &recorder{}
		sure := false
		r.decide = func(call string) jaeger.SamplingDecision {
			if sure {
				t.Errorf("%s: asked %q after the decision", tc.name, call)
			}
			if call != tc.at {
				return jaeger.SamplingDecision{Retryable: true}
			}
			sure = !tc.decision.Retryable
			return tc.decision
		}
		tracer, memory := newTracer(t, r)
		root := start(tracer, "root", opentracing.Tag{Key: "start", Value: 1})
		child := start(tracer, "child", opentracing.ChildOf(root.Context()))
		child.SetTag("k", "v").SetOperationName("renamed").Finish()
		root.Finish()
		if n := memory.SpansSubmitted(); n != tc.reported {
			t.Errorf("%s: %d reported, want %d; asked %q", tc.name, n, tc.reported, r.calls)
		}
		c := root.SpanContext()
		if c.IsSamplingFinalized() != tc.final || c.IsSampled() != (tc.reported > 0) {
			t.Errorf("%s: final %t, sampled %t", tc.name, c.IsSamplingFinalized(), c.IsSampled())
		}
		if got := root.Tags()["why"]; (got == "because") != (strings.Contains(tc.at, "root") || tc.at == "tag start=1") {
			t.Errorf("%s: the root has why=%v", tc.name, got)
		}
	}
}

// What a sampler keeps for a trace is there for all its spans.
func TestExtendedSamplingState(t *testing.T) {
	tracer, _ := newTracer(t, &recorder{})
	root := start(tracer, "root")
	child := start(tracer, "child", opentracing.ChildOf(root.Context()))
	first := root.SpanContext().ExtendedSamplingState("k", func() interface{} { return "a" })
	second := child.SpanContext().ExtendedSamplingState("k", func() interface{} { return "b" })
	if first != "a" || second != "a" {
		t.Errorf("%v, %v", first, second)
	}
	if got := (jaeger.SpanContext{}).ExtendedSamplingState("k", func() interface{} { return "c" }); got != "c" {
		t.Errorf("of no trace: %v", got)
	}
}

func TestObserver(t *testing.T) {
	r := &recorder{}
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(false), r, jaeger.TracerOptions.ContribObserver(r))
	s := start(tracer, "op", opentracing.Tag{Key: "a", Value: 1})
	s.SetOperationName("renamed").SetTag("b", 2).Finish()
	start(tracer, "unseen").SetTag("c", 3).Finish()
	closer.Close()
	want := []string{"observe op map[a:1]", "observe tag a=1", "observe name renamed", "observe tag b=2", "observe finish false", "observe unseen map[]"}
	if !reflect.DeepEqual(r.calls, want) {
		t.Errorf("called %q, want %q", r.calls, want)
	}
}

// panicking is everything of the program's own, and panics.
type panicking struct{ jaeger.SamplerV2Base }

func (panicking) OnCreateSpan(*jaeger.Span) jaeger.SamplingDecision               { panic("create") }
func (panicking) OnSetOperationName(*jaeger.Span, string) jaeger.SamplingDecision { panic("name") }
func (panicking) OnSetTag(*jaeger.Span, string, interface{}) jaeger.SamplingDecision {
	panic("tag")
}
func (panicking) OnFinishSpan(*jaeger.Span) jaeger.SamplingDecision     { panic("finish") }
func (panicking) IsSampled(jaeger.TraceID, string) (bool, []jaeger.Tag) { panic("sampled") }
func (panicking) Close()                                                { panic("close") }
func (panicking) Report(*jaeger.Span)                                   { panic("report") }
func (panicking) Inject(jaeger.SpanContext, interface{}) error          { panic("inject") }
func (panicking) Extract(interface{}) (c jaeger.SpanContext, err error) { panic("extract") }
func (panicking) Apply(*opentracing.StartSpanOptions)                   { panic("apply") }
func (panicking) OnStartSpan(opentracing.Span, string, opentracing.StartSpanOptions) (jaeger.ContribSpanObserver, bool) {
	panic("observe")
}

// plainPanicking is a Sampler alone.
type plainPanicking struct{ jaeger.Sampler }

func TestPanicsOfThePrograms(t *testing.T) {
	for _, s := range []jaeger.Sampler{panicking{}, plainPanicking{panicking{}}, jaeger.NewConstSampler(true)} {
		var logger log.BytesBufferLogger
		tracer, closer := jaeger.NewTracer("orders", s, panicking{}, jaeger.TracerOptions.Logger(&logger), jaeger.TracerOptions.ContribObserver(panicking{}),
			jaeger.TracerOptions.Injector("f", panicking{}), jaeger.TracerOptions.Extractor("f", panicking{}),
			jaeger.TracerOptions.TimeNow(func() time.Time { panic("time") }), jaeger.TracerOptions.RandomNumber(func() uint64 { panic("random") }))
		root := start(tracer, "op", panicking{}, nil)
		start(tracer, "child", opentracing.ChildOf(root.Context())).SetTag("k", 1).SetOperationName("x").Finish()
		root.Finish()
		if err := tracer.Inject(root.Context(), "f", nil); err == nil {
			t.Error("Inject succeeded")
		}
		if _, err := tracer.Extract("f", nil); err == nil {
			t.Error("Extract succeeded")
		}
		closer.Close()
		if !strings.Contains(logger.String(), "panicked: ") {
			t.Errorf("logged %q", logger.String())
		}
	}
}
