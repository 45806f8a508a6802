// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"testing"
	"unsafe"

	"github.com/opentracing/opentracing-go"

	"github.com/uber/jaeger-client-go"
)

// looked is how programs look at a context of jaeger-client-go.
type looked struct {
	traceID       [16]byte
	spanID        [8]byte
	parentID      [8]byte
	baggage       uintptr
	debugID       [2]uintptr
	samplingState uintptr
	remote        bool
}

func isRemote(t *testing.T, c opentracing.SpanContext) bool {
	sc := c.(jaeger.SpanContext)
	if unsafe.Sizeof(sc) < unsafe.Sizeof(looked{}) {
		t.Fatalf("a context has %d bytes, who looks reads %d", unsafe.Sizeof(sc), unsafe.Sizeof(looked{}))
	}
	return (*looked)(unsafe.Pointer(&sc)).remote
}

// TestRemoteIsWhereProgramsLook reads the memory of contexts as spanprofiler of
// github.com/grafana/dskit does.
func TestRemoteIsWhereProgramsLook(t *testing.T) {
	c := jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 0, true, nil)
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewNullReporter(),
		jaeger.TracerOptions.Extractor("own", extractorFunc(func(any) (jaeger.SpanContext, error) { return c, nil })))
	defer closer.Close()
	header := opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:1"}
	received, err := tracer.Extract(opentracing.TextMap, header)
	if err != nil {
		t.Fatal(err)
	}
	own, err := tracer.Extract("own", nil)
	if err != nil {
		t.Fatal(err)
	}
	span := tracer.StartSpan("GET", opentracing.ChildOf(received))
	for _, tc := range []struct {
		name string
		ctx  opentracing.SpanContext
		want bool
	}{
		{"received", received, true},
		{"by an extractor of the program's own", own, true},
		{"made", c, false},
		{"zero", jaeger.SpanContext{}, false},
		{"a span's", span.Context(), false},
		{"with an item", span.SetBaggageItem("k", "v").Context().(jaeger.SpanContext).WithBaggageItem("l", "w"), false},
	} {
		if got := isRemote(t, tc.ctx); got != tc.want {
			t.Errorf("%s: remote %t", tc.name, got)
		}
	}
}

type extractorFunc func(any) (jaeger.SpanContext, error)

func (f extractorFunc) Extract(carrier any) (jaeger.SpanContext, error) { return f(carrier) }
