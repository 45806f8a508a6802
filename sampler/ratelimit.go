// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/model"
)

// MaxTracesPerSecond is the highest rate that NewRateLimiting accepts. Whoever
// wants more wants NewConst(true); a sampling server that says more gets this.
const MaxTracesPerSecond = 1e6

// RateLimiting samples so many traces a second, whichever come first. It is a
// token bucket that starts full and holds what one second brings, but never less
// than one trace: any second sees at most twice the rate (the bucket, and what
// flows in meanwhile), any longer time the rate.
//
// Sampled roots are tagged sampler.type=ratelimiting and sampler.param=rate
// (DOUBLE).
type RateLimiting struct {
	rate     float64
	interval int64 // nanoseconds that bring one trace; 0 when none ever comes
	capacity int64 // nanoseconds that fill the bucket
	start    time.Time
	tags     []model.Tag

	// spent is the time, in nanoseconds since start, up to which the flow has
	// been used: what lies between it and now is in the bucket. One number is the
	// whole state, so one compare-and-swap takes a trace out.
	spent atomic.Int64
}

// NewRateLimiting returns a sampler for up to perSecond traces a second, a
// fraction being fewer than one: 0.1 is one in ten seconds. 0 never samples. A
// rate that is negative, NaN, infinite or above MaxTracesPerSecond is an
// ErrInvalidRate that names it. Rates are kept to within 0.1 %.
func NewRateLimiting(perSecond float64) (*RateLimiting, error) {
	if !(perSecond >= 0 && perSecond <= MaxTracesPerSecond) {
		return nil, invalidRate("traces per second", perSecond, "between 0 and 1e+06")
	}
	perSecond = math.Abs(perSecond) // -0 becomes 0
	r := &RateLimiting{
		rate:  perSecond,
		start: time.Now(),
		tags:  reason("ratelimiting", model.Float64(perSecond)),
	}
	if perSecond == 0 {
		return r, nil
	}
	// Rounded down, so that a full bucket holds max(perSecond, 1) traces and no
	// fraction less. The bound, 73 years, keeps the sums in Sample in range.
	const longest = 1 << 61
	r.interval = int64(min(float64(time.Second)/perSecond, longest))
	r.capacity = r.interval
	if perSecond > 1 {
		r.capacity = int64(float64(r.interval) * perSecond)
	}
	r.spent.Store(-r.capacity)
	return r, nil
}

// Sample implements Sampler. It retries only when another goroutine has taken a
// trace in between, so never more often than there are traces to take.
func (r *RateLimiting) Sample(Params) Decision {
	if r.interval == 0 {
		return Decision{}
	}
	now := int64(time.Since(r.start))
	for {
		old := r.spent.Load()
		spent := max(old, now-r.capacity)
		if now-spent < r.interval {
			return Decision{}
		}
		if r.spent.CompareAndSwap(old, spent+r.interval) {
			return Decision{Sample: true, Tags: r.tags}
		}
	}
}

// empty reports that no trace is left at the moment.
func (r *RateLimiting) empty() bool {
	if r.interval == 0 {
		return true
	}
	now := int64(time.Since(r.start))
	return now-max(r.spent.Load(), now-r.capacity) < r.interval
}

// Rate returns the rate given to NewRateLimiting.
func (r *RateLimiting) Rate() float64 { return r.rate }

// Status implements Statuser. Param is the rate.
func (r *RateLimiting) Status() Status {
	return Status{Type: "ratelimiting", Param: r.rate, Description: r.String()}
}

// String returns a description such as "ratelimiting(10)".
func (r *RateLimiting) String() string { return "ratelimiting(" + formatRate(r.rate) + ")" }
