// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/harness"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// TestOpenTracingHarness runs OpenTracing's 16 API checks.
func TestOpenTracingHarness(t *testing.T) {
	for name, sample := range map[string]bool{"sampled": true, "unsampled": false} {
		t.Run(name, func(t *testing.T) {
			newTracer := func() (opentracing.Tracer, func()) {
				tracer, err := spur.New("harness", spur.WithReporter(&reporter.Memory{}), spur.WithLogger(nil),
					spur.WithSampler(sampler.NewConst(sample)))
				if err != nil {
					t.Fatal(err)
				}
				return tracer, func() {
					if err := tracer.Close(); err != nil {
						t.Error(err)
					}
				}
			}
			harness.RunAPIChecks(t, newTracer, harness.CheckEverything(), harness.UseProbe(probe{}))
		})
	}
}

type probe struct{}

func (probe) SameTrace(first, second opentracing.Span) bool {
	return first.(*spur.Span).SpanContext().TraceID() == second.(*spur.Span).SpanContext().TraceID()
}

func (probe) SameSpanContext(s opentracing.Span, c opentracing.SpanContext) bool {
	return s.(*spur.Span).SpanContext().Equal(c.(spur.SpanContext))
}
