// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Links implements store.Store. It looks at the records of all spans.
func (s *Store) Links(ctx context.Context, w trace.Window) ([]trace.Link, error) {
	links := store.Links{}
	callers := map[pcommon.SpanID]store.Callers[*name]{} // by span, of one trace
	start, end := w.Nanos()
	err := s.traces(ctx, w, func(e *entry) error {
		if len(e.refs) == 1 {
			return nil
		}
		clear(callers)
		for _, r := range e.refs {
			c := callers[r.record.span]
			c.Add(r.name(), r.name().kind)
			callers[r.record.span] = c
		}
		for _, r := range e.refs {
			rec, n := r.record, r.name()
			if !within(rec.start, start, end) {
				continue
			}
			var own store.Callers[*name]
			if n.kind == ptrace.SpanKindServer {
				own = callers[rec.span]
			}
			caller := store.Caller(own, callers[rec.parent], func(c *name) bool { return c.service == n.service })
			if caller != nil {
				links.Add(caller.service, n.service, rec.status == ptrace.StatusCodeError)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return links.Answer(), nil
}

// within reports whether a span that starts at t is in a window (Window.Nanos).
func within(t, start, end uint64) bool {
	return t >= start && (t < end || end == noTime)
}

// traces calls f with each trace that may have spans in w, until it returns an
// error.
func (s *Store) traces(ctx context.Context, w trace.Window, f func(*entry) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	for some := range slices.Chunk(s.about(&trace.Query{Window: w}), tracesAtOnce) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.forEach(some, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) forEach(list []candidate, f func(*entry) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, c := range list {
		if err := f(c.entry); err != nil {
			return err
		}
	}
	return nil
}
