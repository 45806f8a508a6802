// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-spur/spur/backend/store"
)

// InsertThroughput implements store.Sampler.
func (s *Store) InsertThroughput(ctx context.Context, at time.Time, counted []store.Throughput, forget time.Time) error {
	rows := make([]any, 0, 5*len(counted))
	for _, t := range counted {
		probabilities, err := json.Marshal(t.Probabilities)
		if err != nil {
			return err
		}
		rows = append(rows, at.UnixNano(), []byte(t.Service), []byte(t.Operation), t.Count, string(probabilities))
	}
	return s.insertSampling(ctx, func(w *writer) error {
		if err := w.exec("DELETE FROM throughput WHERE at < ?", forget.UnixNano()); err != nil {
			return err
		}
		return w.insert("INSERT INTO throughput (at, service, operation, count, probabilities)", "", 5, rows)
	})
}

// InsertProbabilities implements store.Sampler.
func (s *Store) InsertProbabilities(ctx context.Context, computed []store.Probability) error {
	rows := make([]any, 0, 4*len(computed))
	for _, p := range computed {
		rows = append(rows, []byte(p.Service), []byte(p.Operation), p.Probability, p.QPS)
	}
	return s.insertSampling(ctx, func(w *writer) error {
		if err := w.exec("DELETE FROM probability"); err != nil {
			return err
		}
		return w.insert("INSERT OR REPLACE INTO probability (service, operation, probability, qps)", "", 4, rows)
	})
}

// insertSampling calls insert in a transaction.
func (s *Store) insertSampling(ctx context.Context, insert func(*writer) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	s.writing.Lock()
	defer s.writing.Unlock()
	err := s.ready(ctx)
	if err == nil {
		err = s.transaction(func() error { return insert(s.w) })
	}
	return s.wrap(err)
}

// Throughput implements store.Sampler.
func (s *Store) Throughput(ctx context.Context, from, to time.Time) (found []store.Throughput, err error) {
	const query = "SELECT service, operation, count, probabilities FROM throughput WHERE at > ? AND at <= ?"
	err = s.read(ctx, func(r *snapshot) error {
		return r.each(ctx, query, []any{from.UnixNano(), to.UnixNano()}, func(scan func(...any) error) error {
			var t store.Throughput
			var probabilities []byte
			if err := scan(&t.Service, &t.Operation, &t.Count, &probabilities); err != nil {
				return err
			}
			if err := json.Unmarshal(probabilities, &t.Probabilities); err != nil {
				return fmt.Errorf("%w: throughput: %w", errCorrupt, err)
			}
			found = append(found, t)
			return nil
		})
	})
	return found, err
}

// LatestProbabilities implements store.Sampler.
func (s *Store) LatestProbabilities(ctx context.Context) (found []store.Probability, err error) {
	err = s.read(ctx, func(r *snapshot) error {
		return r.each(ctx, "SELECT service, operation, probability, qps FROM probability", nil, func(scan func(...any) error) error {
			var p store.Probability
			err := scan(&p.Service, &p.Operation, &p.Probability, &p.QPS)
			found = append(found, p)
			return err
		})
	})
	return found, err
}
