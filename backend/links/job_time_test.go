// SPDX-License-Identifier: Apache-2.0

package links

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// TestWrite waits for a store that is away in each of its steps, and counts nothing
// twice.
func TestWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := pairs(t, 10)
		away := map[string]int{"search": 3, "trace": 4, "write": 5}
		var mu sync.Mutex
		fail := func(step string) error {
			mu.Lock()
			defer mu.Unlock()
			if away[step]--; away[step] >= 0 {
				return fmt.Errorf("%s: %w", step, store.ErrUnavailable)
			}
			return nil
		}
		s.search = func(q trace.Query) (trace.Page, error) {
			if q.Window.Start.Equal(monday.Add(time.Hour)) { // when the traces start
				if err := fail("search"); err != nil {
					return trace.Page{}, err
				}
			}
			return s.Store.Search(t.Context(), q)
		}
		s.trace = func(id pcommon.TraceID) error {
			if id[15] == 3 {
				return fail("trace")
			}
			return nil
		}
		written := 0
		s.write = func(day time.Time, links []trace.Link) error {
			if err := fail("write"); err != nil {
				return err
			}
			if want := []trace.Link{{Parent: "a", Child: "b", Calls: 10}}; !slices.Equal(links, want) || !day.Equal(monday) {
				t.Errorf("%v: %v, want %v", day, links, want)
			}
			written++
			return nil
		}
		begun := time.Now()
		if r, err := Write(t.Context(), s, monday, quiet); err != nil || r.Traces != 10 || written != 1 {
			t.Errorf("%+v, %v, written %d times", r, err, written)
		}
		if took, want := time.Since(begun), (7+15+31)*time.Second; took != want {
			t.Errorf("it waited %v, want %v", took, want)
		}
		_ = s.Close()
	})
}

// TestWriteGivesUp after some minutes, or when nobody waits any more.
func TestWriteGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := pairs(t, 1)
		s.search = func(trace.Query) (trace.Page, error) { return trace.Page{}, store.ErrUnavailable }
		begun := time.Now()
		if _, err := Write(t.Context(), s, monday, quiet); !errors.Is(err, store.ErrUnavailable) || time.Since(begun) < patience-lastPause || time.Since(begun) > patience {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		if _, err := Write(ctx, s, monday, quiet); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want that time is over", err)
		}
		_ = s.Close()
	})
}

// TestWriteNothing: the links of a day stay when its traces are gone, and a store that
// computes them itself is given none.
func TestWriteNothing(t *testing.T) {
	s := pairs(t, 3)
	s.write = func(day time.Time, links []trace.Link) error {
		t.Errorf("%v: %v", day, links)
		return nil
	}
	if _, err := Write(t.Context(), s, monday.AddDate(0, 0, 1), quiet); !errors.Is(err, ErrNothing) {
		t.Errorf("%v, want %v", err, ErrNothing)
	}
	m := memory.Open(memory.Config{})
	if _, err := Write(t.Context(), m, monday, quiet); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("%v, want %v", err, errors.ErrUnsupported)
	}
	_ = m.Close()
}
