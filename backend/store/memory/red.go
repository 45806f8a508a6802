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
	start, end := q.Window.Nanos()
	err := s.traces(ctx, q.Window, func(e *entry) error {
		for _, r := range e.refs {
			rec, n := r.record, r.name()
			if !within(rec.start, start, end) {
				continue
			}
			i, ok := rates.Series(n.service, n.name, n.kind)
			if !ok {
				continue
			}
			if err := rates.Add(i, rec.start, time.Duration(rec.duration()), rec.status); err != nil {
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
