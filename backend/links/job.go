// SPDX-License-Identifier: Apache-2.0

package links

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// ErrNothing says that the store has no trace of the day: what it holds of its links
// is from a time when it had.
var ErrNothing = errors.New("no traces")

// Write computes the links of the day that begins at day, in UTC, and replaces what
// the store, a store.LinkWriter, holds of them.
func Write(ctx context.Context, s store.Store, day time.Time, log *slog.Logger) (Result, error) {
	to, ok := s.(store.LinkWriter)
	if !ok {
		return Result{}, fmt.Errorf("links are computed by the store itself, when it is asked for them: %w", errors.ErrUnsupported)
	}
	p := &patient{log: log}
	r, err := ofDay(ctx, s, day, p)
	if err != nil {
		return r, err
	}
	if r.Traces == 0 {
		return r, ErrNothing
	}
	if r.TooLarge > 0 || r.LeftOut > 0 {
		log.Warn("not all calls are counted", "traces too large to be read", r.TooLarge, "calls of links beyond those that there is room for", r.LeftOut)
	}
	err = p.try(ctx, func() error { return to.WriteLinks(ctx, day, r.Links) })
	if err != nil {
		return r, fmt.Errorf("write links: %w", err)
	}
	return r, nil
}

// ofDay computes the links of a day by its hours, some of them at a time.
func ofDay(ctx context.Context, s store.Store, day time.Time, p *patient) (Result, error) {
	var hours [24]Result
	each, ctx := errgroup.WithContext(ctx)
	each.SetLimit(hoursAtOnce)
	for i := range hours {
		each.Go(func() (err error) {
			start := day.Add(time.Duration(i) * time.Hour)
			hours[i], err = compute(ctx, s, trace.Window{Start: start, End: start.Add(time.Hour)}, hoursAtOnce, p)
			return err
		})
	}
	if err := each.Wait(); err != nil {
		return Result{}, err
	}
	sum := sum{links: store.Links{}}
	for i := range hours {
		sum.addResult(&hours[i])
	}
	return sum.result(), nil
}
