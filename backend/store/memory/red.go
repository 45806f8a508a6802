// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// RED implements store.Store. It looks at the records of all spans.
func (s *Store) RED(ctx context.Context, q trace.REDQuery) ([]trace.REDSeries, error) {
	rates := store.NewRates(q)
	series := seriesOf{rates: rates, known: map[*chunk][]int{}}
	start, end := q.Window.Nanos()
	err := s.traces(ctx, q.Window, func(e *entry) error {
		for i := range e.refs {
			rec := e.refs[i].record
			if !within(rec.start, start, end) {
				continue
			}
			n, ok := series.of(&e.refs[i])
			if !ok {
				continue
			}
			if err := rates.Add(n, rec.start, time.Duration(rec.duration()), rec.status); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rates.Answer(), nil
}

// seriesOf knows which series count the names of chunks.
type seriesOf struct {
	rates *store.Rates
	known map[*chunk][]int // by the index of the name; 0 is not known yet, -1 none, others are one more than the series
	chunk *chunk           // the last one
	names []int            // of it
}

// of returns the series that counts r (store.Rates.Series).
func (s *seriesOf) of(r *ref) (int, bool) {
	if s.chunk != r.chunk {
		s.chunk, s.names = r.chunk, s.known[r.chunk]
	}
	if len(s.names) <= int(r.named) { // names are only added
		s.names = append(s.names, make([]int, len(r.chunk.names)-len(s.names))...)
		s.known[r.chunk] = s.names
	}
	n := &s.names[r.named]
	if *n == 0 {
		*n = -1
		if i, ok := s.rates.Series(r.name().service, r.name().name, r.name().kind); ok {
			*n = i + 1
		}
	}
	return *n - 1, *n > 0
}
