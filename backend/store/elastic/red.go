// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// RED implements store.Store. It reads the spans, and is a store.ErrTooMuch when there are
// more than a search may read.
func (s *Store) RED(ctx context.Context, q trace.REDQuery) ([]trace.REDSeries, error) {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	conditions := inWindow(q.Window)
	if q.Service != "" && len(q.Service) <= maxIndexed {
		conditions = append(conditions, is("process.serviceName", q.Service))
	}
	if q.Operation != "" && len(q.Operation) <= maxIndexed {
		conditions = append(conditions, is("operationName", q.Operation))
	}
	rates, b := store.NewRates(q), newBuilder(&s.decoder)
	err = s.pages(ctx, s.spanIndices(q.Window), all(conditions...), limit{s.config.MaxScan, s.mostBytes, maxAnswer}, func(h *hit) error {
		s.add(b, h.Source)
		return nil
	})
	if errors.Is(err, store.ErrTooMuch) {
		return nil, fmt.Errorf("rates: %w: choose a shorter time, or a service", err)
	}
	if err != nil {
		return nil, err
	}
	for span := range trace.Spans(b.traces()) {
		series, ok := rates.Series(span.Service(), span.Name(), span.Kind())
		if !ok || !q.Window.Contains(span.StartTimestamp()) {
			continue
		}
		if err := rates.Add(series, uint64(span.StartTimestamp()), span.Duration(), span.Status().Code()); err != nil {
			return nil, err
		}
	}
	return rates.Answer(), nil
}

var errArrivals = fmt.Errorf("%w: documents do not say when they were written", errors.ErrUnsupported)

// Arrivals implements store.Store. Documents have no time at which they were written.
func (s *Store) Arrivals(ctx context.Context, q trace.Query) (trace.Page, error) {
	_, done, err := s.begin(ctx)
	if err != nil {
		return trace.Page{}, err
	}
	defer done()
	return trace.Page{}, errArrivals
}
