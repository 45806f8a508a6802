// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur/internal/race"
)

// TestAllocs holds compat to its numbers. Seven of each span's allocations are the
// benchmark's own: five values of tags, and the options of StartSpan. Context takes one.
func TestAllocs(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	for name, sampler := range samplers() {
		for _, children := range []bool{false, true} {
			tracer, closer := jaeger.NewTracer("service", sampler, jaeger.NewNullReporter())
			s := newSpanner(tracer, children)
			for range 1000 { // until memory is used again
				s.span()
			}
			name := fmt.Sprintf("%s, children %t", name, children)
			if got := testing.AllocsPerRun(200, s.span); got != wantAllocs[name] {
				t.Errorf("%s: a span takes %v allocations, want %v", name, got, wantAllocs[name])
			}
			_ = closer.Close()
		}
	}
	if got := testing.AllocsPerRun(200, newSpanner(opentracing.NoopTracer{}, true).span); got != 7 {
		t.Errorf("without a tracer a span takes %v allocations, want 7", got)
	}
	tracer, closer := jaeger.NewTracer("service", jaeger.NewConstSampler(true), jaeger.NewNullReporter())
	defer closer.Close()
	in := opentracing.HTTPHeadersCarrier{"Uber-Trace-Id": {"463ac35c9f6413ad48485a3953bb6124:a2fb4a1d1a96d312:0:1"}, "Uberctx-User": {"a b"}}
	for _, tc := range []struct {
		name string
		want float64
		f    func()
	}{
		{"LogFields", 2, func() {
			span := tracer.StartSpan("span")
			span.LogFields(log.String("event", "cache miss"), log.Int("size", 5))
			span.Finish()
		}},
		{"headers", 8, func() {
			parent, _ := tracer.Extract(opentracing.HTTPHeaders, in)
			_ = tracer.Inject(parent, opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(http.Header{}))
		}},
	} {
		for range 1000 {
			tc.f()
		}
		if got := testing.AllocsPerRun(200, tc.f); got != tc.want {
			t.Errorf("%s: %v allocations, want %v", tc.name, got, tc.want)
		}
	}
}

var wantAllocs = map[string]float64{
	"never, children false": 8, "never, children true": 9, "always, children false": 8, "always, children true": 9,
	"operations-never, children false": 8, "operations-never, children true": 9, "operations-always, children false": 8, "operations-always, children true": 9,
	"late-never, children false": 9, "late-never, children true": 9, "late-always, children false": 8, "late-always, children true": 9,
}
