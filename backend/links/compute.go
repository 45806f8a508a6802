// SPDX-License-Identifier: Apache-2.0

package links

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"golang.org/x/sync/errgroup"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Compute returns the links of the calls whose child starts in w, as store.Store.Links
// does. It reads every trace with a span in w, a few at a time, and waits for a store
// that is away. A trace that is written to meanwhile may count in part, or twice.
func Compute(ctx context.Context, s store.Store, w trace.Window, log *slog.Logger) (Result, error) {
	return compute(ctx, s, w, &patient{log: log})
}

func compute(ctx context.Context, s store.Store, w trace.Window, p *patient) (Result, error) {
	sum := sum{links: store.Links{}}
	q := trace.Query{Window: w, Order: trace.NewestFirst, Limit: pageTraces, Uncounted: true, Bare: true}
	for {
		var page trace.Page
		err := p.try(ctx, func() (err error) {
			page, err = s.Search(ctx, q)
			return err
		})
		if err != nil {
			return Result{}, fmt.Errorf("search for traces: %w", err)
		}
		if err := sum.read(ctx, s, w, page.Traces, p); err != nil {
			return Result{}, err
		}
		sum.rest.Traces += page.TooLarge
		sum.rest.TooLarge += page.TooLarge
		switch {
		case page.Cursor == "" && !page.CutAt.IsZero() && page.TooLarge == 0, page.Cursor != "" && page.Cursor == q.Cursor:
			return Result{}, fmt.Errorf("search for traces: it does not get beyond %v", page.CutAt)
		case page.Cursor == "":
			return sum.result(), nil
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

// span is who a call is from.
type span struct {
	service string
	known   bool
}

// calls returns the links of a trace's spans: calls whose child starts in w.
func calls(td ptrace.Traces, w trace.Window) store.Links {
	links := store.Links{}
	callers := map[pcommon.SpanID]store.Callers[span]{}
	for s := range trace.Spans(td) {
		c := callers[s.SpanID()]
		c.Add(span{s.Service(), true}, s.Kind())
		callers[s.SpanID()] = c
	}
	for s := range trace.Spans(td) {
		if !w.Contains(s.StartTimestamp()) {
			continue
		}
		var own store.Callers[span]
		if s.Kind() == ptrace.SpanKindServer {
			own = callers[s.SpanID()]
		}
		same := func(c span) bool { return c.service == s.Service() }
		if caller := store.Caller(own, callers[s.ParentSpanID()], same); caller.known {
			links.Add(caller.service, s.Service(), s.Status().Code() == ptrace.StatusCodeError)
		}
	}
	return links
}
