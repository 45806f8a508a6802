// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"math"
	"testing"
	"time"
)

func TestHistogramQuantile(t *testing.T) {
	for _, d := range []time.Duration{time.Microsecond, 3 * time.Microsecond, 17 * time.Microsecond, time.Millisecond, 1234 * time.Millisecond, time.Hour} {
		var h, other Histogram
		h.Add(d)
		other.Add(d)
		h.Merge(&other)
		if got := h.Quantile(0.5); math.Abs(float64(got-d)) > 0.125*float64(d)+500 {
			t.Errorf("the median of %v twice is %v", d, got)
		}
	}
	var h Histogram
	if got := h.Quantile(0.5); got != 0 {
		t.Errorf("the median of nothing is %v", got)
	}
	for i := range 100 {
		h.Add(time.Duration(i+1) * time.Millisecond)
	}
	for q, want := range map[float64]time.Duration{0: time.Millisecond, 0.5: 50 * time.Millisecond, 0.95: 95 * time.Millisecond, 1: 100 * time.Millisecond} {
		if got := h.Quantile(q); math.Abs(float64(got-want)) > 0.125*float64(want) {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	h.Add(-1)
	h.Add(math.MaxInt64) // neither is out of range
}
