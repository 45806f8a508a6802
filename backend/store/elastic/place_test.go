// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

const day = 24 * time.Hour

// at are the two spans of spansOf(1), which start at start.
func at(id pcommon.TraceID, start time.Time) ptrace.Traces {
	td := spansOf(1)
	for span := range trace.Spans(td) {
		span.SetTraceID(id)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Millisecond)))
	}
	return td
}

// TestOldWindow: a search finds traces of a time that reads without a window do not look at,
// and what it finds can be read.
func TestOldWindow(t *testing.T) {
	_, c := keep(t, 100)
	c.MaxAge = 72 * time.Hour
	s := open(t, c)
	for n := range byte(20) { // written when they were young
		start := sample.Add(-time.Duration(n) * day)
		s.SetClock(start)
		if err := s.Write(t.Context(), at(pcommon.TraceID{0: 1, 15: n}, start)); err != nil {
			t.Fatal(err)
		}
	}
	s.SetClock(sample)
	for n := range byte(20) {
		start, id := sample.Add(-time.Duration(n)*day), pcommon.TraceID{0: 1, 15: n}
		for name, q := range map[string]trace.Query{
			"a window":             {Limit: 3, Window: trace.Window{Start: start.Add(-time.Hour), End: start.Add(time.Hour)}},
			"until":                {Limit: 1, Window: trace.Window{End: start.Add(time.Hour)}},
			"an id":                {Limit: 1, IDs: []pcommon.TraceID{id}},
			"an id, longest first": {Limit: 1, IDs: []pcommon.TraceID{id}, Order: trace.LongestFirst},
		} {
			p, err := s.Search(t.Context(), q)
			if err != nil || len(p.Traces) != 1 && name != "until" || len(p.Traces) == 0 || p.Traces[0].TraceID != id || p.Traces[0].Spans != 2 {
				t.Errorf("%d days ago, %s: %+v, %v, want one trace of two spans", n, name, p, err)
			}
		}
		if td, err := s.Trace(t.Context(), id, trace.Window{}); err != nil || td.SpanCount() != 2 {
			t.Errorf("%d days ago: %d spans, %v, want 2", n, td.SpanCount(), err)
		}
	}
	p, err := s.Search(t.Context(), trace.Query{Limit: 30})
	if err != nil || len(p.Traces) != 4 {
		t.Errorf("without a window: %d traces, %v, want those of today and three days before", len(p.Traces), err)
	}
	if _, err := s.Trace(t.Context(), pcommon.TraceID{9}, trace.Window{}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no trace: %v, want ErrNotFound", err)
	}
}

// TestPlace: spans of the time around now are in the indices of their days, and all others
// in today's, where they are found.
func TestPlace(t *testing.T) {
	x, c := keep(t, 10) // five of spans, and five of services
	c.MaxAge = 72 * time.Hour
	s := open(t, c)
	s.SetClock(sample)
	starts := []time.Time{time.Unix(0, 0)}
	for n := -2000; n <= 2000; n += 97 {
		starts = append(starts, sample.Add(time.Duration(n)*day))
	}
	for n := -3; n <= 1; n++ {
		starts = append(starts, sample.Add(time.Duration(n)*day))
	}
	for i, start := range starts {
		if err := s.Write(t.Context(), at(pcommon.TraceID{0: 1, 14: byte(i >> 8), 15: byte(i)}, start)); err != nil {
			t.Fatalf("%v: %v", start, err)
		}
	}
	const want = "[jaeger-span-2025-12-30 jaeger-span-2025-12-31 jaeger-span-2026-01-01 jaeger-span-2026-01-02 jaeger-span-2026-01-03]"
	if got := fmt.Sprint(x.names()); got != want {
		t.Errorf("indices %v, want %v", got, want)
	}
	for i, start := range starts {
		id := pcommon.TraceID{0: 1, 14: byte(i >> 8), 15: byte(i)}
		p, err := s.Search(t.Context(), trace.Query{Limit: 100, Window: trace.Window{Start: start.Add(-time.Second), End: start.Add(time.Second)}})
		found := false
		for _, one := range p.Traces {
			found = found || one.TraceID == id && one.Spans == 2
		}
		if err != nil || !found {
			t.Errorf("%v: %+v, %v, want the trace", start, p, err)
		}
	}
}

// TestNoShards: spans wait while the server makes no more indices.
func TestNoShards(t *testing.T) {
	x, c := keep(t, 0)
	s := open(t, c)
	s.SetClock(sample)
	err := s.Write(t.Context(), spansOf(1))
	var refused *store.RefusedError
	if !errors.Is(err, store.ErrUnavailable) || errors.As(err, &refused) || !strings.Contains(err.Error(), "this action would add [10] shards") {
		t.Errorf("got %v, want ErrUnavailable that names the shards", err)
	}
	x.mu.Lock()
	x.most = 2
	x.mu.Unlock()
	if err := s.Write(t.Context(), spansOf(1)); err != nil {
		t.Errorf("with room: %v", err)
	}
}
