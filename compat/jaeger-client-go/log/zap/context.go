// SPDX-License-Identifier: Apache-2.0

package zap

import (
	"errors"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/uber/jaeger-client-go"
)

// Context returns the field "context" with the ids, flags and baggage of a context.
func Context(sc jaeger.SpanContext) zapcore.Field { return zap.Object("context", spanContext(sc)) }

type spanContext jaeger.SpanContext

// MarshalLogObject implements zapcore.ObjectMarshaler.
func (s spanContext) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	c := jaeger.SpanContext(s)
	enc.AddString("trace", c.TraceID().String())
	enc.AddString("span", c.SpanID().String())
	enc.AddString("parent", c.ParentID().String())
	enc.AddBool("debug", c.IsDebug())
	enc.AddBool("sampled", c.IsSampled())
	enc.AddBool("firehose", c.IsFirehose())
	return enc.AddArray("baggage", baggage(c))
}

// baggage is that of a context: [{"key": …, "value": …}, …].
type baggage jaeger.SpanContext

// MarshalLogArray implements zapcore.ArrayMarshaler.
func (b baggage) MarshalLogArray(enc zapcore.ArrayEncoder) (err error) {
	jaeger.SpanContext(b).ForeachBaggageItem(func(key, value string) bool {
		err = errors.Join(err, enc.AppendObject(keyValue{key, value}))
		return true
	})
	return err
}

// keyValue is {"key": …, "value": …}.
type keyValue struct{ key, value string }

// MarshalLogObject implements zapcore.ObjectMarshaler.
func (kv keyValue) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("key", kv.key)
	enc.AddString("value", kv.value)
	return nil
}
