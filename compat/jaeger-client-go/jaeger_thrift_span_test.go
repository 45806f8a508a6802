// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	jaeger "github.com/uber/jaeger-client-go"
	j "github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

// tagText prints tags as key=value, with the type in front of what is no text.
func tagText(tags []*j.Tag) string {
	var words []string
	for _, tag := range tags {
		var v any
		switch tag.VType {
		case j.TagType_STRING:
			v = tag.GetVStr()
		case j.TagType_BOOL:
			v = fmt.Sprintf("bool %v", tag.GetVBool())
		case j.TagType_LONG:
			v = fmt.Sprintf("long %d", tag.GetVLong())
		case j.TagType_DOUBLE:
			v = fmt.Sprintf("double %v", tag.GetVDouble())
		case j.TagType_BINARY:
			v = fmt.Sprintf("binary %x", tag.GetVBinary())
		}
		words = append(words, fmt.Sprintf("%s=%v", tag.Key, v))
	}
	return strings.Join(words, ", ")
}

var t0 = time.Unix(1_600_000_000, 123_456_789)

func TestBuildJaegerThrift(t *testing.T) {
	tracer, _ := newTracer(t, nil, jaeger.TracerOptions.Gen128Bit(true))
	parent := jaeger.NewSpanContext(jaeger.TraceID{High: 1, Low: 2}, 3, 0, true, nil)
	linked := jaeger.NewSpanContext(jaeger.TraceID{High: 4, Low: 5}, 6, 0, true, nil)
	s := start(tracer, "op", opentracing.StartTime(t0), opentracing.FollowsFrom(linked), opentracing.ChildOf(parent))
	s.SetTag("i", int8(-1)).SetTag("f", 1.5).SetTag("b", true).SetTag("x", []byte{1, 2}).SetTag("i", 2)
	s.Log(opentracing.LogData{Timestamp: t0.Add(time.Second), Event: "e"})
	open := jaeger.BuildJaegerThrift(s)
	if open.Duration != 0 {
		t.Errorf("before Finish: duration %d", open.Duration)
	}
	s.FinishWithOptions(opentracing.FinishOptions{FinishTime: t0.Add(1500)})
	got := jaeger.BuildJaegerThrift(s)
	refs := got.References
	if len(refs) != 2 || *refs[0] != (j.SpanRef{RefType: j.SpanRefType_FOLLOWS_FROM, TraceIdLow: 5, TraceIdHigh: 4, SpanId: 6}) ||
		*refs[1] != (j.SpanRef{RefType: j.SpanRefType_CHILD_OF, TraceIdLow: 2, TraceIdHigh: 1, SpanId: 3}) {
		t.Errorf("references %v", refs)
	}
	if tags := tagText(got.Tags); tags != "i=long 2, f=double 1.5, b=bool true, x=binary 0102" {
		t.Errorf("tags %s", tags)
	}
	if len(got.Logs) != 1 || got.Logs[0].Timestamp != 1_600_000_001_123_456 || tagText(got.Logs[0].Fields) != "event=e" {
		t.Errorf("logs %v", got.Logs)
	}
	got.References, got.Tags, got.Logs = nil, nil, nil
	want := j.Span{
		TraceIdLow: 2, TraceIdHigh: 1, SpanId: int64(s.SpanContext().SpanID()), ParentSpanId: 3, OperationName: "op",
		Flags: 1, StartTime: 1_600_000_000_123_456, Duration: 1,
	}
	if !got.Equals(&want) {
		t.Errorf("%v, want %v", got, &want)
	}
}

func TestBuildJaegerProcessThrift(t *testing.T) {
	tracer, _ := newTracer(t, nil, jaeger.TracerOptions.Tag("zone", 1), jaeger.TracerOptions.Tag("ip", "10.0.0.1"),
		jaeger.TracerOptions.Tag("long", strings.Repeat("x", 300)), jaeger.TracerOptions.RandomNumber(func() uint64 { return 0xabc }))
	p := jaeger.BuildJaegerProcessThrift(start(tracer, "op"))
	text := tagText(p.Tags)
	want := "zone=long 1, ip=10.0.0.1, long=" + strings.Repeat("x", 256) + ", jaeger.version=Go-2.30.0, hostname="
	if p.ServiceName != "orders" || !strings.HasPrefix(text, want) || !strings.HasSuffix(text, ", client-uuid=abc") {
		t.Errorf("%s: %s", p.ServiceName, text)
	}
}

// Where limits have removed something a span says so, as it does when spur sends it.
func TestBuildJaegerThriftOfALargeSpan(t *testing.T) {
	tracer, _ := newTracer(t, nil, jaeger.TracerOptions.MaxLogsPerSpan(2))
	s := start(tracer, "op")
	for i := range 1002 {
		s.SetTag(fmt.Sprint(i), i).LogKV("event", i)
	}
	s.Finish()
	got := jaeger.BuildJaegerThrift(s)
	tags := tagText(got.Tags[len(got.Tags)-2:])
	if len(got.Logs) != 2 || tags != "otel.dropped_attributes_count=long 4, otel.dropped_events_count=long 1000" {
		t.Errorf("%d logs, last tags %s", len(got.Logs), tags)
	}
}

func TestConvertLogsToJaegerTags(t *testing.T) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	got := tagText(jaeger.ConvertLogsToJaegerTags([]log.Field{
		log.String("s", "text"), log.Bool("b", true), log.Int("i", 1), log.Int32("i32", 2), log.Int64("i64", 3),
		log.Uint32("u32", 4), log.Uint64("u64", 5), log.Uint64("large", 1<<63), log.Float32("f32", 1.5), log.Float64("f64", 2.5),
		log.Error(errors.New("e")), log.Object("o", 6), log.Object("o32", float32(0.1)), log.Object("nil", nil), log.Object("typed nil", (*nilError)(nil)),
		log.Lazy(func(e log.Encoder) { e.EmitString("lazy", "l"); panic("late") }),
		log.Object("list", []string{"a", "b"}),
	}))
	want := "s=text, b=bool true, i=long 1, i32=long 2, i64=long 3, u32=long 4, u64=long 5, large=9223372036854775808, " +
		"f32=double 1.5, f64=double 2.5, error.object=e, o=6, o32=0.1, nil=<nil>, typed nil=<nil>, lazy=l, =!(PANIC=late), list=[a b]"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if tags := jaeger.ConvertLogsToJaegerTags([]log.Field{log.Object("cycle", cycle)}); len(tags[0].GetVStr()) > 4096 {
		t.Errorf("%d bytes of a cycle", len(tags[0].GetVStr()))
	}
	if tags := jaeger.ConvertLogsToJaegerTags(nil); tags == nil || len(tags) != 0 {
		t.Errorf("of nothing: %v", tags)
	}
}
