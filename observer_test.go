// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// A sampler that panics costs a trace, not the service.
func TestPanickingSamplerDoesNotSample(t *testing.T) {
	boom := func(sampler.Params) sampler.Decision { panic("sample") }
	for _, tt := range []struct {
		name    string
		sampler sampler.Sampler
		counted SpanStats
	}{
		{"Sample", &scripted{sample: boom}, SpanStats{Started: 2, FinishedUnsampled: 2}},
		{"Sample of ParentBased's root", sampler.NewParentBased(&scripted{sample: boom}), SpanStats{Started: 2, FinishedUnsampled: 2}},
		{"Reconsider", &scripted{reconsider: func(sampler.Event) sampler.Decision { panic("reconsider") }}, SpanStats{Started: 2, FinishedUnsampled: 2}},
		{"Reconsider at the end", &scripted{reconsider: func(e sampler.Event) sampler.Decision {
			if e.Kind == sampler.EventFinish {
				panic("reconsider")
			}
			return sampler.Decision{Undecided: true}
		}}, SpanStats{Started: 2, FinishedUnsampled: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t, WithSampler(tt.sampler))
			root := tracer.StartSpan("root").(*Span)
			child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
			child.SetTag("k", 1).SetOperationName("renamed").Finish()
			root.Finish()
			st := tracer.Stats()
			if st.Spans != tt.counted || st.Cut.Panics != 1 || len(got.all()) != 0 {
				t.Errorf("counted %+v, %d panics, %d reported; want %+v, 1, 0", st.Spans, st.Cut.Panics, len(got.all()), tt.counted)
			}
		})
	}
}

// bursting panics in Report.
type bursting struct{ collector }

func (*bursting) Report(*model.Span) { panic("report") }

// burstingStatser keeps books of its own, so that nobody wraps it.
type burstingStatser struct{ bursting }

func (*burstingStatser) Stats() []reporter.DestinationStats { return nil }

func TestPanickingReporter(t *testing.T) {
	for _, tt := range []struct {
		name    string
		r       reporter.Reporter
		more    []Option
		panics  uint64
		dropped []uint64 // by destination
	}{
		{"plain", &bursting{}, nil, 0, []uint64{1}},
		{"beside another", &bursting{}, []Option{WithReporter(&collector{})}, 0, []uint64{1, 0}},
		{"with its own books", &burstingStatser{}, nil, 1, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := append([]Option{WithReporter(tt.r), WithSampler(sampler.NewConst(true)), WithLogger(nil)}, tt.more...)
			tracer, err := New("test", opts...)
			if err != nil {
				t.Fatal(err)
			}
			s := tracer.StartSpan("op").(*Span)
			s.SetTag("k", 1).Finish()
			if err := tracer.Close(); err != nil {
				t.Error(err)
			}
			checkBooks(t, tracer)
			st := tracer.Stats()
			if st.Cut.Panics != tt.panics || st.Spans.FinishedSampled != 1 || !s.Finished() || len(st.Destinations) != len(tt.dropped) {
				t.Fatalf("%+v", st)
			}
			for i, want := range tt.dropped {
				if d := st.Destinations[i]; d.Dropped[reporter.SendError] != want || d.Sent != 1-want {
					t.Errorf("destination %d: %+v", i, d)
				}
			}
		})
	}
}

// keepingCollector is a destination that declares it keeps spans.
type keepingCollector struct {
	collector
	keeps bool
}

func (k *keepingCollector) KeepsSpans() bool { return k.keeps }

// What a reporter declares must be seen through whatever wraps it.
func TestKeepsSpansThroughReporters(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rs    []reporter.Reporter
		keeps bool
	}{
		{"memory", []reporter.Reporter{&reporter.Memory{}}, true},
		{"counted", []reporter.Reporter{&keepingCollector{keeps: true}}, true},
		{"one of two", []reporter.Reporter{&collector{}, &keepingCollector{keeps: true}}, true},
		{"says no", []reporter.Reporter{&keepingCollector{}}, false},
		{"says nothing", []reporter.Reporter{&collector{}}, false},
		{"none of two", []reporter.Reporter{&collector{}, &keepingCollector{}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := []Option{WithSampler(sampler.NewConst(true)), WithLogger(nil)}
			for _, r := range tt.rs {
				opts = append(opts, WithReporter(r))
			}
			tracer, err := New("test", opts...)
			if err != nil {
				t.Fatal(err)
			}
			defer tracer.Shutdown(context.Background())
			s := tracer.StartSpan("op").(*Span)
			s.SetTag("k", "v").LogKV("event", "e")
			s.Finish()
			s.SetTag("k", "late").LogKV("event", "late")
			tags, logs := tagMap(s.Tags()), s.Logs()
			if tt.keeps && (tags["k"] != "v" || len(logs) != 1) {
				t.Errorf("tags %v, logs %v", tags, logs)
			}
			if !tt.keeps && (len(tags) != 0 || logs != nil) {
				t.Errorf("tags %v, logs %v of a record that is used again", tags, logs)
			}
			if n := tracer.Stats().Spans.UseAfterFinish; n != 2 {
				t.Errorf("%d late uses, want 2", n)
			}
		})
	}
}

func TestRedactorSeesEverythingFirst(t *testing.T) {
	const secret = "hunter2"
	redact := func(place Place, key string, v model.Value) (model.Value, bool) {
		if key == "panic" {
			panic("redactor")
		}
		if strings.Contains(v.String(), secret) {
			return model.String("***"), key != "drop"
		}
		return v, true
	}
	seen := &seeing{}
	tracer, got := newTestTracer(t, WithRedactor(redact), WithObserver(seen), WithSampler(seen),
		WithTags(opentracing.Tag{Key: "token", Value: secret}))
	s := tracer.StartSpan("op "+secret, opentracing.Tag{Key: "start", Value: secret}).(*Span)
	s.SetTag("k", secret).SetTag("drop", secret).SetTag("panic", 1)
	s.SetString("typed", secret).LogKV("k", secret, "o", []string{secret}, "drop", secret)
	s.SetOperationName("renamed " + secret)
	s.SetBaggageItem("b", secret).SetBaggageItem("drop", secret)
	s.Finish()
	span := got.only(t)
	all := seen.text() + span.Operation
	for _, tag := range append(span.Tags, span.Process.Tags...) {
		all += tag.Key + "=" + tag.Value.String() + " "
	}
	for _, l := range span.Logs {
		for _, f := range l.Fields {
			all += f.Key + "=" + f.Value.String() + " "
		}
	}
	if strings.Contains(all, secret) {
		t.Errorf("the secret got through: %s", all)
	}
	if logs := len(span.Logs); logs != 2 {
		t.Errorf("%d logs, want 2: one of the two items is not to be logged", logs)
	}
	if !strings.Contains(all, "typed=***") || strings.Contains(all, "drop=") || strings.Contains(all, "panic=") {
		t.Errorf("redacted wrongly: %s", all)
	}
	if s.BaggageItem("b") != secret {
		t.Error("baggage itself is not to be redacted")
	}
}

// seeing notes what an observer and sampler see.
type seeing struct {
	mu  sync.Mutex
	all strings.Builder
}

func (o *seeing) note(words ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all.WriteString(strings.Join(words, " ") + " ")
}

func (o *seeing) text() string { o.mu.Lock(); defer o.mu.Unlock(); return o.all.String() }

func (o *seeing) OnStart(s *Span, tags []model.Tag) {
	for _, t := range tags {
		o.note("start", t.Key, t.Value.String())
	}
	o.note(s.OperationName())
}

func (o *seeing) OnSetOperationName(_ *Span, op string) { o.note(op) }

func (o *seeing) OnSetTag(_ *Span, t model.Tag) { o.note("tag", t.Key, t.Value.String()) }

func (o *seeing) OnFinish(_ *Span, d *model.Span) { o.note("finish", d.Operation) }

func (o *seeing) Sample(p sampler.Params) sampler.Decision {
	o.note("sample", p.Operation)
	for _, t := range p.Tags {
		o.note(t.Key, t.Value.String())
	}
	return sampler.Decision{Sample: true}
}

func TestObserversSeeUnsampledSpans(t *testing.T) {
	seen := &seeing{}
	tracer, got := newTestTracer(t, WithObserver(seen), unsampled(), WithObserver(panicking{}))
	s := tracer.StartSpan("op", opentracing.Tag{Key: "a", Value: 1})
	child := tracer.StartSpan("child", opentracing.ChildOf(s.Context()), opentracing.Tag{Key: "b", Value: 2})
	child.SetTag("c", 3)
	child.SetOperationName("renamed")
	child.Finish()
	s.Finish()
	want := "start a 1 op start b 2 child tag c 3 renamed finish renamed finish op "
	if text := seen.text(); text != want {
		t.Errorf("observed %q, want %q", text, want)
	}
	if len(got.all()) != 0 || tracer.Stats().Spans.FinishedUnsampled != 2 || tracer.Stats().Cut.Panics != 2 {
		t.Errorf("%d reported, %+v", len(got.all()), tracer.Stats())
	}
}

type panicking struct{}
