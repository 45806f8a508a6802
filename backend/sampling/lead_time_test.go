// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
)

// leases are those of a store that several collectors share.
type leases struct {
	mu     sync.Mutex
	holder string
	until  time.Time
}

func (l *leases) lease(owner string, d time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if owner != l.holder && now.Before(l.until) {
		return false
	}
	if d <= 0 {
		l.holder, l.until = "", time.Time{}
		return false
	}
	l.holder, l.until = owner, now.Add(max(d, time.Second))
	return true
}

// shared is the store as one collector has it.
type shared struct {
	*memory.Store
	leases *leases
	away   atomic.Bool  // for this collector
	reads  atomic.Int64 // of throughput, to compute from
	writes atomic.Int64 // of what was computed
}

var errAway = errors.New("away")

func (s *shared) Lease(_ context.Context, name, owner string, d time.Duration) (bool, error) {
	if s.away.Load() || name != leaseName {
		return false, errAway
	}
	return s.leases.lease(owner, d), nil
}

func (s *shared) Throughput(ctx context.Context, from, to time.Time) ([]store.Throughput, error) {
	s.reads.Add(1)
	return s.Store.Throughput(ctx, from, to)
}

func (s *shared) InsertProbabilities(ctx context.Context, computed []store.Probability) error {
	if s.away.Load() {
		return errAway
	}
	s.writes.Add(1)
	return s.Store.InsertProbabilities(ctx, computed)
}

// minutes lets two clients run at once.
func minutes(t *testing.T, n int, clients ...*client) {
	t.Helper()
	for _, c := range clients {
		c.sampled = 0
	}
	for range n * 60 {
		for _, c := range clients {
			c.begin(t)
		}
		time.Sleep(time.Second)
		for _, c := range clients {
			c.end()
		}
	}
	synctest.Wait()
}

// TestOneComputes: of two collectors that share a store one computes, from what both
// count, and both answer the same. When it ends, or can no longer reach the store, the
// other goes on from what it has computed.
func TestOneComputes(t *testing.T) {
	for name, end := range map[string]struct {
		stop  func(*testing.T, *Adaptive, *shared)
		after int // minutes until the other computes, at most
	}{
		"closed": {func(t *testing.T, a *Adaptive, _ *shared) { closeAdaptive(t, a) }, 1},
		"killed": {func(t *testing.T, a *Adaptive, s *shared) { s.away.Store(true); closeAdaptive(t, a) }, 3},
		"away":   {func(_ *testing.T, _ *Adaptive, s *shared) { s.away.Store(true) }, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, l := memory.Open(memory.Config{}), &leases{}
				a, b := &shared{Store: m, leases: l}, &shared{Store: m, leases: l}
				first := newAdaptive(t, DefaultAdaptive(), a)
				time.Sleep(time.Second) // the first asks first
				second := newAdaptive(t, DefaultAdaptive(), b)
				one := &client{of: first, service: "shop", operation: "GET /", perSecond: 5000}
				two := &client{of: second, service: "shop", operation: "GET /", perSecond: 5000}
				minutes(t, 40, one, two)
				if a.reads.Load() < 39 || b.reads.Load() != 0 || b.writes.Load() != 0 {
					t.Errorf("the first computed %d times, the second %d and wrote %d times", a.reads.Load(), b.reads.Load(), b.writes.Load())
				}
				minutes(t, 10, one, two)
				if rate := float64(one.sampled+two.sampled) / 600; math.Abs(rate-1) > 0.4 || one.p != two.p {
					t.Errorf("%v traces a second, want 1 by the same probability; these are %v, %v", rate, one.p, two.p)
				}
				before := two.p
				reads := a.reads.Load()
				end.stop(t, first, a)
				one.of = second // a balancer leads its clients to the other
				minutes(t, end.after, one, two)
				if b.reads.Load() == 0 {
					t.Errorf("the second does not compute after %d minutes", end.after)
				}
				if two.ask(t); two.p != before {
					t.Errorf("it begins with %v, want %v", two.p, before)
				}
				one.perSecond, two.perSecond = 50, 50
				minutes(t, 30, one, two)
				minutes(t, 10, one, two)
				if rate := float64(one.sampled+two.sampled) / 600; math.Abs(rate-1) > 0.4 {
					t.Errorf("of less traffic %v traces a second, want 1; probability %v", rate, two.p)
				}
				if a.reads.Load() != reads {
					t.Errorf("the first computed %d times more", a.reads.Load()-reads)
				}
				closeAdaptive(t, first)
				closeAdaptive(t, second)
				_ = m.Close()
			})
		})
	}
}

// TestSavedAgain: what does not change is saved once an hour, for stores that forget what
// is old.
func TestSavedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shared{Store: memory.Open(memory.Config{}), leases: &leases{}}
		c := DefaultAdaptive()
		c.Delay, c.AggregationBuckets = 0, 1000
		a := newAdaptive(t, c, s)
		a.count("shop", "op", false, 0.5) // not ours: nothing changes
		time.Sleep(4*time.Hour + time.Minute)
		synctest.Wait()
		if s.writes.Load() != 5 {
			t.Errorf("written %d times in four hours, want 5", s.writes.Load())
		}
		closeAdaptive(t, a)
		_ = s.Close()
	})
}
