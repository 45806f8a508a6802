// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/model"
)

// searchedTags is the number of tags of one span or event up to which each is
// compared with those before it. More are put by way of protobuf.
const searchedTags = 64

// PutTags fills the empty m with first and tags, in their order. A key that comes
// twice is there twice.
func PutTags(m pcommon.Map, first model.Tag, tags []model.Tag) {
	if len(tags) < searchedTags {
		m.EnsureCapacity(1 + len(tags))
		putTag(m, first)
		for i := range tags {
			putTag(m, tags[i])
		}
		if m.Len() == 1+len(tags) {
			return
		}
	}
	decodeTags(m, append([]model.Tag{first}, tags...))
}

// PutFields is PutTags for the fields of a log.
func PutFields(m pcommon.Map, fields []model.Tag) {
	if len(fields) > 0 {
		PutTags(m, fields[0], fields[1:])
	}
}

// putTag sets an attribute. It compares the key with all that are in m.
func putTag(m pcommon.Map, t model.Tag) {
	switch t.Value.Kind() {
	case model.KindString:
		m.PutStr(t.Key, t.Value.Str())
	case model.KindFloat64:
		m.PutDouble(t.Key, t.Value.Float64())
	case model.KindBool:
		m.PutBool(t.Key, t.Value.Bool())
	case model.KindInt64:
		m.PutInt(t.Key, t.Value.Int64())
	case model.KindBytes:
		m.PutEmptyBytes(t.Key).FromRaw([]byte(t.Value.Str()))
	}
}

// Fields of OTLP's messages (opentelemetry/proto/common/v1/common.proto).
const (
	fieldKey, fieldValue = 1, 2 // KeyValue

	fieldString, fieldBool, fieldInt, fieldDouble, fieldBytes = 1, 2, 3, 4, 7 // AnyValue

	fieldAttributes = 1 // Resource
	fieldResource   = 1 // ResourceSpans

	fieldResourceSpans = 1 // TracesData
)

// decodeTags makes m hold tags as they are, by way of protobuf: a pcommon.Map
// can hold a key twice, but not be told to. The time it takes is proportional to
// the number of tags.
func decodeTags(m pcommon.Map, tags []model.Tag) {
	var resource, kv, value []byte
	for i := range tags {
		value = appendAnyValue(value[:0], tags[i].Value)
		kv = appendText(kv[:0], fieldKey, tags[i].Key)
		kv = appendText(kv, fieldValue, value)
		resource = appendText(resource, fieldAttributes, kv)
	}
	resource = appendText(nil, fieldResource, resource)
	td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(appendText(nil, fieldResourceSpans, resource))
	if err == nil { // always
		td.ResourceSpans().At(0).Resource().Attributes().MoveTo(m)
	}
}

func appendAnyValue(b []byte, v model.Value) []byte {
	switch v.Kind() {
	case model.KindString:
		return appendText(b, fieldString, v.Str())
	case model.KindFloat64:
		return protowire.AppendFixed64(protowire.AppendTag(b, fieldDouble, protowire.Fixed64Type), math.Float64bits(v.Float64()))
	case model.KindBool:
		return protowire.AppendVarint(protowire.AppendTag(b, fieldBool, protowire.VarintType), protowire.EncodeBool(v.Bool()))
	case model.KindInt64:
		return protowire.AppendVarint(protowire.AppendTag(b, fieldInt, protowire.VarintType), uint64(v.Int64()))
	case model.KindBytes:
		return appendText(b, fieldBytes, v.Str())
	}
	return b
}
