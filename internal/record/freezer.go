// SPDX-License-Identifier: Apache-2.0

package record

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"sync/atomic"
	"unicode/utf8"

	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/model"
)

// Freezer turns values into data. All methods may be called from any goroutine.
type Freezer struct {
	limits   Limits
	redactor Redactor // nil: none

	tags, logs, fields, values, panics atomic.Uint64
}

// NewFreezer makes a Freezer; without a Redactor, r is nil.
func NewFreezer(l Limits, r Redactor) *Freezer {
	l.BytesPerSpan = min(l.BytesPerSpan, math.MaxInt32) // a Record counts in 32 bits
	return &Freezer{limits: l, redactor: r}
}

// Counts returns what has been counted.
func (f *Freezer) Counts() Counts {
	return Counts{
		Tags: f.tags.Load(), Logs: f.logs.Load(), Fields: f.fields.Load(),
		Values: f.values.Load(), Panics: f.panics.Load(),
	}
}

// ProcessTag is Tag for a tag of the process. The limit of characters is for spans.
func (f *Freezer) ProcessTag(t *model.Tag, key string, value any) (keep bool) {
	most := inBytes(f.limits.Tag.Bytes)
	t.Key, t.Value = key, f.freeze(value, most)
	return f.redactTag(Process, t, most)
}

// Tag makes t a tag, frozen and redacted; keep is false if the Redactor drops it.
func (f *Freezer) Tag(t *model.Tag, key string, value any) (keep bool) {
	most := &f.limits.Tag
	t.Key = key
	if s, ok := value.(string); ok && plain(s, min(most.Bytes, most.Characters)) {
		t.Value = model.String(s)
	} else {
		t.Value = f.freeze(value, *most)
	}
	return f.Redact(t)
}

// Plain reports whether Tag would leave a text and its key as they are.
func (f *Freezer) Plain(key, text string) bool {
	most := &f.limits.Tag
	return f.redactor == nil && plain(key, f.limits.Key) && plain(text, min(most.Bytes, most.Characters))
}

// Text freezes a tag's text.
func (f *Freezer) Text(s string) model.Value { return model.String(f.text(s, f.limits.Tag)) }

// Value freezes a tag's value of any type. Numbers, booleans, strings and []byte
// stay what they are; everything else is formatted as package format does. Other
// bytes, such as a json.RawMessage, become text, in which a Redactor can recognise
// something.
func (f *Freezer) Value(v any) model.Value { return f.freeze(v, f.limits.Tag) }

// Redact bounds the key of a frozen tag and redacts its value; keep is false if the
// Redactor drops it.
func (f *Freezer) Redact(t *model.Tag) (keep bool) {
	if f.redactor == nil && plain(t.Key, f.limits.Key) {
		return true
	}
	return f.redactTag(Tag, t, f.limits.Tag)
}

func (f *Freezer) redactTag(place Place, t *model.Tag, most Length) (keep bool) {
	if t.Key = f.key(t.Key); f.redactor != nil {
		t.Value, keep = f.redact(place, t.Key, t.Value, most)
		return keep
	}
	return true
}

// Name bounds an operation name.
func (f *Freezer) Name(s string) string { return f.text(s, inBytes(f.limits.Operation)) }

// Operation bounds and redacts an operation name.
func (f *Freezer) Operation(s string) string {
	if f.redactor == nil && plain(s, f.limits.Operation) {
		return s
	}
	if s = f.Name(s); f.redactor == nil {
		return s
	}
	v, keep := f.redact(Operation, "operation", model.String(s), inBytes(f.limits.Operation))
	if !keep {
		return "redacted"
	}
	return f.Name(v.String())
}

// BaggageValue redacts the value of a baggage item; keep is false if the Redactor
// drops it.
func (f *Freezer) BaggageValue(key, value string) (_ string, keep bool) {
	if f.redactor == nil {
		return value, true
	}
	v, keep := f.redact(Baggage, f.key(key), model.String(value), inBytes(math.MaxInt))
	return v.String(), keep
}

// Baggage redacts every item of b. If there is a Redactor, properties are left out:
// nobody has looked at them.
func (f *Freezer) Baggage(b *model.Baggage) *model.Baggage {
	if f.redactor == nil || b.Len() == 0 {
		return b
	}
	members := make([]model.Member, 0, b.Len())
	for m := range b.All() {
		if value, keep := f.BaggageValue(m.Key, m.Value); keep {
			members = append(members, model.Member{Key: m.Key, Value: value})
		}
	}
	slices.Reverse(members) // oldest first
	return model.NewBaggage(members...)
}

// redact calls the Redactor and bounds what it returns. The value is dropped if it
// panics.
func (f *Freezer) redact(place Place, key string, v model.Value, most Length) (_ model.Value, keep bool) {
	if guard.Run(func() { v, keep = f.redactor(place, key, v) }) != nil {
		f.panics.Add(1)
		keep = false
	}
	if !keep {
		return model.Value{}, false
	}
	return f.bound(v, most), true
}

// freeze turns v into data of at most so many bytes and characters.
func (f *Freezer) freeze(v any, most Length) model.Value {
	switch v := v.(type) {
	case string:
		return model.String(f.text(v, most))
	case bool:
		return model.Bool(v)
	case int:
		return model.Int64(int64(v))
	case int64:
		return model.Int64(v)
	case uint16: // as ext.HTTPStatusCode has it
		return model.Int64(int64(v))
	case int8, int16, int32:
		return model.Int64(reflect.ValueOf(v).Int())
	case uint, uint8, uint32, uint64:
		return unsigned(reflect.ValueOf(v).Uint())
	case float32:
		return model.Float64(float64(v))
	case float64:
		return model.Float64(v)
	case []byte:
		if n := min(most.Bytes, most.Characters); len(v) > n {
			f.values.Add(1)
			v = v[:n]
		}
		return model.Bytes(v)
	case ext.SpanKindEnum:
		return model.String(f.text(string(v), most))
	case model.Value:
		return f.bound(v, most)
	}
	return model.String(f.object(v, most))
}

// bound holds data to a length.
func (f *Freezer) bound(v model.Value, most Length) model.Value {
	switch v.Kind() {
	case model.KindString:
		return model.String(f.text(v.Str(), most))
	case model.KindBytes:
		if len(v.Str()) > min(most.Bytes, most.Characters) {
			return f.freeze([]byte(v.Str()), most)
		}
	}
	return v
}

// unsigned keeps the numbers that the wire's signed 64 bits hold and spells out
// larger ones.
func unsigned(u uint64) model.Value {
	if u > math.MaxInt64 {
		return model.String(strconv.FormatUint(u, 10))
	}
	return model.Int64(int64(u))
}

// object formats a value of any other type, running its own methods.
func (f *Freezer) object(v any, most Length) string {
	room := most.Bytes
	if f.limits.NoEllipsis && room < f.limits.Object {
		room += 2 * utf8.UTFMax // for format's mark, which is cut off
	}
	b, long := format.Append(nil, v, min(room, f.limits.Object))
	s, longer := f.cut(string(b), most)
	if long || longer {
		f.values.Add(1)
	}
	return s
}

// cut holds a string to a length, and returns whether it was longer.
func (f *Freezer) cut(s string, most Length) (string, bool) {
	cutBytes, cutCharacters := format.Shorten, format.ShortenCharacters
	if f.limits.NoEllipsis {
		cutBytes, cutCharacters = format.Cut, format.CutCharacters
	}
	s, long := cutBytes(s, most.Bytes)
	s, longer := cutCharacters(s, most.Characters)
	return s, long || longer
}

func inBytes(n int) Length { return Length{n, math.MaxInt} }

func (f *Freezer) key(s string) string { return f.text(s, inBytes(f.limits.Key)) }

// text holds a string to a length and to valid UTF-8: one bad byte would cost the
// whole batch at some receivers. Strings that need neither are returned as they
// are.
func (f *Freezer) text(s string, most Length) string {
	if fits := min(most.Bytes, most.Characters); plain(s, fits) || len(s) <= fits && utf8.ValidString(s) {
		return s
	}
	s, long := f.cut(s, most)
	if long {
		f.values.Add(1)
	}
	return s
}

// plain reports whether a string is not longer than that and ASCII, as nearly every key
// and value is: quicker to find out than utf8.ValidString (BenchmarkWorkload/d: a tenth of
// the whole).
func plain(s string, most int) bool {
	const high = 0x8080808080808080
	n := len(s)
	switch {
	case n > most:
		return false
	case n >= 8:
	case n >= 4:
		return (four(s)|four(s[n-4:]))&(high>>32) == 0
	default:
		var all byte
		for i := range n {
			all |= s[i]
		}
		return all < 0x80
	}
	for i := 0; i+8 < n; i += 8 {
		if eight(s[i:])&high != 0 {
			return false
		}
	}
	return eight(s[n-8:])&high == 0 // some may be looked at twice
}

// four returns the first four bytes of s.
func four(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// eight returns the first eight bytes of s.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
