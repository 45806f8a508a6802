// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/storetest"
	"github.com/go-spur/spur/backend/trace"
)

// TestFollowChanges: several who read at once, while the other process writes, removes
// what is old, empties the store and begins anew, find nothing but whole traces.
func TestFollowChanges(t *testing.T) {
	ctx, cfg := t.Context(), storetest.Config{Dir: t.TempDir(), MaxBytes: 400_000}
	w, err := open(ctx, cfg, 100)
	if err != nil {
		t.Fatal(err)
	}
	r, err := OpenReadOnly(ctx, Config{Dir: cfg.Dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	const spans = 40
	reading, stop := context.WithCancel(ctx)
	var readers sync.WaitGroup
	found := make([]int, 3)
	for n := range found {
		readers.Go(func() {
			for reading.Err() == nil {
				page, err := r.Search(ctx, trace.Query{Limit: 20})
				if err != nil {
					t.Error(err)
					return
				}
				for _, sum := range page.Traces {
					td, err := r.Trace(ctx, sum.TraceID, trace.Window{})
					if errors.Is(err, store.ErrNotFound) {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					for s := range trace.Spans(td) {
						if s.TraceID() != sum.TraceID {
							t.Errorf("trace %v has a span of %v", sum.TraceID, s.TraceID())
							return
						}
					}
					found[n]++
				}
				st, err := r.Status(ctx)
				if err != nil || st.Spans < 0 || st.Evicted < 0 {
					t.Errorf("%+v, %v", st, err)
					return
				}
				if rest := st.Spans - st.Traces*spans; rest > 0 {
					t.Errorf("%d spans are in %d traces", st.Spans, st.Traces)
				}
			}
		})
	}
	rounds := 300
	if testing.Short() {
		rounds = 60
	}
	for id := range rounds {
		switch {
		case id%50 == 20:
			err = w.Purge(ctx)
		case id%50 == 40:
			if err = w.Close(); err == nil {
				w, err = open(ctx, cfg, 100)
			}
		}
		if err == nil {
			err = w.Write(ctx, some(uint64(id+1), spans))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	stop()
	readers.Wait()
	if found[0] == 0 {
		t.Error("nothing was found")
	}
	st, err := w.Status(ctx)
	other, err2 := r.Status(ctx)
	if err := errors.Join(err, err2, r.Close(), w.Close()); err != nil {
		t.Error(err)
	}
	if st.Spans != other.Spans || st.Traces != other.Traces || st.Oldest != other.Oldest {
		t.Errorf("the writer %+v, the reader %+v", st, other)
	}
}
