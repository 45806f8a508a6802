// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/model"
)

// freeze turns what the application handed over into a value that nobody can
// change any more. It runs on the caller's goroutine, outside every lock, and
// survives whatever the value's own methods do. Numbers, booleans, strings and
// []byte stay what they are; everything else is formatted, much as fmt's %+v would,
// to a bounded depth and length. Other bytes, such as a json.RawMessage or those
// within a struct, become text there, in which a Redactor can recognise something.
func (t *Tracer) freeze(v any, maxLen int) model.Value {
	switch v := v.(type) {
	case string:
		return model.String(t.text(v, maxLen))
	case bool:
		return model.Bool(v)
	case int:
		return model.Int64(int64(v))
	case int8:
		return model.Int64(int64(v))
	case int16:
		return model.Int64(int64(v))
	case int32:
		return model.Int64(int64(v))
	case int64:
		return model.Int64(v)
	case uint:
		return freezeUint(uint64(v))
	case uint8:
		return model.Int64(int64(v))
	case uint16:
		return model.Int64(int64(v))
	case uint32:
		return model.Int64(int64(v))
	case uint64:
		return freezeUint(v)
	case float32:
		return model.Float64(float64(v))
	case float64:
		return model.Float64(v)
	case []byte:
		if len(v) > maxLen {
			t.rare.values.Add(1)
			v = v[:maxLen]
		}
		return model.Bytes(v)
	case ext.SpanKindEnum:
		return model.String(t.text(string(v), maxLen))
	case model.Value:
		return t.freezeValue(v, maxLen)
	}
	return model.String(t.object(v, maxLen))
}

// freezeValue holds a value that came as one to the limits.
func (t *Tracer) freezeValue(v model.Value, maxLen int) model.Value {
	switch v.Kind() {
	case model.KindString:
		return model.String(t.text(v.Str(), maxLen))
	case model.KindBytes:
		return t.freeze([]byte(v.Str()), maxLen)
	}
	return v
}

// freezeUint keeps the numbers that the wire's signed 64 bits hold and spells
// out larger ones.
func freezeUint(u uint64) model.Value {
	if u > math.MaxInt64 {
		return model.String(strconv.FormatUint(u, 10))
	}
	return model.Int64(int64(u))
}

// cutMark ends a text that was cut, within its limit.
const cutMark = "…"

// text holds a string to a length and to valid UTF-8: one bad byte would cost the
// whole batch at some receivers. Strings that need neither are returned as they
// are.
func (t *Tracer) text(s string, maxLen int) string {
	if len(s) <= maxLen && (isASCII(s) || utf8.ValidString(s)) {
		return s
	}
	whole, cut := format.Clean(s, maxLen)
	if !cut {
		return whole
	}
	t.rare.values.Add(1)
	if maxLen < len(cutMark) {
		return whole
	}
	part, _ := format.Clean(s, maxLen-len(cutMark))
	return part + cutMark
}

// isASCII is what nearly every key and value is, and quicker to find out than
// utf8.ValidString (BenchmarkWorkload/d: a tenth of the whole).
func isASCII(s string) bool {
	const high = 0x8080808080808080
	for len(s) >= 8 {
		word := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if word&high != 0 {
			return false
		}
		s = s[8:]
	}
	var all byte
	for i := range len(s) {
		all |= s[i]
	}
	return all < 0x80
}

// key is text for keys.
func (t *Tracer) key(s string) string { return t.text(s, t.limits.KeyLength) }

// object formats a value of any other type, running its own methods.
func (t *Tracer) object(v any, maxLen int) string {
	b, cut := format.Append(nil, v, min(maxLen, t.limits.ObjectLength))
	if cut {
		t.rare.values.Add(1)
	}
	return string(b)
}

// operation freezes an operation name.
func (t *Tracer) operation(name string) string {
	name = t.text(name, t.limits.OperationLength)
	if t.redactor == nil {
		return name
	}
	v, keep := t.redact(PlaceOperation, "operation", model.String(name))
	if !keep {
		return "redacted"
	}
	return t.text(v.Str(), t.limits.OperationLength)
}

// tag freezes and redacts a tag; ok is false when it was dropped.
func (t *Tracer) tag(place Place, key string, value any, maxLen int) (string, model.Value, bool) {
	key = t.key(key)
	v := t.freeze(value, maxLen)
	if t.redactor == nil {
		return key, v, true
	}
	v, keep := t.redact(place, key, v)
	return key, t.freezeValue(v, maxLen), keep
}
