// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"

	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
	j "github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

// ConvertLogsToJaegerTags makes tags of log fields. Objects become text; what panics on the
// way becomes text that says so.
func ConvertLogsToJaegerTags(logFields []log.Field) []*j.Tag {
	e := tagEncoder{make([]*j.Tag, 0, len(logFields))}
	for _, field := range logFields {
		e.field(field)
	}
	return e.tags
}

// tagEncoder is a log.Encoder that appends tags.
type tagEncoder struct{ tags []*j.Tag }

// field appends a field, which may run code of the program's own.
func (e *tagEncoder) field(f log.Field) {
	defer func() {
		if p := recover(); p != nil {
			e.EmitString(f.Key(), "!(PANIC="+panicText(p)+")")
		}
	}()
	f.Marshal(e)
}

func (e *tagEncoder) EmitString(key, value string) {
	e.tags = append(e.tags, &j.Tag{Key: key, VType: j.TagType_STRING, VStr: &value})
}

func (e *tagEncoder) EmitBool(key string, value bool) {
	e.tags = append(e.tags, &j.Tag{Key: key, VType: j.TagType_BOOL, VBool: &value})
}

func (e *tagEncoder) EmitInt64(key string, value int64) {
	e.tags = append(e.tags, &j.Tag{Key: key, VType: j.TagType_LONG, VLong: &value})
}

func (e *tagEncoder) EmitFloat64(key string, value float64) {
	e.tags = append(e.tags, &j.Tag{Key: key, VType: j.TagType_DOUBLE, VDouble: &value})
}

func (e *tagEncoder) EmitObject(key string, value interface{}) {
	if f, ok := value.(float32); ok { // of which data has more digits
		e.EmitString(key, fmt.Sprint(f))
		return
	}
	e.EmitString(key, spur.Freeze(value).String())
}

func (e *tagEncoder) EmitInt(key string, value int)         { e.EmitInt64(key, int64(value)) }
func (e *tagEncoder) EmitInt32(key string, value int32)     { e.EmitInt64(key, int64(value)) }
func (e *tagEncoder) EmitUint32(key string, value uint32)   { e.EmitInt64(key, int64(value)) }
func (e *tagEncoder) EmitFloat32(key string, value float32) { e.EmitFloat64(key, float64(value)) }
func (e *tagEncoder) EmitLazyLogger(value log.LazyLogger)   { value(e) }

// EmitUint64 spells out what 64 bits with a sign do not hold.
func (e *tagEncoder) EmitUint64(key string, value uint64) {
	if i := int64(value); i >= 0 {
		e.EmitInt64(key, i)
	} else {
		e.EmitString(key, fmt.Sprint(value))
	}
}
