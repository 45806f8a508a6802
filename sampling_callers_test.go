// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

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
