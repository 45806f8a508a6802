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
func (t *Tracer) freeze(v any, most length) model.Value {
	switch v := v.(type) {
	case string:
		return model.String(t.text(v, most))
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
		if n := min(most.bytes, most.characters); len(v) > n {
			t.rare.values.Add(1)
			v = v[:n]
		}
		return model.Bytes(v)
	case ext.SpanKindEnum:
		return model.String(t.text(string(v), most))
	case model.Value:
		return t.freezeValue(v, most)
	}
	return model.String(t.object(v, most))
}

// freezeValue holds a value that came as one to the limits.
func (t *Tracer) freezeValue(v model.Value, most length) model.Value {
	switch v.Kind() {
	case model.KindString:
		return model.String(t.text(v.Str(), most))
	case model.KindBytes:
		return t.freeze([]byte(v.Str()), most)
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

// length is what a text may have at most. Other bytes count as one character each.
type length struct{ bytes, characters int }

func bytesOnly(n int) length { return length{n, math.MaxInt} }

func (t *Tracer) tagLength() length {
	return length{t.limits.TagValueLength, t.limits.TagValueCharacters}
}
func (t *Tracer) logLength() length {
	return length{t.limits.LogValueLength, t.limits.LogValueCharacters}
}

// text holds a string to a length and to valid UTF-8: one bad byte would cost the
// whole batch at some receivers. Strings that need neither are returned as they
// are.
func (t *Tracer) text(s string, most length) string {
	if len(s) <= most.bytes && len(s) <= most.characters && (isASCII(s) || utf8.ValidString(s)) {
		return s
	}
	s, long := format.Shorten(s, most.bytes)
	s, longer := format.ShortenCharacters(s, most.characters)
	if long || longer {
		t.rare.values.Add(1)
	}
	return s
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
func (t *Tracer) key(s string) string { return t.text(s, bytesOnly(t.limits.KeyLength)) }

// object formats a value of any other type, running its own methods.
func (t *Tracer) object(v any, most length) string {
	b, long := format.Append(nil, v, min(most.bytes, t.limits.ObjectLength))
	s, longer := format.ShortenCharacters(string(b), most.characters)
	if long || longer {
		t.rare.values.Add(1)
	}
	return s
}

// operation freezes an operation name.
func (t *Tracer) operation(name string) string {
	most := bytesOnly(t.limits.OperationLength)
	name = t.text(name, most)
	if t.redactor == nil {
		return name
	}
	v, keep := t.redact(PlaceOperation, "operation", model.String(name))
	if !keep {
		return "redacted"
	}
	return t.text(v.Str(), most)
}

// tag freezes and redacts a tag; ok is false when it was dropped.
func (t *Tracer) tag(place Place, key string, value any) (string, model.Value, bool) {
	key = t.key(key)
	v := t.freeze(value, t.tagLength())
	if t.redactor == nil {
		return key, v, true
	}
	v, keep := t.redact(place, key, v)
	return key, t.freezeValue(v, t.tagLength()), keep
}
