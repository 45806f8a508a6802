// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

func TestCursor(t *testing.T) {
	want := []store.Position{
		{math.MaxInt64, pcommon.TraceID{15: 9}},
		{7, pcommon.TraceID{15: 1}},
		{7, pcommon.TraceID{0: 1}},
		{math.MinInt64, pcommon.TraceID{15: 1}},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, store.Position.Compare)
	if !slices.Equal(got, want) {
		t.Errorf("sorted: %v", got)
	}
	for _, p := range want {
		back, err := store.ParseCursor(p.Cursor(trace.LongestFirst), trace.LongestFirst)
		if err != nil || back != p {
			t.Errorf("%v came back as %v, %v", p, back, err)
		}
		if _, err := store.ParseCursor(p.Cursor(trace.LongestFirst), trace.NewestFirst); !errors.Is(err, store.ErrCursor) {
			t.Errorf("a cursor of another order: %v", err)
		}
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add("0.7.00000000000000000000000000000001")
	f.Add("0.-9223372036854775809.00000000000000000000000000000001")
	f.Add("0..")
	f.Add("")
	f.Add("0.1.gg000000000000000000000000000001")
	f.Fuzz(func(t *testing.T, cursor string) {
		p, err := store.ParseCursor(cursor, trace.NewestFirst)
		if err != nil {
			if !errors.Is(err, store.ErrCursor) {
				t.Error(err)
			}
			return
		}
		if back, err := store.ParseCursor(p.Cursor(trace.NewestFirst), trace.NewestFirst); err != nil || back != p {
			t.Errorf("%q: %v came back as %v, %v", cursor, p, back, err)
		}
	})
}
