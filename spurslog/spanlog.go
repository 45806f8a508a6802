// SPDX-License-Identifier: Apache-2.0

package spurslog

import (
	"log/slog"
	"sync"
	"time"

	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
)

const (
	maxDepth  = 32   // of groups in groups
	maxFields = 1024 // of one record; groups beyond are left out whole
)

// fieldsPool has slices of fields for one record.
var fieldsPool = sync.Pool{New: func() any { return new([]log.Field) }}

// copyTo logs r on the span.
func (h *handler) copyTo(span *spur.Span, r *slog.Record) {
	p := fieldsPool.Get().(*[]log.Field)
	fields := append((*p)[:0], log.String("level", r.Level.String()), log.String("message", r.Message))
	fields = append(fields, h.fields...)
	r.Attrs(func(a slog.Attr) bool {
		fields = appendField(fields, h.prefix, a, 0)
		return true
	})
	span.LogFields(fields...)
	clear(fields)
	if cap(fields) <= maxFields {
		*p = fields
		fieldsPool.Put(p)
	}
}

// appendField appends a, or what is in it if it is a group. A LogValuer may expand to
// groups without end: beyond the bounds they are left out, and Stats counts each as a
// dropped field.
func appendField(fields []log.Field, prefix string, a slog.Attr, depth int) []log.Field {
	v := a.Value.Resolve() // a panic becomes an error value
	key := prefix + a.Key
	switch v.Kind() {
	case slog.KindGroup:
		if depth >= maxDepth || len(fields) >= maxFields {
			return append(fields, log.Lazy(nil))
		}
		if a.Key != "" {
			prefix = key + "."
		}
		for _, inner := range v.Group() {
			fields = appendField(fields, prefix, inner, depth+1)
		}
		return fields
	case slog.KindString:
		return append(fields, log.String(key, v.String()))
	case slog.KindBool:
		return append(fields, log.Bool(key, v.Bool()))
	case slog.KindInt64:
		return append(fields, log.Int64(key, v.Int64()))
	case slog.KindUint64:
		return append(fields, log.Uint64(key, v.Uint64()))
	case slog.KindFloat64:
		return append(fields, log.Float64(key, v.Float64()))
	case slog.KindDuration:
		return append(fields, log.String(key, v.Duration().String()))
	case slog.KindTime:
		return append(fields, log.String(key, v.Time().Format(time.RFC3339Nano)))
	}
	if a.Key == "" && v.Any() == nil { // as slog says, not an attribute
		return fields
	}
	return append(fields, log.Object(key, v.Any()))
}
