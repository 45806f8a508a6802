// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/model"
)

var _ log.Encoder = (*fieldEncoder)(nil)

// fieldEncoder freezes OpenTracing log fields. Field.Marshal calls it, which
// unlike Field.Value puts no number into an interface.
type fieldEncoder struct {
	tracer *Tracer
	place  Place
	fields []model.Tag
	lazy   int // lazy loggers around this one
}

var encoderPool = sync.Pool{New: func() any { return new(fieldEncoder) }}

func (t *Tracer) acquireEncoder(place Place) *fieldEncoder {
	e := encoderPool.Get().(*fieldEncoder)
	e.tracer, e.place = t, place
	return e
}

// release hands e and e.fields back. The caller must have copied the fields.
func (e *fieldEncoder) release() {
	clear(e.fields)
	if e.fields = e.fields[:0]; cap(e.fields) > keepFields {
		e.fields = nil
	}
	e.tracer, e.lazy = nil, 0
	encoderPool.Put(e)
}

// encode freezes fields, however badly their values behave.
func (e *fieldEncoder) encode(fields []log.Field) {
	for len(fields) > 0 {
		fields = fields[e.marshal(fields):]
	}
}

// marshal freezes fields up to the first whose Error method or lazy logger
// panics, and returns how many it has dealt with. That field then says so.
func (e *fieldEncoder) marshal(fields []log.Field) (n int) {
	defer func() {
		if p := recover(); p != nil {
			e.tracer.rare.panics.Add(1)
			e.add(fields[n].Key(), "!(PANIC="+e.tracer.object(p, bytesOnly(256))+")")
			n++
		}
	}()
	for n = range fields {
		fields[n].Marshal(e)
	}
	return len(fields)
}

// encodePairs freezes alternating keys and values, or says why it cannot, in
// OpenTracing's words. Its own log.InterleavedKVToFields runs fmt.Sprint on values,
// which has no bounds (a map that contains itself kills the process) and spells
// bytes out in decimal, where no Redactor recognises them.
func (e *fieldEncoder) encodePairs(pairs []any) error {
	if len(pairs)%2 != 0 {
		return fmt.Errorf("non-even keyValues len: %d", len(pairs))
	}
	for i := 0; i < len(pairs); i += 2 {
		if _, ok := pairs[i].(string); !ok {
			return fmt.Errorf("non-string key (pair #%d): %T", i/2, pairs[i])
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		key, _ := pairs[i].(string)
		value := pairs[i+1]
		if v := reflect.ValueOf(value); value == nil || v.Kind() == reflect.Pointer && v.IsNil() {
			value = "nil"
		}
		e.add(key, value)
	}
	return nil
}

// add freezes one field of any type.
func (e *fieldEncoder) add(key string, value any) {
	e.put(key, e.tracer.freeze(value, e.tracer.logLength()))
}

// put adds a frozen value, unless the Redactor objects.
func (e *fieldEncoder) put(key string, v model.Value) {
	t := e.tracer
	key = t.key(key)
	if t.redactor != nil && e.place != placeRedacted {
		var keep bool
		if v, keep = t.redact(e.place, key, v); !keep {
			return
		}
		v = t.freezeValue(v, t.logLength())
	}
	e.append(key, v)
}

func (e *fieldEncoder) append(key string, v model.Value) {
	if len(e.fields) >= e.tracer.limits.FieldsPerLog {
		e.tracer.rare.fields.Add(1)
		return
	}
	e.fields = append(e.fields, model.Tag{Key: key, Value: v})
}

// EmitString and the methods below implement log.Encoder.
func (e *fieldEncoder) EmitString(key, value string) {
	e.put(key, model.String(e.tracer.text(value, e.tracer.logLength())))
}
func (e *fieldEncoder) EmitBool(key string, value bool) { e.put(key, model.Bool(value)) }
func (e *fieldEncoder) EmitInt(key string, value int)   { e.put(key, model.Int64(int64(value))) }

func (e *fieldEncoder) EmitInt32(key string, value int32)   { e.put(key, model.Int64(int64(value))) }
func (e *fieldEncoder) EmitInt64(key string, value int64)   { e.put(key, model.Int64(value)) }
func (e *fieldEncoder) EmitUint32(key string, value uint32) { e.put(key, model.Int64(int64(value))) }
func (e *fieldEncoder) EmitUint64(key string, value uint64) { e.put(key, freezeUint(value)) }
func (e *fieldEncoder) EmitFloat32(key string, value float32) {
	e.put(key, model.Float64(float64(value)))
}
func (e *fieldEncoder) EmitFloat64(key string, value float64) { e.put(key, model.Float64(value)) }
func (e *fieldEncoder) EmitObject(key string, value any)      { e.add(key, value) }
