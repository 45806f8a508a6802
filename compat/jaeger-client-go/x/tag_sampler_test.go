// SPDX-License-Identifier: Apache-2.0

package x_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/x"
)

type pair struct{ a, b int }

func TestTagMatchingSampler(t *testing.T) {
	pointer := new(int)
	for _, tt := range []struct {
		look, set interface{}
		match     bool
	}{
		{"phone", "phone", true},
		{"phone", "Phone", false},
		{"server", ext.SpanKindRPCServerEnum, true},
		{"42", 42, false},
		{42, 42, true},
		{42, 42.0, true},
		{42.0, 42, true},
		{42.0, uint8(42), true},
		{uint64(42), int32(42), true},
		{42, float32(42), true},
		{42, 42.5, false},
		{0, math.Copysign(0, -1), true},
		{uint64(math.MaxUint64), uint64(math.MaxUint64), true},
		{uint64(1 << 63), float64(1 << 63), true},
		{uint64(math.MaxUint64), -1, false},
		{math.MaxInt, float64(1 << 63), false},
		{1e300, 1e300, true},
		{math.Inf(1), math.Inf(1), true},
		{math.NaN(), math.NaN(), false},
		{int64(time.Second), time.Second, true},
		{true, true, true},
		{true, "true", false},
		{1, true, false},
		{nil, nil, true},
		{nil, "", false},
		{pointer, pointer, true},
		{pointer, new(int), false},
		{pair{1, 2}, pair{1, 2}, true},
		{[]string{"a"}, []string{"a"}, false},
		{"a", []string{"a"}, false},
		{"a", map[string]string{}, false},
		{"a", func() {}, false},
		{"a", struct{ v interface{} }{[]byte{1}}, false},
	} {
		t.Run(fmt.Sprintf("%T=%v %T=%v", tt.look, tt.look, tt.set, tt.set), func(t *testing.T) {
			tracer, closer := jaeger.NewTracer("svc",
				x.NewTagMatchingSampler("k", []x.TagMatcher{{TagValue: tt.look}}), jaeger.NewNullReporter())
			defer closer.Close()
			want := fmt.Sprint("sampled ", tt.match, " final ", tt.match)

			span := tracer.StartSpan("op")
			span.SetTag("other", tt.set)
			span.SetOperationName("renamed")
			if got := state(span); got != "sampled false final false" {
				t.Errorf("before the tag: %s", got)
			}
			span.SetTag("k", tt.set)
			if got := state(span); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			span.Finish()
			if got := state(span); got != want {
				t.Errorf("finished: %s, want %s", got, want)
			}

			span = tracer.StartSpan("op", opentracing.Tags{"a": 1, "k": tt.set, "b": 2, "c": 3})
			if got := state(span); got != want {
				t.Errorf("as a start tag: %s, want %s", got, want)
			}
			span.Finish()
		})
	}
}

// TestTagMatchingSamplerTags: the value is written as the program or the server gave it.
func TestTagMatchingSamplerTags(t *testing.T) {
	s := x.NewTagMatchingSampler("k", []x.TagMatcher{
		{TagValue: 42.0, Firehose: true}, {TagValue: 1e21}, {TagValue: "x"}, {TagValue: "x", Firehose: true}, {TagValue: true, Firehose: true}, {TagValue: true},
	})
	tracer, closer := jaeger.NewTracer("svc", s, jaeger.NewNullReporter())
	defer closer.Close()
	for _, tt := range []struct {
		value    interface{}
		param    string
		firehose bool
	}{{42, "k=42", true}, {1e21, "k=1e+21", false}, {"x", "k=x", true}, {true, "k=true", false}} {
		span := tracer.StartSpan("op").(*jaeger.Span)
		span.SetTag("k", tt.value)
		tags := span.Tags()
		if tags["sampler.type"] != "TagMatchingSampler" || tags["sampler.param"] != tt.param {
			t.Errorf("%v", tags)
		}
		if got := span.SpanContext().IsFirehose(); got != tt.firehose {
			t.Errorf("%v: firehose %v", tt.value, got)
		}
		span.Finish()
	}
}
