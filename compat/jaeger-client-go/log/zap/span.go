// SPDX-License-Identifier: Apache-2.0

package zap

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/uber/jaeger-client-go"
)

// Span returns the field "span" with all that is known of a span of jaeger's: context,
// operation_name, duration, start_time, logs, tags and span_refs. For any other span, and
// for none, the field "err" says so.
func Span(s opentracing.Span) zapcore.Field {
	switch s := s.(type) {
	case nil:
		return zap.String("err", "nil span")
	case *jaeger.Span:
		if s == nil {
			return zap.String("err", "nil span")
		}
		return zap.Object("span", span{s})
	}
	return zap.String("err", "non jaeger span")
}

type span struct{ *jaeger.Span }

// MarshalLogObject implements zapcore.ObjectMarshaler.
func (s span) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	err := enc.AddObject("context", spanContext(s.SpanContext()))
	enc.AddString("operation_name", s.OperationName())
	enc.AddDuration("duration", s.Duration())
	enc.AddTime("start_time", s.StartTime())
	return errors.Join(err,
		enc.AddArray("logs", records(s.Logs())),
		enc.AddObject("tags", tags(s.Tags())),
		enc.AddArray("span_refs", references(s.References())))
}

// tags are written as key and value, the pair of one tag behind that of another: encoders
// that keep one value a key show the last tag.
type tags opentracing.Tags

// MarshalLogObject implements zapcore.ObjectMarshaler.
func (t tags) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		enc.AddString("key", key)
		if err := enc.AddReflected("value", t[key]); err != nil {
			enc.AddString("value", fmt.Sprint(t[key]))
		}
	}
	return nil
}

type records []opentracing.LogRecord

// MarshalLogArray implements zapcore.ArrayMarshaler.
func (r records) MarshalLogArray(enc zapcore.ArrayEncoder) (err error) {
	for _, one := range r {
		err = errors.Join(err, enc.AppendObject(record(one)))
	}
	return err
}

type record opentracing.LogRecord

// MarshalLogObject implements zapcore.ObjectMarshaler.
func (r record) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddTime("ts", r.Timestamp)
	return enc.AddArray("fields", fields(r.Fields))
}

// fields are those of a log; values are texts.
type fields []log.Field

// MarshalLogArray implements zapcore.ArrayMarshaler.
func (f fields) MarshalLogArray(enc zapcore.ArrayEncoder) (err error) {
	for _, one := range f {
		err = errors.Join(err, enc.AppendObject(keyValue{one.Key(), fmt.Sprint(one.Value())}))
	}
	return err
}

type references []opentracing.SpanReference

// MarshalLogArray implements zapcore.ArrayMarshaler.
func (r references) MarshalLogArray(enc zapcore.ArrayEncoder) (err error) {
	for _, one := range r {
		err = errors.Join(err, enc.AppendObject(reference(one)))
	}
	return err
}

type reference opentracing.SpanReference

// MarshalLogObject implements zapcore.ObjectMarshaler.
func (r reference) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	switch r.Type {
	case opentracing.ChildOfRef:
		enc.AddString("type", "child_of")
	case opentracing.FollowsFromRef:
		enc.AddString("type", "follows_from")
	default:
		enc.AddString("type", fmt.Sprintf("unknown(%d)", r.Type))
	}
	if c, ok := r.ReferencedContext.(jaeger.SpanContext); ok {
		enc.AddString("span", c.SpanID().String())
		enc.AddString("trace", c.TraceID().String())
	}
	return nil
}
