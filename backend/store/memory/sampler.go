// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/go-spur/spur/backend/store"
)

// sampler is what InsertThroughput and InsertProbabilities were given.
type sampler struct {
	mu            sync.Mutex
	throughput    []throughput
	probabilities []store.Probability
}

type throughput struct {
	at      time.Time
	counted []store.Throughput
}

// InsertThroughput implements store.Sampler.
func (s *Store) InsertThroughput(ctx context.Context, at time.Time, counted []store.Throughput, forget time.Time) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	s.sampler.mu.Lock()
	defer s.sampler.mu.Unlock()
	s.sampler.throughput = slices.DeleteFunc(s.sampler.throughput, func(t throughput) bool { return t.at.Before(forget) })
	s.sampler.throughput = append(s.sampler.throughput, throughput{at, cloneThroughput(counted)})
	return nil
}

// Throughput implements store.Sampler.
func (s *Store) Throughput(ctx context.Context, from, to time.Time) (found []store.Throughput, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.calls.RUnlock()
	s.sampler.mu.Lock()
	defer s.sampler.mu.Unlock()
	for _, t := range s.sampler.throughput {
		if t.at.After(from) && !t.at.After(to) {
			found = append(found, cloneThroughput(t.counted)...)
		}
	}
	return found, nil
}

func cloneThroughput(ts []store.Throughput) []store.Throughput {
	ts = slices.Clone(ts)
	for i := range ts {
		ts[i].Probabilities = slices.Clone(ts[i].Probabilities)
	}
	return ts
}

// InsertProbabilities implements store.Sampler.
func (s *Store) InsertProbabilities(ctx context.Context, computed []store.Probability) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	s.sampler.mu.Lock()
	defer s.sampler.mu.Unlock()
	s.sampler.probabilities = slices.Clone(computed)
	return nil
}

// LatestProbabilities implements store.Sampler.
func (s *Store) LatestProbabilities(ctx context.Context) ([]store.Probability, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.calls.RUnlock()
	s.sampler.mu.Lock()
	defer s.sampler.mu.Unlock()
	return slices.Clone(s.sampler.probabilities), nil
}
