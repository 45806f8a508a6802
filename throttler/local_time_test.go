// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package throttler

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

func TestLocalRefills(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLocal(2)
		count := func() (n int) {
			for range 10 {
				if l.Allow("op") {
					n++
				}
			}
			return n
		}
		for i, wait := range []time.Duration{0, 0, 500 * time.Millisecond, time.Second, time.Hour} {
			time.Sleep(wait)
			if n, want := count(), []int{2, 0, 1, 2, 2}[i]; n != want {
				t.Errorf("after %v: %d, want %d", wait, n, want)
			}
		}
	})
}

// TestLocalRates: over a minute nobody gets more than the rate and a full bucket.
func TestLocalRates(t *testing.T) {
	for _, tt := range []struct {
		perSecond float64
		want      int // in a minute, asked a hundred times a second
	}{
		{0.1, 6},
		{1, 60},
		{2.5, 151},
		{10, 609},
		{1e-300, 1},
		{0, 0},
		{-1, 0},
		{math.NaN(), 0},
		{math.Inf(-1), 0},
		{1e300, 6000},
		{math.Inf(1), 6000},
	} {
		synctest.Test(t, func(t *testing.T) {
			l, got := NewLocal(tt.perSecond), 0
			for range 6000 {
				if l.Allow("op") {
					got++
				}
				time.Sleep(10 * time.Millisecond)
			}
			if got != tt.want {
				t.Errorf("%v a second: %d in a minute, want %d", tt.perSecond, got, tt.want)
			}
		})
	}
}
