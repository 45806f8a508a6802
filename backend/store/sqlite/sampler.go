// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/store"
)

// InsertThroughput implements store.Sampler.
func (s *Store) InsertThroughput(ctx context.Context, at time.Time, counted []store.Throughput, forget time.Time) error {
	rows := make([]any, 0, 5*len(counted))
	for _, t := range counted {
		rows = append(rows, at.UnixNano(), []byte(t.Service), []byte(t.Operation), t.Count, formatProbabilities(t.Probabilities))
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
			var text string
			err := scan(&t.Service, &t.Operation, &t.Count, &text)
			if err == nil {
				t.Probabilities, err = parseProbabilities(text)
			}
			found = append(found, t)
			return err
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

// formatProbabilities returns numbers with commas between them.
func formatProbabilities(ps []float64) string {
	var b []byte
	for i, p := range ps {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, p, 'g', -1, 64)
	}
	return string(b)
}

func parseProbabilities(text string) (ps []float64, err error) {
	if text == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		p, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return nil, fmt.Errorf("%w: throughput: %w", errCorrupt, err)
		}
		ps = append(ps, p)
	}
	return ps, nil
}
