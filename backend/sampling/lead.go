// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"context"
	"crypto/rand"
	"os"
	"time"

	"github.com/go-spur/spur/backend/store"
)

// leaseName is that of Jaeger's collectors, which may use the same store.
const leaseName = "sampling_lock"

// lead is the right to compute, which one of several collectors has.
type lead struct {
	store store.Leaser
	owner string
	term  time.Duration // that it lasts without being taken again
	ours  bool
}

func newLead(s store.Leaser, term time.Duration) *lead {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return &lead{store: s, owner: host + "-" + rand.Text(), term: term}
}

// take reports whether we compute now: nobody else does, or we did already.
func (l *lead) take(ctx context.Context) (bool, error) {
	ours, err := l.store.Lease(ctx, leaseName, l.owner, l.term)
	if err == nil {
		l.ours = ours
	}
	return ours, err
}

// giveUp lets another compute soon, if we did.
func (l *lead) giveUp() {
	if !l.ours {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), giveUpTimeout)
	defer cancel()
	_, _ = l.store.Lease(ctx, leaseName, l.owner, 0) // else it lasts out its term
}

// follow takes the probabilities that another has computed, to go on from should it end.
func (a *Adaptive) follow(ctx context.Context, to time.Time) error {
	computed, err := a.store.LatestProbabilities(ctx)
	if err != nil {
		return err
	}
	a.calculator = newCalculator(a.config)
	a.calculator.learn(computed)
	computed = a.calculator.probabilities()
	a.publish(computed)
	a.metrics.calculated.Set(float64(len(computed)))
	a.saved, a.read = computed, to
	return nil
}
