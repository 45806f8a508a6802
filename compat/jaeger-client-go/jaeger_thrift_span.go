// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"time"

	"github.com/go-spur/spur/model"
	j "github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

// BuildJaegerThrift makes what is sent of a span. Its tags and logs are there under the
// conditions of Tags.
func BuildJaegerThrift(span *Span) *j.Span {
	data := span.span.Data()
	return &j.Span{
		TraceIdLow:    int64(data.TraceID.Low),
		TraceIdHigh:   int64(data.TraceID.High),
		SpanId:        int64(data.SpanID),
		ParentSpanId:  int64(data.ParentID),
		OperationName: data.Operation,
		Flags:         int32(data.Flags),
		StartTime:     microseconds(data.Start),
		Duration:      durationMicroseconds(span, data),
		Tags:          append(buildTags(data.Tags), lossTags(data)...),
		Logs:          buildLogs(data.Logs),
		References:    buildReferences(data.References),
	}
}

// BuildJaegerProcessThrift makes what is sent of the process that a span belongs to.
func BuildJaegerProcessThrift(span *Span) *j.Process {
	p := span.span.Data().Process
	return &j.Process{ServiceName: p.Service, Tags: buildTags(p.Tags)}
}

// microseconds divides nanoseconds since 1970, rounding down.
func microseconds(ns int64) int64 { return time.Unix(0, ns).UnixMicro() }

// durationMicroseconds is at least 1 for a span that has finished.
func durationMicroseconds(span *Span, data *model.Span) int64 {
	d := data.Duration.Microseconds()
	if d == 0 && span.span.Finished() {
		return 1
	}
	return d
}

// lossTags tell what limits have removed, as spur's own reporters do.
func lossTags(data *model.Span) (tags []*j.Tag) {
	for _, lost := range []struct {
		key string
		n   uint32
	}{
		{"otel.dropped_attributes_count", data.DroppedTags},
		{"otel.dropped_events_count", data.DroppedLogs},
		{"otel.dropped_links_count", data.DroppedRefs},
	} {
		if lost.n > 0 {
			tags = append(tags, buildTag(lost.key, model.Int64(int64(lost.n))))
		}
	}
	return tags
}

func buildTags(tags []model.Tag) []*j.Tag {
	built := make([]*j.Tag, 0, len(tags))
	for _, tag := range tags {
		built = append(built, buildTag(tag.Key, tag.Value))
	}
	return built
}

func buildTag(key string, v model.Value) *j.Tag {
	tag := &j.Tag{Key: key}
	switch v.Kind() {
	case model.KindBool:
		b := v.Bool()
		tag.VType, tag.VBool = j.TagType_BOOL, &b
	case model.KindInt64:
		i := v.Int64()
		tag.VType, tag.VLong = j.TagType_LONG, &i
	case model.KindFloat64:
		f := v.Float64()
		tag.VType, tag.VDouble = j.TagType_DOUBLE, &f
	case model.KindBytes:
		tag.VType, tag.VBinary = j.TagType_BINARY, []byte(v.Str())
	default:
		s := v.Str()
		tag.VType, tag.VStr = j.TagType_STRING, &s
	}
	return tag
}

func buildLogs(logs []model.Log) []*j.Log {
	built := make([]*j.Log, 0, len(logs))
	for _, l := range logs {
		built = append(built, &j.Log{Timestamp: microseconds(l.Time), Fields: buildTags(l.Fields)})
	}
	return built
}

func buildReferences(refs []model.Reference) []*j.SpanRef {
	built := make([]*j.SpanRef, 0, len(refs))
	for _, r := range refs {
		built = append(built, &j.SpanRef{
			RefType:     j.SpanRefType(r.Type),
			TraceIdLow:  int64(r.TraceID.Low),
			TraceIdHigh: int64(r.TraceID.High),
			SpanId:      int64(r.SpanID),
		})
	}
	return built
}
