// SPDX-License-Identifier: Apache-2.0

package zap_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/uber/jaeger-client-go"
	jaegerzap "github.com/uber/jaeger-client-go/log/zap"
)

type object = map[string]interface{}

// written returns what a field adds to a line, as zap's own map encoder sees it.
func written(field zapcore.Field) object {
	enc := zapcore.NewMapObjectEncoder()
	field.AddTo(enc)
	return enc.Fields
}

func newTracer(t *testing.T) opentracing.Tracer {
	tracer, closer := jaeger.NewTracer("svc", jaeger.NewConstSampler(true), jaeger.NewInMemoryReporter())
	t.Cleanup(func() { _ = closer.Close() })
	return tracer
}

func TestTrace(t *testing.T) {
	if f := jaegerzap.Trace(nil); f != zap.Skip() { //nolint:staticcheck // nil is what it stands for
		t.Errorf("of nil %+v", f)
	}
	for name, ctx := range map[string]context.Context{
		"no span":      context.Background(),
		"another span": opentracing.ContextWithSpan(context.Background(), opentracing.NoopTracer{}.StartSpan("x")),
	} {
		if got := written(jaegerzap.Trace(ctx)); !reflect.DeepEqual(got, object{"trace": object{}}) {
			t.Errorf("%s: %v", name, got)
		}
	}
	span := newTracer(t).StartSpan("op")
	c := span.Context().(jaeger.SpanContext)
	want := object{"trace": object{"span": c.SpanID().String(), "trace": c.TraceID().String(), "sampled": true}}
	if got := written(jaegerzap.Trace(opentracing.ContextWithSpan(context.Background(), span))); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestContext(t *testing.T) {
	c := jaeger.NewSpanContext(jaeger.TraceID{High: 1, Low: 2}, 3, 4, true, map[string]string{"user": "7"})
	want := object{"context": object{
		"trace": "00000000000000010000000000000002", "span": "0000000000000003", "parent": "0000000000000004",
		"debug": false, "sampled": true, "firehose": false,
		"baggage": []interface{}{object{"key": "user", "value": "7"}},
	}}
	if got := written(jaegerzap.Context(c)); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := written(jaegerzap.Context(jaeger.SpanContext{}))["context"].(object)["sampled"]; got != false {
		t.Errorf("the zero value is sampled: %v", got)
	}
}

// foreign is a context of another tracer.
type foreign struct{}

func (foreign) ForeachBaggageItem(func(k, v string) bool) {}

func TestSpan(t *testing.T) {
	tracer := newTracer(t)
	parent := tracer.StartSpan("parent")
	parent.SetBaggageItem("user", "7")
	earlier := tracer.StartSpan("earlier")
	now := time.Now().Round(0)
	span := tracer.StartSpan("child", opentracing.ChildOf(parent.Context()), opentracing.FollowsFrom(earlier.Context()), opentracing.StartTime(now)).(*jaeger.Span)
	ext.SamplingPriority.Set(span, 1)
	jaeger.EnableFirehose(span)
	span.LogFields(log.String("event", "packed"), log.Int("items", 3))
	span.LogKV("ok", true)

	p, e, c := parent.Context().(jaeger.SpanContext), earlier.Context().(jaeger.SpanContext), span.SpanContext()
	got := written(jaegerzap.Span(span))["span"].(object)
	for _, one := range got["logs"].([]interface{}) {
		if ts := one.(object)["ts"].(time.Time); ts.Before(now) || ts.After(time.Now()) {
			t.Errorf("logged at %v", ts)
		}
		delete(one.(object), "ts")
	}
	want := object{
		"context": object{
			"trace": c.TraceID().String(), "span": c.SpanID().String(), "parent": p.SpanID().String(),
			"debug": true, "sampled": true, "firehose": true,
			"baggage": []interface{}{object{"key": "user", "value": "7"}},
		},
		"operation_name": "child", "duration": time.Duration(0), "start_time": now,
		"tags": object{"key": "sampling.priority", "value": uint16(1)},
		"logs": []interface{}{
			object{"fields": []interface{}{object{"key": "event", "value": "packed"}, object{"key": "items", "value": "3"}}},
			object{"fields": []interface{}{object{"key": "ok", "value": "true"}}},
		},
		"span_refs": []interface{}{
			object{"type": "child_of", "span": p.SpanID().String(), "trace": p.TraceID().String()},
			object{"type": "follows_from", "span": e.SpanID().String(), "trace": e.TraceID().String()},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n%v, want\n%v", got, want)
	}
}

func TestNoSpan(t *testing.T) {
	for _, tt := range []struct {
		span opentracing.Span
		want string
	}{
		{nil, "nil span"},
		{(*jaeger.Span)(nil), "nil span"},
		{opentracing.NoopTracer{}.StartSpan("x"), "non jaeger span"},
	} {
		if got := written(jaegerzap.Span(tt.span)); !reflect.DeepEqual(got, object{"err": tt.want}) {
			t.Errorf("%v", got)
		}
	}
}

// line logs a field as JSON.
func line(field zapcore.Field) string {
	var out bytes.Buffer
	c := zap.NewProductionEncoderConfig()
	logger := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(c), zapcore.AddSync(&out), zap.DebugLevel))
	logger.Info("m", field)
	return strings.TrimSpace(out.String())
}

// TestSpanAsJSON: every tag is in the line, also one that JSON cannot hold.
func TestSpanAsJSON(t *testing.T) {
	span := newTracer(t).StartSpan("op", opentracing.ChildOf(foreign{}))
	span.SetTag("b", math.NaN())
	span.SetTag("a", "text")
	got := line(jaegerzap.Span(span))
	if !strings.Contains(got, `"key":"a","value":"text","key":"b","value":"NaN"`) || !json.Valid([]byte(got)) {
		t.Error(got)
	}
	if strings.Contains(got, "spanError") {
		t.Error(got)
	}
}
