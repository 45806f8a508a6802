// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/store"
)

// AdaptiveConfig says what adaptive sampling is to reach. All fields are needed.
type AdaptiveConfig struct {
	// TargetSamplesPerSecond is how many traces of each operation are wanted. A rate
	// that is off by less than DeltaTolerance of it is near enough.
	TargetSamplesPerSecond float64
	DeltaTolerance         float64
	// Probabilities are computed each CalculationInterval from what arrived in one,
	// and in up to BucketsForCalculation-1 before in which the operation was seen, by
	// Delay ago, so that clients have asked for the last ones.
	CalculationInterval   time.Duration
	BucketsForCalculation int
	Delay                 time.Duration
	// An operation that is not seen for so many intervals is forgotten.
	AggregationBuckets int
	// InitialProbability is that of operations of which nothing is known, and
	// MinProbability the least that is computed.
	InitialProbability, MinProbability float64
	// MinSamplesPerSecond is how many traces of an operation clients sample in any
	// case.
	MinSamplesPerSecond float64
}

// DefaultAdaptive returns the settings that Jaeger has when nobody changes them.
func DefaultAdaptive() AdaptiveConfig {
	return AdaptiveConfig{
		TargetSamplesPerSecond: 1,
		DeltaTolerance:         0.3,
		CalculationInterval:    time.Minute,
		BucketsForCalculation:  1,
		Delay:                  2 * time.Minute,
		AggregationBuckets:     10,
		InitialProbability:     0.001,
		MinProbability:         1e-5,
		MinSamplesPerSecond:    1.0 / 60,
	}
}

// Adaptive is a Source that follows what arrives: for each operation it computes the
// probability that leads to the wanted number of traces a second. Of several that share a
// store which is a store.Leaser one computes, and the others do as it says.
type Adaptive struct {
	config  AdaptiveConfig
	store   store.Sampler
	lead    *lead // nil when nobody else is asked
	log     *slog.Logger
	metrics adaptiveMetrics
	counter counter
	answers atomic.Pointer[map[string]Strategy]

	// What only run uses.
	calculator calculator
	saved      []store.Probability
	savedAt    time.Time
	read       time.Time // up to which throughput was read
	failing    bool      // the store, the last time
	crowded    bool      // there were too many operations, the last time

	stop context.CancelFunc
	done chan struct{}
}

// NewAdaptive returns one that goes on from what s holds, and computes until Close.
// It registers its metrics with reg, which may be nil.
func NewAdaptive(ctx context.Context, c AdaptiveConfig, s store.Sampler, reg prometheus.Registerer, log *slog.Logger) (*Adaptive, error) {
	a := &Adaptive{
		config: c, store: s, log: log, done: make(chan struct{}),
		calculator: newCalculator(c),
	}
	if l, ok := s.(store.Leaser); ok {
		a.lead = newLead(l, 2*c.CalculationInterval)
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	learned, err := s.LatestProbabilities(ctx)
	if err != nil {
		return nil, fmt.Errorf("adaptive sampling: what was learned: %w", err)
	}
	a.calculator.learn(learned)
	a.publish(a.calculator.probabilities())
	a.metrics = newAdaptiveMetrics(reg)
	start := time.Now()
	a.read = start.Add(-c.Delay)
	ctx, a.stop = context.WithCancel(context.Background())
	go a.run(ctx, start)
	return a, nil
}

// Strategy implements Source.
func (a *Adaptive) Strategy(_ context.Context, service string) (Strategy, error) {
	if s, ok := (*a.answers.Load())[service]; ok {
		return s, nil
	}
	return a.strategy(nil), nil
}

// strategy returns one with these operations.
func (a *Adaptive) strategy(each []Operation) Strategy {
	return Strategy{OperationsOnly: true, Operations: &Operations{
		Default: a.config.InitialProbability, LowerBound: a.config.MinSamplesPerSecond, Each: each,
	}}
}

// publish makes what was computed, sorted by service, the answers.
func (a *Adaptive) publish(computed []store.Probability) {
	answers := map[string]Strategy{}
	for len(computed) > 0 {
		service := computed[0].Service
		var each []Operation
		for len(computed) > 0 && computed[0].Service == service {
			each = append(each, Operation{computed[0].Operation, computed[0].Probability})
			computed = computed[1:]
		}
		answers[service] = a.strategy(each)
	}
	a.answers.Store(&answers)
}

// Close stops computing, which another may then do. What was counted since the last interval
// is not used: with it, the next one would look longer than it was.
func (a *Adaptive) Close(ctx context.Context) error {
	a.stop()
	select {
	case <-a.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run computes at each interval from start on. Those that it misses become one.
func (a *Adaptive) run(ctx context.Context, start time.Time) {
	defer close(a.done)
	if a.lead != nil {
		defer a.lead.giveUp()
	}
	timer := time.NewTimer(a.config.CalculationInterval)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		start = start.Add(max(a.config.CalculationInterval, time.Since(start).Truncate(a.config.CalculationInterval)))
		a.report(ctx, a.step(ctx, start))
		timer.Reset(time.Until(start.Add(a.config.CalculationInterval)))
	}
}

// step stores what was counted until now, and computes probabilities from what was
// until Delay ago, or takes those that another has computed.
func (a *Adaptive) step(ctx context.Context, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	saving := a.save(ctx, now)
	to := now.Add(-a.config.Delay)
	if a.lead != nil {
		ours, err := a.lead.take(ctx)
		if err == nil && !ours {
			err = a.follow(ctx, to)
		}
		if err != nil || !ours {
			return errors.Join(saving, err)
		}
	}
	counted, err := a.store.Throughput(ctx, a.read, to)
	if err != nil {
		return errors.Join(saving, err) // the next step reads more
	}
	begun := time.Now()
	a.calculator.next(counted, to.Sub(a.read))
	a.read = to
	computed := a.calculator.probabilities()
	a.publish(computed)
	a.metrics.latency.Observe(time.Since(begun).Seconds())
	a.metrics.calculated.Set(float64(len(computed)))
	if !slices.Equal(computed, a.saved) || now.Sub(a.savedAt) >= saveAgain {
		if err := a.store.InsertProbabilities(ctx, computed); err != nil {
			return errors.Join(saving, err)
		}
		a.saved, a.savedAt = computed, now
	}
	return saving
}

// save stores what was counted until now.
func (a *Adaptive) save(ctx context.Context, now time.Time) error {
	counted, services, ignored := a.counter.take()
	a.metrics.services.Add(float64(services))
	a.metrics.operations.Add(float64(len(counted)))
	a.metrics.ignored.Add(float64(ignored))
	if ignored > 0 && !a.crowded {
		a.log.Warn("adaptive sampling: too many operations, or too long names; the others are sampled as new ones are", "traces", ignored)
	}
	a.crowded = ignored > 0
	if len(counted) == 0 {
		return nil
	}
	err := a.store.InsertThroughput(ctx, now, counted, now.Add(-a.config.Delay-2*a.config.CalculationInterval))
	if err != nil {
		for _, t := range counted {
			a.metrics.ignored.Add(float64(t.Count))
		}
	}
	return err
}

// report logs that the store fails, or no longer does.
func (a *Adaptive) report(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	switch {
	case err != nil && !a.failing:
		a.log.Warn("adaptive sampling: the store fails; probabilities stay as they are", "error", err)
	case err == nil && a.failing:
		a.log.Info("adaptive sampling: the store works again")
	}
	a.failing = err != nil
}
