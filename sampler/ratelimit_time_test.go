// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package sampler

import (
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

// drain asks until the sampler says no and returns how often it said yes.
func drain(s Sampler) (n int) {
	for s.Sample(Params{}).Sample {
		n++
	}
	return n
}

func TestRateLimitingBurst(t *testing.T) {
	for _, c := range []struct {
		rate float64
		want int
	}{
		{1e-12, 1},
		{0.1, 1},
		{1.0 / 3, 1},
		{0.999, 1},
		{1, 1},
		{1.5, 1},
		{2, 2},
		{2.5, 2},
		{3, 3},
		{7, 7},
		{49, 49},
		{97, 97},
		{1000, 1000},
		{12345.678, 12345},
		{999999, 999999},
		{1e6, 1e6},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := mustRateLimiting(t, c.rate)
			d := r.Sample(Params{})
			if !d.Sample {
				t.Fatalf("rate %v: the first trace was not sampled", c.rate)
			}
			checkTags(t, d, "ratelimiting", model.Float64(c.rate))
			if got := 1 + drain(r); got != c.want {
				t.Errorf("rate %v: %d at once at the start, want %d", c.rate, got, c.want)
			}
			<-time.After(100 * time.Hour) // jaeger-client-go pays out two buckets now
			if got := drain(r); c.rate > 1e-6 && got != c.want {
				t.Errorf("rate %v: %d at once after a pause, want %d", c.rate, got, c.want)
			}
		})
	}
}

func TestRateLimitingRefill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustRateLimiting(t, 0.1)
		for i := range 5 {
			if got := drain(r); got != 1 {
				t.Fatalf("period %d: %d sampled, want 1", i, got)
			}
			<-time.After(10*time.Second - 1)
			if r.Sample(Params{}).Sample {
				t.Fatalf("period %d: sampled a nanosecond early", i)
			}
			<-time.After(1)
		}
	})
}

// TestRateLimitingExtremes: the longest intervals do not overflow.
func TestRateLimitingExtremes(t *testing.T) {
	for _, rate := range []float64{math.SmallestNonzeroFloat64, 1e-30, 1e-10} {
		synctest.Test(t, func(t *testing.T) {
			r := mustRateLimiting(t, rate)
			n := 0
			for range 70 { // years
				n += drain(r)
				<-time.After(365 * 24 * time.Hour)
			}
			if n != 1 {
				t.Errorf("rate %v: %d sampled in 70 years, want 1", rate, n)
			}
		})
	}
}

// TestRateLimitingConcurrentSafe lets 64 goroutines ask for hours, two at a time
// every 20 ms. (A bucket of one trace that is full loses what flows in until
// somebody asks, so at low rates the gap between two asks must be small.)
func TestRateLimitingConcurrentSafe(t *testing.T) {
	const goroutines = 64
	hours, rates := 3*time.Hour, []float64{0.05, 1, 3, 7.3, 60}
	if race.Enabled {
		hours, rates = time.Hour, []float64{1, 60}
	}
	for _, rate := range rates {
		synctest.Test(t, func(t *testing.T) {
			r := mustRateLimiting(t, rate)
			var sampled atomic.Int64
			var wg sync.WaitGroup
			begin := time.Now()
			for g := range goroutines {
				wg.Go(func() {
					<-time.After(time.Duration(g/2) * 20 * time.Millisecond)
					tick := time.NewTicker(640 * time.Millisecond)
					defer tick.Stop()
					for time.Since(begin) < hours {
						<-tick.C
						if r.Sample(Params{}).Sample {
							sampled.Add(1)
						}
					}
				})
			}
			wg.Wait()
			want := rate*time.Since(begin).Seconds() + max(rate, 1)
			if got := float64(sampled.Load()); math.Abs(got-want) > 0.01*want {
				t.Errorf("rate %v: %v sampled in %v, want %.1f ± 1 %%", rate, got, time.Since(begin), want)
			}
		})
	}
}

// TestRateLimitingCrowd: goroutines that ask at the same instant never get more
// than the bucket holds.
func TestRateLimitingCrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := mustRateLimiting(t, 100)
		for round := range 20 {
			var sampled atomic.Int64
			var wg sync.WaitGroup
			for range 64 {
				wg.Go(func() {
					for range 50 {
						if r.Sample(Params{}).Sample {
							sampled.Add(1)
						}
					}
				})
			}
			wg.Wait()
			if got := sampled.Load(); got != 100 {
				t.Fatalf("round %d: %d of 3200 sampled, want 100", round, got)
			}
			<-time.After(time.Hour)
		}
	})
}

// TestRateLimitingHighRates: rounding the interval costs at most 0.1 %.
func TestRateLimitingHighRates(t *testing.T) {
	for _, rate := range []float64{1e4, 99999, 333333, 999001, 1e6} {
		synctest.Test(t, func(t *testing.T) {
			r := mustRateLimiting(t, rate)
			drain(r)
			n := 0
			begin := time.Now()
			for range 100 {
				<-time.After(10 * time.Millisecond)
				n += drain(r)
			}
			want := rate * time.Since(begin).Seconds()
			if math.Abs(float64(n)-want) > 0.001*want+1 {
				t.Errorf("rate %v: %d sampled in %v, want %.0f", rate, n, time.Since(begin), want)
			}
		})
	}
}
