// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"math"
	"testing"

	"github.com/uber/jaeger-client-go/thrift"
)

func TestNumeric(t *testing.T) {
	for _, tc := range []struct {
		n       thrift.Numeric
		text    string
		integer int64
		float   float64
	}{
		{thrift.NewNumericFromI64(math.MinInt64), "-9223372036854775808", math.MinInt64, math.MinInt64},
		{thrift.NewNumericFromI32(-5), "-5", -5, -5},
		{thrift.NewNumericFromDouble(1234567890.125), "1234567890", 1234567890, 1234567890.125},
		{thrift.NewNumericFromDouble(math.Inf(1)), "Infinity", 0, math.Inf(1)},
		{thrift.NewNumericFromDouble(math.Inf(-1)), "-Infinity", 0, math.Inf(-1)},
		{thrift.NewNumericFromString("12"), "12", 12, 12},
		{thrift.NewNumericFromString("1.5"), "1.5", 0, 1.5},
		{thrift.NewNumericFromString("-Infinity"), "-Infinity", 0, math.Inf(-1)},
		{thrift.NewNumericFromString(""), "", 0, 0},
		{thrift.NewNumericFromString("x"), "x", 0, 0},
		{thrift.NewNumericFromJSONString("12", true), "", 0, 0},
		{thrift.NewNumericFromJSONString("12", false), "12", 12, 12},
		{thrift.ZERO, "0", 0, 0},
	} {
		if tc.n.String() != tc.text || tc.n.Int64() != tc.integer || tc.n.Float64() != tc.float {
			t.Errorf("%q: %d and %v", tc.n, tc.n.Int64(), tc.n.Float64())
		}
		if tc.n.Int32() != int32(tc.integer) || tc.n.Int16() != int16(tc.integer) || tc.n.Byte() != byte(tc.integer) ||
			tc.n.Int() != int(tc.integer) || tc.n.Float32() != float32(tc.float) {
			t.Errorf("%q: narrower types differ", tc.n)
		}
	}
	if n := thrift.NewNumericFromDouble(math.NaN()); n != thrift.NAN && n.String() != "NaN" {
		t.Errorf("NaN is %v", n)
	}
}
