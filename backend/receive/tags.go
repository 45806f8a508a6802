// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/model"
)

// putTags fills the empty m with first and tags, in their order. A key that comes
// twice is there twice.
func putTags(m pcommon.Map, first model.Tag, tags []model.Tag) {
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

// putLogFields is putTags for the fields of a log.
func putLogFields(m pcommon.Map, fields []model.Tag) {
	if len(fields) > 0 {
		putTags(m, fields[0], fields[1:])
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
)

// decodeTags makes m hold tags as they are, by way of protobuf: a pcommon.Map
// can hold a key twice, but not be told to. The time it takes is proportional to
// the number of tags.
func decodeTags(m pcommon.Map, tags []model.Tag) {
	var resource, kv, value []byte
	for i := range tags {
		value = appendValue(value[:0], tags[i].Value)
		kv = appendBytes(kv[:0], fieldKey, tags[i].Key)
		kv = appendBytes(kv, fieldValue, value)
		resource = appendBytes(resource, fieldAttributes, kv)
	}
	resource = appendBytes(nil, fieldResource, resource)
	td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(appendBytes(nil, fieldResourceSpans, resource))
	if err == nil { // always
		td.ResourceSpans().At(0).Resource().Attributes().MoveTo(m)
	}
}

func appendValue(b []byte, v model.Value) []byte {
	switch v.Kind() {
	case model.KindString:
		return appendBytes(b, fieldString, v.Str())
	case model.KindFloat64:
		return protowire.AppendFixed64(protowire.AppendTag(b, fieldDouble, protowire.Fixed64Type), math.Float64bits(v.Float64()))
	case model.KindBool:
		return protowire.AppendVarint(protowire.AppendTag(b, fieldBool, protowire.VarintType), protowire.EncodeBool(v.Bool()))
	case model.KindInt64:
		return protowire.AppendVarint(protowire.AppendTag(b, fieldInt, protowire.VarintType), uint64(v.Int64()))
	case model.KindBytes:
		return appendBytes(b, fieldBytes, v.Str())
	}
	return b
}
