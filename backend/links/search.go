// SPDX-License-Identifier: Apache-2.0

package links

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// search adds the calls of the traces with a span in w.
func (s *sum) search(ctx context.Context, from store.Store, w trace.Window, p *patient) error {
	q := trace.Query{Window: w, Order: trace.NewestFirst, Limit: pageTraces, Uncounted: true, Bare: true}
	for {
		var page trace.Page
		err := p.try(ctx, func() (err error) {
			page, err = from.Search(ctx, q)
			return err
		})
		if err != nil {
			return fmt.Errorf("search for traces: %w", err)
		}
		if err := s.read(ctx, from, w, page.Traces, p); err != nil {
			return err
		}
		s.rest.Traces += page.TooLarge
		s.rest.TooLarge += page.TooLarge
		switch {
		case page.Cursor == "" && !page.CutAt.IsZero() && page.TooLarge == 0, page.Cursor != "" && page.Cursor == q.Cursor:
			return fmt.Errorf("search for traces: it does not get beyond %v", page.CutAt)
		case page.Cursor == "":
			return nil
		}
		q.Cursor = page.Cursor
	}
}

// read adds the calls of traces.
func (s *sum) read(ctx context.Context, from store.Store, w trace.Window, list []trace.Summary, p *patient) error {
	all := make([]store.Links, len(list)) // nil is too large
	reads, ctx := errgroup.WithContext(ctx)
	reads.SetLimit(readsAtOnce)
	for i, t := range list {
		reads.Go(func() error {
			return p.try(ctx, func() (err error) {
				all[i], err = ofTrace(ctx, from, t, w)
				return err
			})
		})
	}
	if err := reads.Wait(); err != nil {
		return fmt.Errorf("read a trace: %w", err)
	}
	for i, links := range all {
		s.rest.Traces++
		if links == nil {
			s.rest.TooLarge++
			p.log.Debug("a trace is too large to be read, and left out", "trace", list[i].TraceID)
		}
		for _, l := range links {
			s.add(l)
		}
	}
	return nil
}

// whole is where the spans of t start.
func whole(t trace.Summary) trace.Window {
	return trace.Window{Start: t.Start, End: t.Start.Add(t.Duration + time.Millisecond)}
}

// ofTrace returns the links of one trace, or nil if it is too large. One that is no
// longer there has none.
func ofTrace(ctx context.Context, s store.Store, t trace.Summary, w trace.Window) (store.Links, error) {
	td, err := s.Trace(ctx, t.TraceID, whole(t))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return store.Links{}, nil
	case errors.Is(err, store.ErrTooMuch):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return calls(td, w), nil
}
