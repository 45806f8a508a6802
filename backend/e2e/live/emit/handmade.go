// SPDX-License-Identifier: Apache-2.0

package emit

import (
	"math"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
)

// begin is start in OTLP.
func begin() uint64 { return uint64(start.UnixNano()) }

func tag(key string, v any) *common.KeyValue { return &common.KeyValue{Key: key, Value: value(v)} }

func value(v any) *common.AnyValue {
	switch v := v.(type) {
	case nil:
		return &common.AnyValue{}
	case bool:
		return &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: v}}
	case int:
		return &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: int64(v)}}
	case float64:
		return &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: v}}
	case string:
		return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: v}}
	case []byte:
		return &common.AnyValue{Value: &common.AnyValue_BytesValue{BytesValue: v}}
	case []any:
		list := &common.ArrayValue{}
		for _, e := range v {
			list.Values = append(list.Values, value(e))
		}
		return &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: list}}
	case []*common.KeyValue:
		return &common.AnyValue{Value: &common.AnyValue_KvlistValue{KvlistValue: &common.KeyValueList{Values: v}}}
	}
	panic("a kind that OTLP does not have")
}

func tags(kv ...*common.KeyValue) []*common.KeyValue { return kv }

func traceID(low byte) []byte {
	return []byte{0x2a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, low}
}

func spanID(low byte) []byte { return []byte{0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, low} }

func span(id byte, parent byte, name string) *trace.Span {
	s := &trace.Span{TraceId: traceID(1), SpanId: spanID(id), Name: name, Kind: trace.Span_SPAN_KIND_INTERNAL, StartTimeUnixNano: begin() + uint64(id)*1000, EndTimeUnixNano: begin() + 5e6}
	if parent != 0 {
		s.ParentSpanId = spanID(parent)
	}
	return s
}

// handmade has what no SDK makes of itself, and OTLP allows.
func handmade() *trace.TracesData {
	root := span(1, 0, "values")
	root.Kind = trace.Span_SPAN_KIND_SERVER
	root.TraceState = "congo=t61rcWkgMzE,es=s:0.5;r:1"
	root.Flags = 0xfffff3ff
	root.DroppedAttributesCount, root.DroppedEventsCount, root.DroppedLinksCount = math.MaxUint32, 2, 3
	root.Attributes = tags(
		tag("int.min", math.MinInt64), tag("int.max", math.MaxInt64), tag("int.beyond_double", 1<<53+1), tag("int.zero", 0),
		tag("double.zero", 0.0), tag("double.minus_zero", math.Copysign(0, -1)), tag("bool.false", false), tag("text.empty", ""),
		tag("bytes", []byte{0, 0x7f, 0x80, 0xff}), tag("bytes.empty", []byte{}), tag("empty", nil), &common.KeyValue{Key: "no value"},
		tag("list.empty", []any{}), tag("list.mixed", []any{nil, true, 1, 1.5, "x", []byte("raw"), []any{}, []any{[]any{"deep"}}, tags(tag("k", "v"))}),
		tag("map.empty", tags()), tag("map", tags(tag("a", tags(tag("b", tags(tag("c", []any{1, tags(tag("d", nil))}))))), tag("", "no key"), tag("twice", 1), tag("twice", 2))),
		tag("", "no key"), tag("twice", "first"), tag("twice", "second"), tag("twice", 3), tag("quote\"<script>", "</script>' OR 1=1 --"),
		tag("ключ", "значение"), tag("newline\nkey", "tab\tvalue\x00zero"),
	)
	root.Status = &trace.Status{Code: trace.Status_STATUS_CODE_OK, Message: "fine, and why"}
	root.Events = []*trace.Span_Event{
		{TimeUnixNano: begin() + 1, Name: "event", Attributes: tags(tag("map", tags(tag("n", 1))), tag("list", []any{1, "2"}), tag("event", "a second name")), DroppedAttributesCount: 7},
		{Name: "without a time"},
		{TimeUnixNano: begin() - 1e9, Name: "before the span"},
		{TimeUnixNano: begin() + 1e9},
	}
	root.Links = []*trace.Span_Link{
		{TraceId: traceID(9), SpanId: spanID(9), TraceState: "a=b", Attributes: tags(tag("l", []any{1}), tag("m", tags(tag("n", nil)))), DroppedAttributesCount: 1, Flags: 0x301},
		{TraceId: traceID(1), SpanId: spanID(2)},
	}

	failed := span(2, 1, "failed")
	failed.Status = &trace.Status{Code: trace.Status_STATUS_CODE_ERROR}
	said := span(3, 1, "said")
	said.Status = &trace.Status{Message: "a description without a code"}
	tagged := span(4, 1, "tagged")
	tagged.Attributes = tags(tag("error", true), tag("span.kind", "client"), tag("otel.status_code", "ERROR"))
	unspecified := span(5, 1, "kind unspecified")
	unspecified.Kind = trace.Span_SPAN_KIND_UNSPECIFIED
	orphan := span(6, 0x66, "parent elsewhere")
	orphan.Kind = trace.Span_SPAN_KIND_CONSUMER
	reversed := span(7, 1, "ends before it starts")
	reversed.EndTimeUnixNano = reversed.StartTimeUnixNano - 1000
	long := span(8, 1, "three days")
	long.EndTimeUnixNano = long.StartTimeUnixNano + 3*24*3600*1e9

	return &trace.TracesData{ResourceSpans: []*trace.ResourceSpans{
		{
			SchemaUrl: "https://example.com/schemas/1",
			Resource: &resource.Resource{
				Attributes:             tags(tag("service.name", "collector"), tag("m", tags(tag("x", []any{1}))), tag("raw", []byte{1}), tag("n", math.MinInt64), tag("nothing", nil)),
				DroppedAttributesCount: 5,
			},
			ScopeSpans: []*trace.ScopeSpans{
				{
					SchemaUrl: "https://example.com/schemas/2",
					Scope:     &common.InstrumentationScope{Name: "a/b", Version: "1.0.0-β", Attributes: tags(tag("l", []any{true}), tag("k", "v")), DroppedAttributesCount: 6},
					Spans:     []*trace.Span{root, failed, said, tagged},
				},
				{Scope: &common.InstrumentationScope{Name: "a/b", Version: "2"}, Spans: []*trace.Span{unspecified, orphan, reversed}},
				{Spans: []*trace.Span{long}},
			},
		},
		{Resource: &resource.Resource{Attributes: tags(tag("service.name", 7))}, ScopeSpans: []*trace.ScopeSpans{{Spans: []*trace.Span{span(10, 1, "a name that is a number")}}}},
		{ScopeSpans: []*trace.ScopeSpans{{Scope: &common.InstrumentationScope{Name: "no resource"}, Spans: []*trace.Span{span(11, 1, "no resource")}}}},
	}}
}

// handmadeNaN stands apart: Jaeger cannot show it.
func handmadeNaN() *trace.TracesData {
	s := span(1, 0, "nan")
	s.TraceId = traceID(2)
	s.Attributes = tags(tag("nan", math.NaN()), tag("inf", math.Inf(1)), tag("minus.inf", math.Inf(-1)), tag("m", tags(tag("nan", math.NaN()))))
	return &trace.TracesData{ResourceSpans: []*trace.ResourceSpans{{
		Resource:   &resource.Resource{Attributes: tags(tag("service.name", "collector-nan"))},
		ScopeSpans: []*trace.ScopeSpans{{Spans: []*trace.Span{s}}},
	}}}
}
