// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/store/sqlite"
	"github.com/go-spur/spur/backend/trace"
)

// TestClockSteps: between two starts the clock of the machine goes back by
// decades, as that of a bubble does, and forward again. Spans are taken and found,
// and what arrived last is not taken for old.
func TestClockSteps(t *testing.T) {
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	open := func(ctx context.Context) (*sqlite.Store, *collect.Collector) {
		s, err := sqlite.Open(ctx, sqlite.Config{Dir: dir}, log)
		if err != nil {
			t.Fatal(err)
		}
		return s, collect.New(collect.Config{}, s, nil, log)
	}
	take := func(ctx context.Context, c *collect.Collector, id byte) {
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", "clock")
		s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: id})
		s.SetSpanID(pcommon.SpanID{7: id})
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		if refused, err := c.Take(ctx, td, trace.Origin{Protocol: "otlp", Transport: "grpc"}); err != nil || refused != nil {
			t.Error(refused, err)
		}
	}
	shut := func(ctx context.Context, s *sqlite.Store, c *collect.Collector) {
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
		if b := c.Books(); b.Balance() != 0 || b.Stored != b.Received {
			t.Errorf("books: %+v", b)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	has := func(ctx context.Context, s *sqlite.Store, want ...byte) {
		t.Helper()
		page, err := s.Search(ctx, trace.Query{Limit: 10})
		got := map[byte]bool{}
		for _, sum := range page.Traces {
			got[sum.TraceID[15]] = true
		}
		for _, id := range want {
			if _, err := s.Trace(ctx, pcommon.TraceID{15: id}, trace.Window{}); err != nil || !got[id] {
				t.Errorf("trace %d: %v, found: %v", id, err, got)
			}
		}
		if err != nil {
			t.Error(err)
		}
	}

	s, c := open(t.Context())
	take(t.Context(), c, 1)
	shut(t.Context(), s, c)
	synctest.Test(t, func(t *testing.T) { // begins in 2000
		s, c := open(t.Context())
		take(t.Context(), c, 2)
		time.Sleep(time.Second)
		synctest.Wait()
		has(t.Context(), s, 1, 2)
		time.Sleep(365 * 24 * time.Hour)
		take(t.Context(), c, 3)
		shut(t.Context(), s, c)
	})
	s, c = open(t.Context())
	has(t.Context(), s, 1, 2, 3)
	take(t.Context(), c, 4)
	shut(t.Context(), s, c)
	s, c = open(t.Context())
	has(t.Context(), s, 1, 4)
	shut(t.Context(), s, c)
}
