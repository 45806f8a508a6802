// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"slices"
	"time"

	"github.com/go-spur/spur/model"
	j "github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

// BuildJaegerThrift makes what is sent of a span. Its tags and logs are there under the
// conditions of Tags.
func BuildJaegerThrift(span *Span) *j.Span {
	data := span.SpurSpan().Data()
	tags := appendLosses(slices.Clip(data.Tags), data)
	n, texts := len(tags), countTexts(tags)
	for i := range data.Logs {
		n += len(data.Logs[i].Fields)
		texts += countTexts(data.Logs[i].Fields)
	}
	b := newTagBuilder(n, texts)
	return &j.Span{
		TraceIdLow:    int64(data.TraceID.Low),
		TraceIdHigh:   int64(data.TraceID.High),
		SpanId:        int64(data.SpanID),
		ParentSpanId:  int64(data.ParentID),
		OperationName: data.Operation,
		Flags:         int32(data.Flags),
		StartTime:     microseconds(data.Start),
		Duration:      durationMicroseconds(span, data),
		Tags:          b.build(tags),
		Logs:          b.buildLogs(data.Logs),
		References:    buildReferences(data.References),
	}
}

// BuildJaegerProcessThrift makes what is sent of the process that a span belongs to.
func BuildJaegerProcessThrift(span *Span) *j.Process {
	p := span.SpurSpan().Data().Process
	return &j.Process{ServiceName: p.Service, Tags: newTagBuilder(len(p.Tags), countTexts(p.Tags)).build(p.Tags)}
}

// microseconds divides nanoseconds since 1970, rounding down.
func microseconds(ns int64) int64 { return time.Unix(0, ns).UnixMicro() }

// durationMicroseconds is at least 1 for a span that has finished.
func durationMicroseconds(span *Span, data *model.Span) int64 {
	d := data.Duration.Microseconds()
	if d == 0 && span.SpurSpan().Finished() {
		return 1
	}
	return d
}

// appendLosses adds tags that tell what limits have removed, as spur's own reporters do.
func appendLosses(tags []model.Tag, data *model.Span) []model.Tag {
	for _, lost := range [...]struct {
		key string
		n   uint32
	}{
		{"otel.dropped_attributes_count", data.DroppedTags},
		{"otel.dropped_events_count", data.DroppedLogs},
		{"otel.dropped_links_count", data.DroppedRefs},
	} {
		if lost.n > 0 {
			tags = append(tags, model.Tag{Key: lost.key, Value: model.Int64(int64(lost.n))})
		}
	}
	return tags
}

// tagBuilder makes the tags of one span, all in a few pieces of memory.
type tagBuilder struct {
	tags  []j.Tag
	built []*j.Tag
	texts []string
}

// newTagBuilder has room for n tags, of which texts have text.
func newTagBuilder(n, texts int) *tagBuilder {
	return &tagBuilder{tags: make([]j.Tag, n), built: make([]*j.Tag, n), texts: make([]string, texts)}
}

func countTexts(tags []model.Tag) (n int) {
	for i := range tags {
		if tags[i].Value.Kind() == model.KindString {
			n++
		}
	}
	return n
}

func (b *tagBuilder) build(tags []model.Tag) []*j.Tag {
	n := len(tags)
	built := b.built[:n:n]
	for i := range tags {
		built[i] = &b.tags[i]
		b.set(built[i], tags[i].Key, tags[i].Value)
	}
	b.tags, b.built = b.tags[n:], b.built[n:]
	return built
}

func (b *tagBuilder) set(tag *j.Tag, key string, v model.Value) {
	tag.Key = key
	switch v.Kind() {
	case model.KindBool:
		boolean := v.Bool()
		tag.VType, tag.VBool = j.TagType_BOOL, &boolean
	case model.KindInt64:
		integer := v.Int64()
		tag.VType, tag.VLong = j.TagType_LONG, &integer
	case model.KindFloat64:
		float := v.Float64()
		tag.VType, tag.VDouble = j.TagType_DOUBLE, &float
	case model.KindBytes:
		tag.VType, tag.VBinary = j.TagType_BINARY, []byte(v.Str())
	default:
		b.texts[0] = v.Str()
		tag.VType, tag.VStr = j.TagType_STRING, &b.texts[0]
		b.texts = b.texts[1:]
	}
}

func (b *tagBuilder) buildLogs(logs []model.Log) []*j.Log {
	all, built := make([]j.Log, len(logs)), make([]*j.Log, len(logs))
	for i := range logs {
		all[i] = j.Log{Timestamp: microseconds(logs[i].Time), Fields: b.build(logs[i].Fields)}
		built[i] = &all[i]
	}
	return built
}

func buildReferences(refs []model.Reference) []*j.SpanRef {
	all, built := make([]j.SpanRef, len(refs)), make([]*j.SpanRef, len(refs))
	for i, r := range refs {
		all[i] = j.SpanRef{
			RefType:     j.SpanRefType(r.Type),
			TraceIdLow:  int64(r.TraceID.Low),
			TraceIdHigh: int64(r.TraceID.High),
			SpanId:      int64(r.SpanID),
		}
		built[i] = &all[i]
	}
	return built
}
