// SPDX-License-Identifier: Apache-2.0

package links

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// walking is a store that gives away the traces of a window three at a time. It is away
// at first, and leaves one trace out at the end.
type walking struct {
	store.Store
	broken error
	atOnce atomic.Int64 // of the last walk
	closed atomic.Int64
}

type walkOf struct {
	*walking
	query trace.Query
	away  bool
}

func (s *walking) Search(context.Context, trace.Query) (trace.Page, error) {
	return trace.Page{}, errors.New("searched")
}

func (s *walking) Walk(w trace.Window, atOnce int) store.Walk {
	s.atOnce.Store(int64(atOnce))
	return &walkOf{walking: s, query: trace.Query{Window: w, Order: trace.NewestFirst, Limit: 3}, away: true}
}

func (w *walkOf) Next(ctx context.Context) (some []ptrace.Traces, tooLarge int, err error) {
	switch {
	case w.away:
		w.away = false
		return nil, 0, fmt.Errorf("walk: %w", store.ErrUnavailable)
	case w.broken != nil:
		return nil, 0, w.broken
	case w.query.Limit == 0:
		return nil, 0, io.EOF
	}
	page, err := w.Store.Search(ctx, w.query)
	for i := range page.Traces {
		td, err := w.Trace(ctx, page.Traces[i].TraceID, trace.Window{})
		if err != nil {
			return nil, 0, err
		}
		some = append(some, td)
	}
	if w.query.Cursor = page.Cursor; w.query.Cursor == "" {
		w.query.Limit, tooLarge = 0, 1
	}
	return some, tooLarge, err
}

func (w *walkOf) Close() { w.closed.Add(1) }

// TestComputeWalk: a store that can be walked through is not searched, and gives the same
// links.
func TestComputeWalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &walking{Store: filled(t, 100)}
		want, err := s.Links(t.Context(), day(monday))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Compute(t.Context(), s, day(monday), quiet)
		if err != nil || len(want) < 20 || !slices.Equal(r.Links, want) || r.TooLarge != 1 || r.Traces < 50 {
			t.Errorf("%+v, %v; want %v, one trace too large", r, err, want)
		}
		s.broken = errors.New("broken")
		if _, err := Compute(t.Context(), s, day(monday), quiet); !errors.Is(err, s.broken) {
			t.Errorf("%v, want %v", err, s.broken)
		}
		if n := s.closed.Load(); n != 2 || s.atOnce.Load() != 1 {
			t.Errorf("%d walks of 2 closed, of %d at once, want one", n, s.atOnce.Load())
		}
		s.broken = nil
		if _, err := ofDay(t.Context(), s, monday, &patient{log: quiet}); err != nil || s.closed.Load() != 2+24 || s.atOnce.Load() != hoursAtOnce {
			t.Errorf("a day: %v, %d walks closed, of %d at once, want 26 and %d", err, s.closed.Load(), s.atOnce.Load(), hoursAtOnce)
		}
		_ = s.Close()
	})
}
