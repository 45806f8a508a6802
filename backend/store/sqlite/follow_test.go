// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
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

// pair is a store that is written by one and read by another, as if they were in
// two processes.
type pair struct {
	store.Store // reads
	*writes
}

type writes struct{ to *Store }

func (w *writes) Archive(ctx context.Context, td ptrace.Traces) error { return w.to.Archive(ctx, td) }
func (w *writes) Purge(ctx context.Context) error                     { return w.to.Purge(ctx) }

func (p pair) Write(ctx context.Context, td ptrace.Traces) error { return p.to.Write(ctx, td) }
func (p pair) Close() error                                      { return errors.Join(p.Store.Close(), p.to.Close()) }

func openPair(ctx context.Context, cfg storetest.Config) (store.Store, error) {
	w, err := open(ctx, cfg, 100)
	if err != nil {
		return nil, err
	}
	r, err := OpenReadOnly(ctx, Config{Dir: cfg.Dir, MaxBytes: cfg.MaxBytes, MaxScan: cfg.MaxScan}, slog.New(slog.DiscardHandler))
	if err != nil {
		_ = w.Close()
		return nil, err
	}
	return pair{r, &writes{w}}, nil
}

// TestReadOnly: who only reads finds all that another has written, at once.
func TestReadOnly(t *testing.T) {
	if testing.Short() {
		t.Skip("TestFollow is the short form")
	}
	t.Parallel()
	storetest.Run(t, storetest.Engine{Open: openPair, Newer: newer, Older: older}, storetest.Except{
		"Sampler": "who collects spans decides how they are sampled",
	})
}

// TestOpenReadOnly: there must be a store, of a version that is known, and it is not
// changed.
func TestOpenReadOnly(t *testing.T) {
	ctx, dir, log := t.Context(), t.TempDir(), slog.New(slog.DiscardHandler)
	if _, err := OpenReadOnly(ctx, Config{Dir: dir}, log); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no store: %v", err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
		t.Errorf("it left %v, %v", list, err)
	}
	s, err := Open(ctx, Config{Dir: dir}, log)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // nobody writes; and two at once
		r, err := OpenReadOnly(ctx, Config{Dir: dir}, log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
		if err := r.Write(ctx, ptrace.NewTraces()); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("Write: %v", err)
		}
		if _, ok := r.(store.Purger); ok {
			t.Error("it can be emptied")
		}
		if _, ok := r.(store.Archiver); ok {
			t.Error("it can be added to")
		}
		if list, err := r.Services(ctx); err != nil || len(list) > 0 {
			t.Errorf("services %q, %v", list, err)
		}
	}
	newer(t, dir)
	if _, err := OpenReadOnly(ctx, Config{Dir: dir}, log); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("a newer file: %v", err)
	}
}

// TestFollow: each write is found by the next search, whatever it was to the file:
// spans in the tail, a segment that turned, keys that are new, a store that was
// emptied, or opened anew.
func TestFollow(t *testing.T) {
	ctx, log := t.Context(), slog.New(slog.DiscardHandler)
	cfg := storetest.Config{Dir: t.TempDir()}
	w, err := open(ctx, cfg, 100)
	if err != nil {
		t.Fatal(err)
	}
	r, err := OpenReadOnly(ctx, Config{Dir: cfg.Dir}, log)
	if err != nil {
		t.Fatal(err)
	}
	live, err := r.Arrivals(ctx, trace.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	const spans, rounds = 30, 12
	begun := 0 // the first round that is still there
	for round := range rounds {
		switch round {
		case 5:
			if err := w.Purge(ctx); err != nil {
				t.Fatal(err)
			}
			begun = round
		case 6, 8:
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if w, err = open(ctx, cfg, 100); err != nil {
				t.Fatal(err)
			}
		}
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", fmt.Sprint("service", round))
		list := rs.ScopeSpans().AppendEmpty().Spans()
		for n := range spans {
			span := list.AppendEmpty()
			span.SetTraceID(pcommon.TraceID{14: byte(round + 1), 15: byte(n)})
			span.SetSpanID(pcommon.SpanID{7: 1})
			span.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Unix(int64(round), int64(n))))
			span.SetName(fmt.Sprint("operation", n%3))
			span.Attributes().PutStr(fmt.Sprint("key", round), fmt.Sprint("value", n))
			span.Attributes().PutInt("round", int64(round))
		}
		if err := w.Write(ctx, td); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]int{
			"": spans * (round + 1 - begun),
			fmt.Sprintf("service:service%d op:operation1", round): spans / 3,
			fmt.Sprintf("key%d=value7", round):                    1,
			fmt.Sprintf("key%d~value", round):                     spans,
			fmt.Sprintf("round>=%d", round):                       spans,
			fmt.Sprintf("key%d", begun):                           spans,
			fmt.Sprintf("key%d", begun-1):                         0,
		} {
			q, err := trace.Parse(query, time.Unix(1000, 0))
			if err != nil {
				t.Fatal(err)
			}
			q.Limit = 10
			page, err := r.Search(ctx, q)
			if err != nil || page.Total != want || page.AtLeast {
				t.Errorf("round %d: %s finds %d, at least: %v, not %d, %v", round, query, page.Total, page.AtLeast, want, err)
			}
		}
		page, err := r.Arrivals(ctx, trace.Query{Limit: 100, Cursor: live.Cursor})
		if err != nil || round != 5 && round != 6 && len(page.Traces) != spans {
			t.Errorf("round %d: %d traces have arrived, %v", round, len(page.Traces), err)
		}
		live = page
		if st, err := r.Status(ctx); err != nil || st.Spans != int64(spans*(round+1-begun)) || st.Traces != st.Spans || st.Evicted != 0 {
			t.Errorf("round %d: %+v, %v", round, st, err)
		}
	}
	if err := errors.Join(r.Close(), w.Close()); err != nil {
		t.Error(err)
	}
}
