// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/trace"
)

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]trace.Number{
		"0":                    {Valid: true, IsInt: true},
		"-0":                   {Valid: true, IsInt: true},
		"+007":                 {Valid: true, IsInt: true, Int: 7},
		"9223372036854775807":  {Valid: true, IsInt: true, Int: math.MaxInt64},
		"-9223372036854775808": {Valid: true, IsInt: true, Int: math.MinInt64},
		"1.50":                 {Valid: true, Float: 1.5},
		".5":                   {Valid: true, Float: 0.5},
		"5.":                   {Valid: true, Float: 5},
		"-1E-3":                {Valid: true, Float: -0.001},
		"Infinity":             {Valid: true, Float: math.Inf(1)},
		"-Infinity":            {Valid: true, Float: math.Inf(-1)},
	} {
		if got := trace.ParseNumber(text); got != want {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
	for _, text := range []string{"", " 1", "1 ", "1,5", "0x1f", "1_000", "NaN", "inf", "--1", "1-", "e5", "1e", ".", "1e999", "١", strings.Repeat("1", 101)} {
		if got := trace.ParseNumber(text); got.Valid {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// TestNumberCompare against arithmetic without limits.
func TestNumberCompare(t *testing.T) {
	texts := []string{
		"-Infinity", "-1e300", "-9223372036854775809", "-9223372036854775808", "-9223372036854775807.5", "-9007199254740993", "-1.5", "-1", "0", "0.1",
		"1", "1.0", "1.5", "2", "9007199254740992.0", "9007199254740993", "9223372036854775807", "9223372036854775808", "1e19", "Infinity",
	}
	exact := func(n trace.Number) *big.Float {
		if n.IsInt {
			return new(big.Float).SetInt64(n.Int)
		}
		return new(big.Float).SetFloat64(n.Float)
	}
	for _, a := range texts {
		for _, b := range texts {
			x, y := trace.ParseNumber(a), trace.ParseNumber(b)
			got, ok := x.Compare(y)
			if want := exact(x).Cmp(exact(y)); !ok || got != want {
				t.Errorf("%s and %s compare as %d, %v, want %d", a, b, got, ok, want)
			}
		}
	}
	if _, ok := trace.ParseNumber("x").Compare(trace.ParseNumber("1")); ok {
		t.Error("what is no number compares")
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"", "1", "-9223372036854775808", "1e999", "1e-999", "18446744073709551615", "Infinity", "0.1", "1_0", "0b1"} {
		f.Add(s, "1")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := trace.ParseNumber(a), trace.ParseNumber(b)
		c, ok := x.Compare(y)
		d, ok2 := y.Compare(x)
		if ok != ok2 || c != -d || ok != (x.Valid && y.Valid) {
			t.Errorf("%q and %q: %d, %v and %d, %v", a, b, c, ok, d, ok2)
		}
	})
}
