// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestRateLimitingRejects(t *testing.T) {
	for _, c := range []struct {
		rate  float64
		named string
	}{
		{math.NaN(), "NaN"},
		{-3, "-3"},
		{math.Inf(1), "+Inf"},
		{math.Inf(-1), "-Inf"},
		{1e300, "1e+300"},
		{1000001, "1.000001e+06"},
	} {
		r, err := NewRateLimiting(c.rate)
		if !errors.Is(err, ErrInvalidRate) || !strings.Contains(err.Error(), " "+c.named+" ") || r != nil {
			t.Errorf("NewRateLimiting(%v) = %v, %v; want an ErrInvalidRate with %q", c.rate, r, err, c.named)
		}
	}
}

func TestRateLimitingZeroNever(t *testing.T) {
	for _, rate := range []float64{0, math.Copysign(0, -1)} {
		r := mustRateLimiting(t, rate)
		for range 1000 { // jaeger-client-go samples the first
			if d := r.Sample(Params{}); d.Sample || len(d.Tags) != 0 {
				t.Fatalf("ratelimiting(%v) decided %+v", rate, d)
			}
		}
		if r.String() != "ratelimiting(0)" {
			t.Errorf("String() = %q", r)
		}
	}
}
