// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// Traces behind a page are not read when nobody wants their number.
func TestUncounted(t *testing.T) {
	s := openTest(t, Config{})
	for id := uint64(1); id <= 10; id++ {
		if err := s.Write(t.Context(), some(id, 100)); err != nil {
			t.Fatal(err)
		}
	}
	q, err := trace.Parse(`"op"`, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	q.Limit = 2
	for uncounted, want := range map[bool]int{true: 200, false: 1000} {
		q.Uncounted = uncounted
		page, err := s.Search(t.Context(), q)
		if err != nil || len(page.Traces) != 2 || page.Cursor == "" || page.AtLeast != uncounted || page.Scanned != want {
			t.Errorf("uncounted %t: %d spans read, not %d: %+v, %v", uncounted, page.Scanned, want, page, err)
		}
	}
}

// A page whose number is not wanted reads the segments with the newest spans
// alone; pages one after the other hold each trace once, also one whose start is
// no int64.
func TestPageNewestSegments(t *testing.T) {
	const traces = 20
	s := openTest(t, Config{})
	s.w.tailSpans = blockSpans
	for i := range uint64(traces) {
		td := some(1+i, blockSpans) // a segment
		for span := range trace.Spans(td) {
			start := uint64(span.StartTimestamp()) + (i*7%traces)<<32
			if i == 0 {
				start += 1 << 63
			}
			span.SetStartTimestamp(pcommon.Timestamp(start))
			span.SetEndTimestamp(pcommon.Timestamp(start))
		}
		if err := s.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
	}
	q, err := trace.Parse("op:op", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	q.Limit, q.Bare = 3, true
	want := pages(t, s, q)
	q.Uncounted = true
	if got := pages(t, s, q); len(want) != traces || !slices.Equal(got, want) {
		t.Errorf("%d traces, want %d:\n%v\n%v", len(got), len(want), got, want)
	}

	q.Limit = 1
	const old = 1 + 3*blockSpans // the number of the segment with the second smallest starts
	if err := s.w.exec("DELETE FROM columns WHERE id >= ? AND id < ?", columnID(old, 0), columnID(old+1, 0)); err != nil {
		t.Fatal(err)
	}
	if page, err := s.Search(t.Context(), q); err != nil || len(page.Traces) != 1 || page.Cursor == "" {
		t.Errorf("%+v, %v", page, err)
	}
	q.Uncounted = false
	if page, err := s.Search(t.Context(), q); err == nil {
		t.Errorf("counted what cannot be read: %+v", page)
	}
}

// pages returns the traces of all pages of q.
func pages(t *testing.T, s *Store, q trace.Query) (ids []pcommon.TraceID) {
	t.Helper()
	for n := 0; n == 0 || q.Cursor != ""; n++ {
		page, err := s.Search(t.Context(), q)
		if err != nil || n > 100 {
			t.Fatalf("page %d: %v", n, err)
		}
		for _, sum := range page.Traces {
			ids = append(ids, sum.TraceID)
		}
		q.Cursor = page.Cursor
	}
	return ids
}
