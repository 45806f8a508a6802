// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
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
