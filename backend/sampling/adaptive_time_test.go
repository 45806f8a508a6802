// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
)

// client makes traces of an operation, and samples them as it is told once a minute.
type client struct {
	of                 *Adaptive
	service, operation string
	perSecond          float64
	asked              int
	p, calls, bound    float64
	sampled            int // in the last call of run
}

// run goes on for so many seconds.
func (c *client) run(t *testing.T, seconds int) {
	t.Helper()
	c.sampled = 0
	for range seconds {
		c.begin(t)
		time.Sleep(time.Second)
		c.end()
	}
	synctest.Wait()
}

// begin asks at the begin of a second, if it is time to.
func (c *client) begin(t *testing.T) {
	t.Helper()
	if c.asked%60 == 0 {
		c.ask(t)
	}
	c.asked++
}

// end makes the traces of a second.
func (c *client) end() {
	before := c.calls
	c.calls += c.perSecond
	called := math.Floor(c.calls) > math.Floor(before)
	chosen := int(math.Floor(c.calls*c.p) - math.Floor(before*c.p))
	for range chosen {
		c.of.count(c.service, c.operation, false, c.p)
	}
	c.sampled += chosen
	if c.bound += 1.0 / 60; c.bound >= 1 && called && chosen == 0 {
		c.bound = 0
		c.sampled++
		c.of.count(c.service, c.operation, true, c.p)
	}
}

func (c *client) ask(t *testing.T) {
	t.Helper()
	s, err := c.of.Strategy(t.Context(), c.service)
	if err != nil {
		t.Fatal(err)
	}
	c.p = s.Operations.Default
	for _, o := range s.Operations.Each {
		if o.Name == c.operation {
			c.p = o.Probability
		}
	}
}

func newAdaptive(t *testing.T, c AdaptiveConfig, s store.Sampler) *Adaptive {
	t.Helper()
	a, err := NewAdaptive(t.Context(), c, s, nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func closeAdaptive(t *testing.T, a *Adaptive) {
	t.Helper()
	if err := a.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestAdaptiveReachesTarget, with Jaeger's settings, whatever the traffic: much too
// much, about right, too little, hardly any.
func TestAdaptiveReachesTarget(t *testing.T) {
	for _, perSecond := range []float64{80_000, 10_000, 1000, 100, 5, 1.0 / 45} {
		synctest.Test(t, func(t *testing.T) {
			s := memory.Open(memory.Config{})
			a := newAdaptive(t, DefaultAdaptive(), s)
			c := client{of: a, service: "shop", operation: "GET /", perSecond: perSecond}
			c.run(t, 40*60)
			want := min(1, perSecond)
			for minute := range 20 {
				c.run(t, 60)
				if want < 1 {
					continue // more than a minute says little
				}
				if rate := float64(c.sampled) / 60; math.Abs(rate-want) > 0.31*want {
					t.Errorf("of %v traces a second, %v are sampled in minute %d with probability %v", perSecond, rate, minute, c.p)
				}
			}
			if want < 1 && c.p != 1 {
				t.Errorf("of %v traces a second, %v are sampled", perSecond, c.p)
			}
			closeAdaptive(t, a)
		})
	}
}

// TestAdaptiveRestart: what was learned is served at once, and goes on to be used.
func TestAdaptiveRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.Open(memory.Config{})
		a := newAdaptive(t, DefaultAdaptive(), s)
		c := client{of: a, service: "shop", operation: "GET /", perSecond: 10_000}
		c.run(t, 20*60)
		before := c.p
		closeAdaptive(t, a)
		for range 5 {
			c.of = newAdaptive(t, DefaultAdaptive(), s)
			c.ask(t)
			if c.p != before || c.p > 0.00014 || c.p < 0.00007 {
				t.Errorf("%v before and %v after", before, c.p)
			}
			c.run(t, 200)
			closeAdaptive(t, c.of)
		}
	})
}

// TestAdaptiveOthers: services that do not do what they are told, or say nothing of
// it, change nothing.
func TestAdaptiveOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAdaptive(t, DefaultAdaptive(), memory.Open(memory.Config{}))
		for range 30 * 60 {
			for range 10 {
				a.count("stubborn", "op", false, 0.25)
			}
			time.Sleep(time.Second)
		}
		s, err := a.Strategy(t.Context(), "stubborn")
		if err != nil || len(s.Operations.Each) != 1 || math.Abs(s.Operations.Each[0].Probability-0.0001) > 0.00001 {
			t.Errorf("after one computation: %+v, %v", s.Operations, err)
		}
		closeAdaptive(t, a)
	})
}

// broken is a store that fails.
type broken struct {
	*memory.Store
	err error
}

func (b *broken) Throughput(ctx context.Context, from, to time.Time) ([]store.Throughput, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.Store.Throughput(ctx, from, to)
}

// TestAdaptiveStoreFails: meanwhile probabilities stay as they are, and what was
// counted counts for the whole time when the store works again.
func TestAdaptiveStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &broken{memory.Open(memory.Config{}), nil}
		reg := prometheus.NewRegistry()
		c := DefaultAdaptive()
		c.Delay, c.DeltaTolerance = 0, 1e-9
		a, err := NewAdaptive(t.Context(), c, s, reg, quiet)
		if err != nil {
			t.Fatal(err)
		}
		minute := func(want float64) {
			t.Helper()
			for range 600 {
				a.count("shop", "op", false, 0.001)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			answer, _ := a.Strategy(t.Context(), "shop")
			got := answer.Operations.Default
			for _, o := range answer.Operations.Each {
				got = o.Probability
			}
			if math.Abs(got-want) > 1e-12 {
				t.Errorf("%v, want %v", got, want)
			}
		}
		s.err = errors.New("broken")
		minute(0.001)
		minute(0.001)
		s.err = nil
		minute(0.0001) // 10 a second for 3 minutes
		if n := counted(t, reg, "jaeger_collector_adaptive_sampling_processor_operations_calculated", ""); n != 1 {
			t.Errorf("%v operations", n)
		}
		closeAdaptive(t, a)
		s.err = store.ErrClosed
		_ = s.Store.Close()
		if _, err := NewAdaptive(t.Context(), c, s, nil, quiet); !errors.Is(err, store.ErrClosed) {
			t.Errorf("with a store that is closed: %v", err)
		}
	})
}
