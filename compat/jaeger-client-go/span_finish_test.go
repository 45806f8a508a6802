// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	jaeger "github.com/uber/jaeger-client-go"
)

// One clock tells when a span starts and when it ends: two that differ make spans that end
// before they start.
func TestOneClockTimesASpan(t *testing.T) {
	asked := 0
	clock := jaeger.TracerOptions.TimeNow(func() time.Time {
		asked++
		return time.Unix(1_000_000+int64(asked), 0)
	})
	counted := jaeger.TracerOptions.Metrics(jaeger.NewMetrics(newCounters(), nil))
	for name, reporter := range map[string]jaeger.Reporter{"none": jaeger.NewNullReporter(), "memory": jaeger.NewInMemoryReporter()} {
		tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), reporter, clock, counted)
		asked = 0
		span := start(tracer, "op")
		span.Finish()
		if asked != 2 || span.Duration() != time.Second {
			t.Errorf("%s: %d readings, %v", name, asked, span.Duration())
		}
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
}

// finisher is an observer that finishes its span once more, and notes how often it is told.
type finisher struct {
	span opentracing.Span
	told int
}

func (f *finisher) OnStartSpan(s opentracing.Span, _ string, _ opentracing.StartSpanOptions) (jaeger.ContribSpanObserver, bool) {
	f.span = s
	return f, true
}
func (*finisher) OnSetOperationName(string) {}
func (*finisher) OnSetTag(string, any)      {}
func (f *finisher) OnFinish(opentracing.FinishOptions) {
	f.told++
	f.span.Finish()
}

func TestObserverThatFinishesItsSpan(t *testing.T) {
	observer, metrics := &finisher{}, newCounters()
	tracer, memory := newTracer(t, nil, jaeger.TracerOptions.ContribObserver(observer), jaeger.TracerOptions.Metrics(jaeger.NewMetrics(metrics, nil)))
	end := time.Now().Round(0).Add(time.Minute)
	span := start(tracer, "op")
	span.FinishWithOptions(opentracing.FinishOptions{FinishTime: end})
	span.Finish()
	if n := memory.SpansSubmitted(); n != 1 || observer.told != 1 {
		t.Errorf("%d reported, observer told %d times", n, observer.told)
	}
	if got := span.StartTime().Add(span.Duration()); !got.Equal(end) {
		t.Errorf("ends at %v, want %v", got, end)
	}
	if got := metrics.String(); !strings.Contains(got, "finished_spans|sampled=y 1") {
		t.Errorf("counted\n%s", got)
	}
	if n := tracer.SpurTracer().Stats().Spans.DoubleFinish; n != 1 {
		t.Errorf("%d double finishes, want the one behind the end", n)
	}
}

// A span that no tracer has started, and none at all, are spans that do nothing.
func TestNoSpan(t *testing.T) {
	for _, s := range []*jaeger.Span{nil, {}} {
		s.SetTag("k", 1).SetOperationName("op").SetBaggageItem("k", "v").LogKV("k", 1)
		s.LogFields(log.String("k", "v"))
		s.LogEvent("e")
		s.LogEventWithPayload("e", 1)
		jaeger.EnableFirehose(s)
		s.Finish()
		s.FinishWithOptions(opentracing.FinishOptions{})
		s.Retain().Release()
		if s.SpanContext().IsValid() || s.Context().(jaeger.SpanContext).IsSampled() || s.BaggageItem("k") != "" || s.OperationName() != "" ||
			s.Duration() != 0 || len(s.Tags())+len(s.Logs())+len(s.References()) != 0 {
			t.Errorf("%v has something", s)
		}
		s.StartTime()
		tracer := s.Tracer()
		tracer.StartSpan("op", opentracing.ChildOf(s.Context())).SetTag("k", 1).Finish()
		if err := tracer.Inject(s.Context(), opentracing.TextMap, opentracing.TextMapCarrier{}); err == nil {
			t.Error("injected")
		}
		if _, err := tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{}); err == nil {
			t.Error("extracted")
		}
		if err := tracer.(*jaeger.Tracer).Close(); err != nil {
			t.Error(err)
		}
	}
}
