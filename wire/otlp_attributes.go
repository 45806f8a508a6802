// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unicode/utf8"

	"github.com/go-spur/spur/model"
)

// Field keys of opentelemetry.proto.common.v1.
const (
	keyValueKeyKey   = 1<<3 | 2 // KeyValue.key
	keyValueValueKey = 2<<3 | 2 // KeyValue.value

	anyStringKey = 1<<3 | 2 // AnyValue.string_value
	anyBoolKey   = 2 << 3   // AnyValue.bool_value
	anyIntKey    = 3 << 3   // AnyValue.int_value
	anyDoubleKey = 4<<3 | 1 // AnyValue.double_value
	anyArrayKey  = 5<<3 | 2 // AnyValue.array_value
	anyKVListKey = 6<<3 | 2 // AnyValue.kvlist_value
	anyBytesKey  = 7<<3 | 2 // AnyValue.bytes_value
)

// appendAttribute appends a KeyValue as an element of the field with the given
// key.
func appendAttribute(dst []byte, field byte, key string, v model.Value) []byte {
	if v.Kind() == model.KindString {
		return appendTextAttribute(dst, field, key, v.Str())
	}
	value := 2 // bytes of the AnyValue
	switch v.Kind() {
	case model.KindInt64:
		value = 1 + uvarintLen(uint64(v.Int64()))
	case model.KindFloat64:
		value = 1 + 8
	case model.KindBytes:
		value = otlpFieldLen(len(v.Str()))
	}
	dst = appendKey(dst, field, key, value)
	switch v.Kind() {
	case model.KindBool:
		truth := byte(0)
		if v.Bool() {
			truth = 1
		}
		dst = append(dst, anyBoolKey, truth)
	case model.KindInt64:
		dst = appendUvarint(append(dst, anyIntKey), uint64(v.Int64()))
	case model.KindFloat64:
		dst = binary.LittleEndian.AppendUint64(append(dst, anyDoubleKey), math.Float64bits(v.Float64()))
	case model.KindBytes:
		dst = append(appendLen(append(dst, anyBytesKey), len(v.Str())), v.Str()...)
	}
	return dst
}

// appendTextAttribute appends a KeyValue with a text. Most are so short that each
// of their lengths takes one byte: the bytes of such a one are all ASCII exactly
// when key and text are.
func appendTextAttribute(dst []byte, field byte, key, text string) []byte {
	if total := len(key) + len(text) + 6; total < 0x80 && key != "" {
		mark := len(dst)
		dst = append(dst, field, byte(total), keyValueKeyKey, byte(len(key)))
		dst = append(dst, key...)
		dst = append(dst, keyValueValueKey, byte(len(text)+2), anyStringKey, byte(len(text)))
		dst = append(dst, text...)
		if isASCII(dst[mark:]) || utf8.ValidString(key) && utf8.ValidString(text) {
			return dst
		}
		dst = dst[:mark]
	}
	n := textLen(text)
	dst = appendKey(dst, field, key, otlpFieldLen(n))
	return appendText(appendLen(append(dst, anyStringKey), n), text, n)
}

// appendKey appends what stands in front of an AnyValue of the given length in a
// KeyValue.
func appendKey(dst []byte, field byte, key string, value int) []byte {
	if total := len(key) + value + 4; total < 0x80 && key != "" {
		mark := len(dst)
		dst = append(dst, field, byte(total), keyValueKeyKey, byte(len(key)))
		dst = append(dst, key...)
		if isASCII(dst[mark:]) || utf8.ValidString(key) {
			return append(dst, keyValueValueKey, byte(value))
		}
		dst = dst[:mark]
	}
	n := textLen(key)
	total := otlpFieldLen(value)
	if n > 0 {
		total += otlpFieldLen(n)
	}
	dst = appendLen(append(dst, field), total)
	if n > 0 {
		dst = appendText(appendLen(append(dst, keyValueKeyKey), n), key, n)
	}
	return appendLen(append(dst, keyValueValueKey), value)
}

// appendOTLPText appends a field with a text, or nothing for an empty one.
func appendOTLPText(dst []byte, field byte, s string) []byte {
	if s == "" {
		return dst
	}
	if len(s) < 0x80 {
		mark := len(dst)
		dst = append(append(dst, field, byte(len(s))), s...)
		if isASCII(dst[mark:]) || utf8.ValidString(s) {
			return dst
		}
		dst = dst[:mark]
	}
	n := textLen(s)
	return appendText(appendLen(append(dst, field), n), s, n)
}

// appendText appends s as UTF-8, in n bytes as textLen has it.
func appendText(dst []byte, s string, n int) []byte {
	if n == len(s) {
		return append(dst, s...)
	}
	for _, c := range s {
		dst = utf8.AppendRune(dst, c)
	}
	return dst
}

// textLen returns how many bytes s takes when each byte that is not UTF-8 becomes
// U+FFFD. That takes three: the result is len(s) exactly when s is UTF-8.
func textLen(s string) (n int) {
	if utf8.ValidString(s) {
		return len(s)
	}
	for _, c := range s {
		n += utf8.RuneLen(c)
	}
	return n
}

// otlpFieldLen is what a field of n bytes takes with a key of one byte and its
// length.
func otlpFieldLen(n int) int { return 1 + uvarintLen(uint64(n)) + n }

// appendLen appends a length, which seldom takes more than two bytes.
func appendLen(dst []byte, n int) []byte {
	switch {
	case n < 0x80:
		return append(dst, byte(n))
	case n < 0x4000:
		return append(dst, byte(n)|0x80, byte(n>>7))
	}
	return appendUvarint(dst, uint64(n))
}

// uvarintLen returns how many bytes appendUvarint appends.
func uvarintLen(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

// isASCII is what nearly every text is, and quicker to find out than
// utf8.ValidString (BenchmarkEncode).
func isASCII(b []byte) bool {
	const high = 0x8080808080808080
	if len(b) < 8 {
		var all byte
		for _, c := range b {
			all |= c
		}
		return all < 0x80
	}
	all := binary.LittleEndian.Uint64(b[len(b)-8:])
	for ; len(b) > 8; b = b[8:] {
		all |= binary.LittleEndian.Uint64(b)
	}
	return all&high == 0
}
