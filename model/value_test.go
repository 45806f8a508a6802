// SPDX-License-Identifier: Apache-2.0

package model

import (
	"math"
	"reflect"
	"testing"
	"unsafe"
)

func TestValues(t *testing.T) {
	for _, tt := range []struct {
		v    Value
		kind Kind
		any  any
		text string
	}{
		{Value{}, KindString, "", ""},
		{String("s"), KindString, "s", "s"},
		{Int64(math.MinInt64), KindInt64, int64(math.MinInt64), "-9223372036854775808"},
		{Float64(1.5), KindFloat64, 1.5, "1.5"},
		{Float64(math.Inf(1)), KindFloat64, math.Inf(1), "+Inf"},
		{Bool(true), KindBool, true, "true"},
		{Bool(false), KindBool, false, "false"},
		{Bytes([]byte{1, 0xff}), KindBytes, []byte{1, 0xff}, "01ff"},
		{BytesString("a"), KindBytes, []byte("a"), "61"},
	} {
		if tt.v.Kind() != tt.kind || !reflect.DeepEqual(tt.v.Any(), tt.any) || tt.v.String() != tt.text {
			t.Errorf("%v: %v, %v, %q", tt.any, tt.v.Kind(), tt.v.Any(), tt.v)
		}
	}
	if v := Float64(1); v.Int64() != 0 || v.Bool() || v.Str() != "" || Int64(1).Float64() != 0 {
		t.Error("a value answers for another kind")
	}
	if n := unsafe.Sizeof(Value{}); n != 8+3*unsafe.Sizeof(uintptr(0)) { // 32 on 64 bits
		t.Errorf("a Value has %d bytes", n)
	}
	if KindBytes.String() != "bytes" || Kind(77).String() != "Kind(77)" {
		t.Error("kinds are named otherwise")
	}
}

func TestBytesAreCopied(t *testing.T) {
	b := []byte("before")
	v := Bytes(b)
	copy(b, "after!")
	if v.Str() != "before" {
		t.Errorf("%q", v.Str())
	}
}

func TestCloneSharesNothingThatChanges(t *testing.T) {
	s := &Span{
		Operation: "op", Tags: []Tag{{Key: "k", Value: Int64(1)}},
		Logs:       []Log{{Time: 1, Fields: []Tag{{Key: "f", Value: String("v")}}}},
		References: []Reference{{SpanID: 1}},
	}
	c := s.Clone()
	if !reflect.DeepEqual(s, c) {
		t.Fatalf("%+v, want %+v", c, s)
	}
	s.Tags[0], s.Logs[0].Fields[0], s.References[0] = Tag{}, Tag{}, Reference{}
	if c.Tags[0].Key != "k" || c.Logs[0].Fields[0].Key != "f" || c.References[0].SpanID != 1 {
		t.Errorf("the copy changed: %+v", c)
	}
}
