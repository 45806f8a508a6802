// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/binary"
	"math"
	"math/big"
	"strings"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// toOTLP says in the generated types what a batch of ours is to mean over OTLP,
// according to the comments of package wire.
func toOTLP(b *wire.Batch) *tracepb.TracesData {
	scope := &commonpb.InstrumentationScope{Name: "github.com/go-spur/spur"}
	if s := b.Stats; s != nil {
		scope.Attributes = attributes([]model.Tag{
			{Key: "spur.dropped.queue_full", Value: model.Int64(s.FullQueueDroppedSpans)},
			{Key: "spur.dropped.too_large", Value: model.Int64(s.TooLargeDroppedSpans)},
			{Key: "spur.dropped.failed", Value: model.Int64(s.FailedToEmitSpans)},
		})
		if b.SeqNo != 0 {
			scope.Attributes = append(scope.Attributes, attributes([]model.Tag{{Key: "spur.batch", Value: model.Int64(b.SeqNo)}})...)
		}
	}
	spans := &tracepb.ScopeSpans{Scope: scope}
	for i := range b.Spans {
		spans.Spans = append(spans.Spans, toOTLPSpan(&b.Spans[i]))
	}
	return &tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{Resource: toResource(b.Process), ScopeSpans: []*tracepb.ScopeSpans{spans}}}}
}

func toResource(p *model.Process) *resourcepb.Resource {
	has := map[string]bool{}
	for _, t := range p.Tags {
		has[t.Key] = true
	}
	var tags []model.Tag
	if p.Service != "" && !has["service.name"] {
		tags = append(tags, model.Tag{Key: "service.name", Value: model.String(p.Service)})
	}
	for _, t := range p.Tags {
		version, ours := strings.CutPrefix(t.Value.Str(), "Go-spur-")
		switch {
		case t.Key == "hostname" && !has["host.name"]:
			t.Key = "host.name"
		case t.Key == "client-uuid" && !has["service.instance.id"]:
			t.Key = "service.instance.id"
		case t.Key == "jaeger.version" && ours && t.Value.Kind() == model.KindString &&
			!has["telemetry.sdk.name"] && !has["telemetry.sdk.language"] && !has["telemetry.sdk.version"]:
			tags = append(tags,
				model.Tag{Key: "telemetry.sdk.name", Value: model.String("spur")},
				model.Tag{Key: "telemetry.sdk.language", Value: model.String("go")})
			t = model.Tag{Key: "telemetry.sdk.version", Value: model.String(version)}
		}
		tags = append(tags, t)
	}
	return &resourcepb.Resource{Attributes: attributes(tags)}
}

func toOTLPSpan(s *model.Span) *tracepb.Span {
	out := &tracepb.Span{
		TraceId: traceIDBytes(s.TraceID), SpanId: spanIDBytes(s.SpanID), TraceState: utf8Text(s.TraceState), Name: utf8Text(s.Operation),
		DroppedAttributesCount: s.DroppedTags, DroppedEventsCount: s.DroppedLogs, DroppedLinksCount: s.DroppedRefs,
	}
	if s.Flags&model.FlagSampled != 0 {
		out.Flags |= uint32(tracepb.SpanFlags_SPAN_FLAGS_TRACE_FLAGS_MASK) & 1
	}
	if s.ParentID != 0 {
		out.ParentSpanId = spanIDBytes(s.ParentID)
		out.Flags |= uint32(tracepb.SpanFlags_SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK)
		if s.ParentRemote {
			out.Flags |= uint32(tracepb.SpanFlags_SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK)
		}
	}
	end := new(big.Int).Add(big.NewInt(s.Start), big.NewInt(max(int64(s.Duration), 0)))
	out.StartTimeUnixNano = uint64(max(s.Start, 0))
	switch {
	case end.Sign() < 0:
		out.EndTimeUnixNano = 0
	case !end.IsInt64():
		out.EndTimeUnixNano = math.MaxInt64
	default:
		out.EndTimeUnixNano = end.Uint64()
	}

	// The last tag that fits counts.
	kinds := map[string]tracepb.Span_SpanKind{
		"internal": tracepb.Span_SPAN_KIND_INTERNAL, "server": tracepb.Span_SPAN_KIND_SERVER, "client": tracepb.Span_SPAN_KIND_CLIENT,
		"producer": tracepb.Span_SPAN_KIND_PRODUCER, "consumer": tracepb.Span_SPAN_KIND_CONSUMER,
	}
	codes := map[string]tracepb.Status_StatusCode{"OK": tracepb.Status_STATUS_CODE_OK, "ERROR": tracepb.Status_STATUS_CODE_ERROR}
	gone := map[int]bool{}
	last := func(fits func(t model.Tag) bool) (model.Tag, bool) {
		for i := len(s.Tags) - 1; i >= 0; i-- {
			if fits(s.Tags[i]) {
				gone[i] = true
				return s.Tags[i], true
			}
		}
		return model.Tag{}, false
	}
	isText := func(t model.Tag) bool { return t.Value.Kind() == model.KindString }
	if t, ok := last(func(t model.Tag) bool { return t.Key == "span.kind" && isText(t) && kinds[t.Value.Str()] != 0 }); ok {
		out.Kind = kinds[t.Value.Str()]
	}
	_, failed := last(func(t model.Tag) bool { return t.Key == "error" && (t.Value.Any() == true || t.Value.Any() == "true") })
	status, message := tracepb.Status_STATUS_CODE_UNSET, ""
	if failed {
		status = tracepb.Status_STATUS_CODE_ERROR
	} else if t, ok := last(func(t model.Tag) bool {
		return t.Key == "otel.status_code" && isText(t) && codes[strings.ToUpper(t.Value.Str())] != 0
	}); ok {
		status = codes[strings.ToUpper(t.Value.Str())]
	}
	if status != 0 {
		if t, ok := last(func(t model.Tag) bool { return t.Key == "otel.status_description" && isText(t) }); ok {
			message = utf8Text(t.Value.Str())
		}
		out.Status = &tracepb.Status{Code: status, Message: message}
	}
	for i, t := range s.Tags {
		if !gone[i] {
			out.Attributes = append(out.Attributes, attribute(t))
		}
	}
	if s.Trimmed {
		out.Attributes = append(out.Attributes, attribute(model.Tag{Key: "spur.trimmed", Value: model.Bool(true)}))
	}
	for _, l := range s.Logs {
		out.Events = append(out.Events, toEvent(l))
	}
	for _, r := range s.References {
		if s.ParentID != 0 && r == (model.Reference{TraceID: s.TraceID, SpanID: s.ParentID, Type: model.ChildOf}) {
			continue
		}
		kind := "follows_from"
		if r.Type == model.ChildOf {
			kind = "child_of"
		}
		out.Links = append(out.Links, &tracepb.Span_Link{
			TraceId: traceIDBytes(r.TraceID), SpanId: spanIDBytes(r.SpanID),
			Attributes: attributes([]model.Tag{{Key: "opentracing.ref_type", Value: model.String(kind)}}),
		})
	}
	return out
}

func toEvent(l model.Log) *tracepb.Span_Event {
	e := &tracepb.Span_Event{TimeUnixNano: uint64(max(l.Time, 0))}
	final := map[string]int{}
	for i, t := range l.Fields {
		final[t.Key] = i
	}
	for i, t := range l.Fields {
		switch {
		case final[t.Key] != i:
		case t.Key == "event" && t.Value.Kind() == model.KindString:
			e.Name = utf8Text(t.Value.Str())
		default:
			e.Attributes = append(e.Attributes, attribute(t))
		}
	}
	return e
}

func attributes(tags []model.Tag) (out []*commonpb.KeyValue) {
	for _, t := range tags {
		out = append(out, attribute(t))
	}
	return out
}

func attribute(t model.Tag) *commonpb.KeyValue {
	v := &commonpb.AnyValue{}
	switch x := t.Value.Any().(type) {
	case string:
		v.Value = &commonpb.AnyValue_StringValue{StringValue: utf8Text(x)}
	case bool:
		v.Value = &commonpb.AnyValue_BoolValue{BoolValue: x}
	case int64:
		v.Value = &commonpb.AnyValue_IntValue{IntValue: x}
	case float64:
		v.Value = &commonpb.AnyValue_DoubleValue{DoubleValue: x}
	case []byte:
		v.Value = &commonpb.AnyValue_BytesValue{BytesValue: x}
	}
	return &commonpb.KeyValue{Key: utf8Text(t.Key), Value: v}
}

// utf8Text replaces each byte that is not UTF-8.
func utf8Text(s string) string { return string([]rune(s)) }

func traceIDBytes(id model.TraceID) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, id.High), id.Low)
}

func spanIDBytes(id model.SpanID) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }
