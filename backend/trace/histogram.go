// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"math/bits"
	"time"
)

// Histogram counts durations in buckets whose bounds grow by a quarter of a
// power of two, so that a quantile is at most 12 % off. Its zero value is
// empty. The buckets cover 1 µs to 2^38 µs, about three days; what lies outside
// is in the first or the last.
type Histogram [HistogramBuckets]uint32

// HistogramBuckets is the number of buckets.
const HistogramBuckets = 152

func bucket(d time.Duration) int {
	us := uint64(max(d.Microseconds(), 1))
	log := bits.Len64(us) - 1       // 2^log <= us
	quarter := (us << 2 >> log) & 3 // us / 2^log - 1, in quarters
	return min(log*4+int(quarter), HistogramBuckets-1)
}

// Add counts a duration.
func (h *Histogram) Add(d time.Duration) { h[bucket(d)]++ }

// Merge adds the counts of o.
func (h *Histogram) Merge(o *Histogram) {
	for i, n := range o {
		h[i] += n
	}
}

// Quantile returns the duration below which q (0 to 1) of the counted ones
// are: the middle of its bucket, or 0 when the histogram is empty.
func (h *Histogram) Quantile(q float64) time.Duration {
	var total uint64
	for _, n := range h {
		total += uint64(n)
	}
	if total == 0 {
		return 0
	}
	rank := uint64(min(max(q, 0), 1) * float64(total-1))
	for i, n := range h {
		if rank < uint64(n) {
			low := time.Duration(4+i%4) << (i / 4) * time.Microsecond / 4
			return low + low/time.Duration(2*(4+i%4))
		}
		rank -= uint64(n)
	}
	return 0
}
