// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Number is a number as exact as it was written: an int64 or a float64.
type Number struct {
	Valid bool
	IsInt bool
	Int   int64
	Float float64
	// rounded says that Float stands for an integer that no int64 can hold.
	rounded bool
}

// ParseNumber reads a decimal number: digits with or without a sign, a fraction
// and an exponent, or Infinity. For anything else Valid is false.
func ParseNumber(s string) Number {
	switch s {
	case "Infinity":
		return Number{Valid: true, Float: math.Inf(1)}
	case "-Infinity":
		return Number{Valid: true, Float: math.Inf(-1)}
	}
	if s == "" || len(s) > maxNumberBytes {
		return Number{}
	}
	digits := true // so far a sign and digits only
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
		case (c == '-' || c == '+') && i == 0:
		case c == '.' && strings.IndexByte(s[:i], '.') >= 0: // an address or a version
			return Number{}
		case c == '.' || c == 'e' || c == 'E' || c == '-' || c == '+':
			digits = false
		default:
			return Number{}
		}
	}
	if digits {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return Number{Valid: true, IsInt: true, Int: n}
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return Number{}
	}
	return Number{Valid: true, Float: f, rounded: digits}
}

// numberOf returns v as ParseNumber(v.AsString()) would.
func numberOf(v pcommon.Value) Number {
	switch v.Type() {
	case pcommon.ValueTypeInt:
		return intNumber(v.Int())
	case pcommon.ValueTypeDouble:
		if f := v.Double(); math.Abs(f) < 1<<53 {
			return Number{Valid: true, Float: f}
		}
		return ParseNumber(v.AsString()) // shorter than the exact value
	case pcommon.ValueTypeStr:
		return ParseNumber(v.Str())
	case pcommon.ValueTypeBytes:
		return ParseNumber(v.AsString())
	default:
		return Number{}
	}
}

func intNumber(n int64) Number { return Number{Valid: true, IsInt: true, Int: n} }

// Compare returns -1, 0 or +1 as a is below, equal to or above b, without
// rounding either of them. It is false when one of them is not a number.
func (a Number) Compare(b Number) (int, bool) {
	switch {
	case !a.Valid || !b.Valid:
		return 0, false
	case a.IsInt && b.IsInt:
		return cmp.Compare(a.Int, b.Int), true
	case a.IsInt:
		return compareIntFloat(a.Int, b.Float), true
	case b.IsInt:
		return -compareIntFloat(b.Int, a.Float), true
	default:
		return cmp.Compare(a.Float, b.Float), true
	}
}

// equal reports whether a and b are the same number. Of two integers that no
// int64 can hold it cannot say so.
func (a Number) equal(b Number) bool {
	c, ok := a.Compare(b)
	return ok && c == 0 && !(a.rounded && b.rounded)
}

func compareIntFloat(n int64, f float64) int {
	switch whole := math.Trunc(f); {
	case whole >= 1<<63:
		return -1
	case whole < -1<<63:
		return 1
	case int64(whole) != n:
		return cmp.Compare(n, int64(whole))
	default:
		return -cmp.Compare(f, whole)
	}
}
