// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"math/bits"
	"time"
)

// Histogram counts durations in buckets whose bounds grow by a quarter of a
// power of two. Its zero value is empty. What takes less than 1 µs is in the first
// bucket, what takes 2^38 µs, about three days, or more in the last.
type Histogram [HistogramBuckets]uint32

// HistogramBuckets is the number of buckets.
const HistogramBuckets = 1 + 4*38

// quarter is a quarter of the least duration that is not in the first bucket.
const quarter = time.Microsecond / 4

func bucket(d time.Duration) int {
	n := uint64(max(d, 0) / quarter)
	if n < 4 {
		return 0
	}
	log := bits.Len64(n) - 3 // 4<<log <= n < 8<<log
	return min(1+4*log+int(n>>log&3), HistogramBuckets-1)
}

// Add counts a duration.
func (h *Histogram) Add(d time.Duration) { h[bucket(d)]++ }

// Merge adds the counts of o.
func (h *Histogram) Merge(o *Histogram) {
	for i, n := range o {
		h[i] += n
	}
}

// Quantile returns the duration of rank q*(n-1), rounded down, among the n that
// were counted, in their order: 0 is the shortest, 0.5 the median, 1 the longest.
// It returns the middle of the duration's bucket, so it is off by at most an eighth
// of the duration; below 1 µs it returns 0. Without any it is 0, too.
func (h *Histogram) Quantile(q float64) time.Duration {
	var total uint64
	for _, n := range h {
		total += uint64(n)
	}
	rank := uint64(min(max(q, 0), 1) * float64(max(total, 1)-1))
	for i, n := range h {
		if rank >= uint64(n) {
			rank -= uint64(n)
			continue
		}
		if i == 0 {
			return 0
		}
		log, low := (i-1)/4, 4+(i-1)%4 // in quarters
		return time.Duration((2*low+1)<<log) * (quarter / 2)
	}
	return 0
}
