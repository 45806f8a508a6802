// SPDX-License-Identifier: Apache-2.0

package model

import (
	"fmt"
	"math"
	"strconv"
)

// Kind is the type of a Value. The numbers are those of jaeger.thrift's TagType.
type Kind uint8

// The kinds of Value.
const (
	KindString  Kind = iota // text; the zero Value is the empty string
	KindFloat64             // DOUBLE
	KindBool                // BOOL
	KindInt64               // LONG
	KindBytes               // BINARY
)

// String returns the kind's name in Go terms.
func (k Kind) String() string {
	names := [...]string{"string", "float64", "bool", "int64", "bytes"}
	if int(k) < len(names) {
		return names[k]
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}

// Value is a frozen tag or log value: one of five kinds, 32 bytes, passed by
// value. It holds no reference to anything that its maker can still change.
type Value struct {
	str  string
	bits uint64
	kind Kind
}

// String makes a text value. (The method of the same purpose on Value is Str.)
func String(s string) Value { return Value{str: s} }

// Int64 makes an integer value.
func Int64(i int64) Value { return Value{kind: KindInt64, bits: uint64(i)} }

// Float64 makes a floating-point value.
func Float64(f float64) Value { return Value{kind: KindFloat64, bits: math.Float64bits(f)} }

// Bool makes a boolean value.
func Bool(b bool) Value {
	if b {
		return Value{kind: KindBool, bits: 1}
	}
	return Value{kind: KindBool}
}

// Bytes makes a binary value of a copy of b.
func Bytes(b []byte) Value { return Value{kind: KindBytes, str: string(b)} }

// BytesString makes a binary value of the bytes of s, without a copy.
func BytesString(s string) Value { return Value{kind: KindBytes, str: s} }

// Kind returns the value's kind.
func (v Value) Kind() Kind { return v.kind }

// Str returns the text of a KindString or the bytes of a KindBytes, without a
// copy, and "" for other kinds.
func (v Value) Str() string { return v.str }

// Int64 returns the number of a KindInt64, and 0 for other kinds.
func (v Value) Int64() int64 {
	if v.kind != KindInt64 {
		return 0
	}
	return int64(v.bits)
}

// Float64 returns the number of a KindFloat64, and 0 for other kinds.
func (v Value) Float64() float64 {
	if v.kind != KindFloat64 {
		return 0
	}
	return math.Float64frombits(v.bits)
}

// Bool returns the truth of a KindBool, and false for other kinds.
func (v Value) Bool() bool { return v.kind == KindBool && v.bits != 0 }

// Any returns the value as string, float64, bool, int64 or a fresh []byte.
func (v Value) Any() any {
	switch v.kind {
	case KindFloat64:
		return v.Float64()
	case KindBool:
		return v.Bool()
	case KindInt64:
		return v.Int64()
	case KindBytes:
		return []byte(v.str)
	}
	return v.str
}

// String formats the value for people: text as it is, bytes in hexadecimal.
func (v Value) String() string {
	switch v.kind {
	case KindFloat64:
		return strconv.FormatFloat(v.Float64(), 'g', -1, 64)
	case KindBool:
		return strconv.FormatBool(v.Bool())
	case KindInt64:
		return strconv.FormatInt(v.Int64(), 10)
	case KindBytes:
		return fmt.Sprintf("%x", v.str)
	}
	return v.str
}
