// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/storetest"
	"github.com/go-spur/spur/backend/trace"
)

// TestFollowRemoved: who reads notices what was removed since it last looked, also
// when as much has taken its place, under the same numbers or the next ones.
func TestFollowRemoved(t *testing.T) {
	ctx := t.Context()
	expire := func(t *testing.T, w *Store) {
		if err := w.w.exec("UPDATE block SET arrived = 1"); err != nil {
			t.Fatal(err)
		}
		w.w.ageChecked = time.Time{}
		w.retain(ctx)
	}
	reopen := func(t *testing.T, w *Store, dir string) *Store {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		w, err := open(ctx, storetest.Config{Dir: dir}, 100)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	for name, test := range map[string]struct {
		change  func(t *testing.T, w *Store, dir string) *Store
		evicted int64
	}{
		"too old": {func(t *testing.T, w *Store, _ string) *Store { expire(t, w); return w }, 64},
		"too old, and opened anew": {func(t *testing.T, w *Store, dir string) *Store {
			expire(t, w)
			return reopen(t, w, dir)
		}, 0},
		"too old after it was opened anew": {func(t *testing.T, w *Store, dir string) *Store {
			w = reopen(t, w, dir)
			expire(t, w)
			return w
		}, 64},
		"emptied": {func(t *testing.T, w *Store, _ string) *Store {
			if err := w.transaction(w.w.empty); err != nil { // without what Purge does afterwards
				t.Fatal(err)
			}
			return w
		}, 0},
		"emptied, and opened anew": {func(t *testing.T, w *Store, dir string) *Store {
			if err := w.transaction(w.w.empty); err != nil {
				t.Fatal(err)
			}
			return reopen(t, w, dir)
		}, 0},
		"in another file": {func(t *testing.T, w *Store, dir string) *Store {
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			for _, suffix := range []string{"", "-wal", "-shm"} {
				if err := os.Remove(w.path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
					t.Fatal(err)
				}
			}
			w, err := open(ctx, storetest.Config{Dir: dir}, 100)
			if err != nil {
				t.Fatal(err)
			}
			return w
		}, 0},
	} {
		for _, look := range []bool{false, true} { // before there is something new
			t.Run(fmt.Sprint(name, look), func(t *testing.T) {
				dir := t.TempDir()
				w, err := open(ctx, storetest.Config{Dir: dir}, 100)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = w.Close() }()
				r, err := OpenReadOnly(ctx, Config{Dir: dir}, slog.New(slog.DiscardHandler))
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = r.Close() }()
				old, now := pcommon.TraceID{1}, pcommon.TraceID{2}
				write := func(id pcommon.TraceID, name string) {
					t.Helper()
					td := ptrace.NewTraces()
					list := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
					for n := range 64 {
						span := list.AppendEmpty()
						span.SetTraceID(id)
						span.SetSpanID(pcommon.SpanID{7: byte(n + 1)})
						span.SetName(name)
					}
					if err := w.Write(ctx, td); err != nil {
						t.Fatal(err)
					}
				}
				write(old, "old")
				if td, err := r.Trace(ctx, old, trace.Window{}); err != nil || td.SpanCount() != 64 {
					t.Fatalf("%d spans, %v", td.SpanCount(), err)
				}
				w = test.change(t, w, dir)
				if look {
					if st, err := r.Status(ctx); err != nil || st.Spans != 0 || st.Traces != 0 || st.Evicted != test.evicted {
						t.Errorf("%+v, %v", st, err)
					}
				}
				write(now, "now")
				for query, want := range map[string]int{"": 1, "op:old": 0, "op:now": 1} {
					q, err := trace.Parse(query, time.Unix(1000, 0))
					if err != nil {
						t.Fatal(err)
					}
					q.Limit = 10
					if page, err := r.Search(ctx, q); err != nil || page.Total != want || len(page.Traces) != want {
						t.Errorf("%q finds %d, not %d, %v", query, page.Total, want, err)
					}
				}
				if _, err := r.Trace(ctx, old, trace.Window{}); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("the old trace: %v", err)
				}
				td, err := r.Trace(ctx, now, trace.Window{})
				if err != nil {
					t.Fatal(err)
				}
				for s := range trace.Spans(td) {
					if s.Name() != "now" {
						t.Fatalf("the trace has a span %q", s.Name())
					}
				}
				if st, err := r.Status(ctx); err != nil || st.Spans != 64 || st.Traces != 1 || st.Evicted != test.evicted {
					t.Errorf("%+v, %v", st, err)
				}
			})
		}
	}
}

// TestFollowNewer: who reads says so when the other process is replaced by one of a
// newer version.
func TestFollowNewer(t *testing.T) {
	ctx, dir, log := t.Context(), t.TempDir(), slog.New(slog.DiscardHandler)
	w, err := Open(ctx, Config{Dir: dir}, log)
	if err != nil {
		t.Fatal(err)
	}
	r, err := OpenReadOnly(ctx, Config{Dir: dir}, log)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	newer(t, dir)
	change(t, dir, "CREATE TABLE of_tomorrow (id INTEGER PRIMARY KEY)")
	if _, err := r.Services(ctx); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("it reads on: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
