// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestHistogramBounds: what Quantile promises of each duration, those at the bounds
// of buckets above all.
func TestHistogramBounds(t *testing.T) {
	durations := []time.Duration{0, 1, 999, time.Microsecond, 1001, time.Hour, 1<<38*time.Microsecond - 1}
	for d := time.Microsecond; d < 1<<37*time.Microsecond; d = d * 5 / 4 {
		durations = append(durations, d-1, d, d+1)
	}
	for log := range 37 {
		for q := range 4 {
			d := time.Duration((4+q)<<log) * time.Microsecond / 4
			durations = append(durations, d-1, d, d+1)
		}
	}
	for _, d := range durations {
		var h Histogram
		h.Add(d)
		got := h.Quantile(0.5)
		if off := max(got-d, d-got); off > d/8+1 && d >= time.Microsecond || d < time.Microsecond && got != 0 {
			t.Errorf("%v reads as %v", d, got)
		}
	}
	var h Histogram
	if got := h.Quantile(0.5); got != 0 {
		t.Errorf("the median of nothing is %v", got)
	}
	h.Add(-1)
	h.Add(math.MaxInt64) // neither is out of range
	if low, high := h.Quantile(0), h.Quantile(1); low != 0 || high < 48*time.Hour {
		t.Errorf("%v, %v", low, high)
	}
}

// TestHistogramQuantile: the quantile is that of the sorted durations.
func TestHistogramQuantile(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := 1; n < 300; n += 7 {
		var h, other Histogram
		all := make([]time.Duration, n)
		for i := range all {
			all[i] = time.Duration(1000 * math.Exp(20*random.Float64()))
			[]*Histogram{&h, &other}[i%2].Add(all[i])
		}
		h.Merge(&other)
		slices.Sort(all)
		for _, q := range []float64{0, 0.1, 0.5, 0.75, 0.9, 0.95, 0.99, 1} {
			want := all[int(q*float64(n-1))]
			if got := h.Quantile(q); max(got-want, want-got) > want/8+1 {
				t.Errorf("quantile %v of %d is %v, want %v", q, n, got, want)
			}
		}
	}
}
