// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/uber/jaeger-client-go"
)

type allowing struct {
	yes   bool
	asked []string
}

func (a *allowing) IsAllowed(operation string) bool {
	a.asked = append(a.asked, operation)
	return a.yes
}

// TestThrottlerDecidesAboutPriority sets sampling.priority on a span and when it starts:
// the throttler is asked about 1, not about 0 and not without debug flag.
func TestThrottlerDecidesAboutPriority(t *testing.T) {
	priority := func(n uint16) opentracing.Tag { return opentracing.Tag{Key: string(ext.SamplingPriority), Value: n} }
	for _, tc := range []struct {
		name             string
		allowed, noDebug bool
		value            uint16
		asked            int
		debug, sampled   bool
	}{
		{"allowed", true, false, 1, 1, true, true},
		{"refused", false, false, 1, 1, false, false},
		{"not to sample", true, false, 0, 0, false, false},
		{"without debug flag", false, true, 1, 0, false, true},
	} {
		for _, atStart := range []bool{false, true} {
			throttler := &allowing{yes: tc.allowed}
			tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(false), jaeger.NewNullReporter(),
				jaeger.TracerOptions.DebugThrottler(throttler), jaeger.TracerOptions.NoDebugFlagOnForcedSampling(tc.noDebug))
			var span opentracing.Span
			if atStart {
				span = tracer.StartSpan("GET", priority(tc.value), opentracing.Tag{Key: "k", Value: "v"})
			} else {
				span = tracer.StartSpan("GET").SetTag(string(ext.SamplingPriority), tc.value)
			}
			c := span.Context().(jaeger.SpanContext)
			if len(throttler.asked) != tc.asked || c.IsDebug() != tc.debug || c.IsSampled() != tc.sampled {
				t.Errorf("%s, at start %t: asked %v, debug %t, sampled %t", tc.name, atStart, throttler.asked, c.IsDebug(), c.IsSampled())
			}
			span.Finish()
			_ = closer.Close()
		}
	}
}
