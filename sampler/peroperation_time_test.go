// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package sampler

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestPerOperationLowerBound: as many traces as the bound, however low the
// probability, and in the same second as many as the probability if that is more.
func TestPerOperationLowerBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := mustPerOperation(t, Strategy{Probability: 0, LowerBound: 2}, 0)
		sampled := 0
		const seconds = 3600
		for range seconds * 10 {
			<-time.After(100 * time.Millisecond)
			if p.Sample(Params{TraceID: never, Operation: "op"}).Sample {
				sampled++
			}
		}
		if want := 2*seconds + 1; sampled < want-20 || sampled > want+20 {
			t.Errorf("%d sampled in an hour, want %d", sampled, want)
		}
		full := mustPerOperation(t, Strategy{Probability: 0.5, LowerBound: 2}, 0)
		for i := range 1000 {
			if d := full.Sample(Params{TraceID: always, Operation: "op"}); !d.Sample || d.Tags[0].Value.Str() != "probabilistic" {
				t.Fatalf("%d: %+v", i, d)
			}
		}
		if full.Sample(Params{TraceID: never, Operation: "op"}).Sample {
			t.Error("traces that the probability sampled did not count towards the bound")
		}
	})
}

// TestPerOperationUpdate: buckets survive, of listed and of learned operations,
// until they are full.
func TestPerOperationUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		strategy := func(bound float64, listed ...string) Strategy {
			s := Strategy{Type: StrategyPerOperation, LowerBound: bound}
			for _, op := range listed {
				s.Operations = append(s.Operations, OperationStrategy{op, 0})
			}
			return s
		}
		check := func(p *PerOperation, op string, want bool) {
			t.Helper()
			if got := p.Sample(Params{TraceID: never, Operation: op}).Sample; got != want {
				t.Errorf("%s sampled: %v, want %v", op, got, want)
			}
		}
		update := func(p *PerOperation, s Strategy, known int) {
			t.Helper()
			if err := p.Update(s); err != nil {
				t.Fatal(err)
			}
			if got := p.Status().Operations; got != known {
				t.Errorf("%d operations known, want %d", got, known)
			}
		}
		p := mustPerOperation(t, strategy(0.01, "stays", "goes"), 0)
		for _, op := range []string{"stays", "goes", "learned", "comes"} {
			check(p, op, true)
			check(p, op, false)
		}
		<-time.After(50 * time.Second) // half a bucket
		update(p, strategy(0.01, "stays", "comes", "new"), 5)
		for _, op := range []string{"stays", "goes", "learned", "comes"} {
			check(p, op, false) // jaeger-client-go forgets "learned" here, and samples it again
		}
		check(p, "new", true)
		<-time.After(51 * time.Second)
		check(p, "learned", true) // after 101 s in all
		update(p, strategy(0.01, "stays"), 3)
		check(p, "stays", true)
		check(p, "learned", false)
		check(p, "comes", true)
		check(p, "goes", true) // was full, so it could be forgotten

		// A hundred times the bound: a bucket that was empty stays so.
		update(p, strategy(1, "stays"), 5)
		check(p, "stays", false)
		<-time.After(time.Second)
		check(p, "stays", true)

		update(p, strategy(0, "stays"), 1)
		check(p, "stays", false)
		check(p, "learned", false)
		update(p, strategy(1, "stays"), 1)
		check(p, "stays", true)

		// Away for long: nothing remains but what is listed.
		for i := range 100 {
			check(p, fmt.Sprint("junk", i), true)
		}
		update(p, strategy(1, "stays"), 101)
		<-time.After(time.Hour)
		update(p, strategy(1, "stays"), 1)

		// No more than the maximum survives.
		small := mustPerOperation(t, strategy(1), 5)
		for i := range 10 {
			check(small, fmt.Sprint("op", i), i < 5)
		}
		update(small, strategy(1, "a", "b", "c"), 5)
		update(small, strategy(1, "a", "b", "c", "d", "e", "f"), 6)
	})
}

// TestStrategySamplerKeepsBuckets: a new limit brings no burst, and none is owed.
func TestStrategySamplerKeepsBuckets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := func(current Sampler, perSecond float64) *RateLimiting {
			s, err := Strategy{Type: StrategyRateLimiting, TracesPerSecond: perSecond}.Sampler(current, 0)
			if err != nil {
				t.Fatal(err)
			}
			return s.(*RateLimiting)
		}
		r := limit(nil, 10)
		for _, tt := range []struct {
			wait time.Duration
			rate float64
			want int
		}{
			{0, 10, 10},
			{0, 20, 0},
			{500 * time.Millisecond, 20, 10},
			{0, 10, 0},
			{500 * time.Millisecond, 40, 20}, // half full, as it was
			{time.Hour, 4, 4},
			{0, 0, 0},
			{time.Hour, 0, 0},
			{0, 3, 3},
		} {
			<-time.After(tt.wait)
			r = limit(r, tt.rate)
			if got := drain(r); got != tt.want {
				t.Errorf("after %v at %v/s: %d traces, want %d", tt.wait, tt.rate, got, tt.want)
			}
		}
	})
}
