// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"math/rand/v2"
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
)

// TestOrder: an order is a sorted list, whatever comes and goes, and takes about
// as much memory.
func TestOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func() place {
		return place{Position: store.Position{Key: r.Int64N(5000) - 100, ID: pcommon.TraceID{15: byte(r.IntN(4))}}}
	}
	compare := func(a, b place) int { return a.Compare(b.Position) }
	var o order
	var want []place
	check := func(p *store.Position, n int) {
		t.Helper()
		var got []place
		o.behind(p, func(at place) bool {
			got = append(got, at)
			return len(got) < n
		})
		from := 0
		if p != nil {
			var there bool
			if from, there = slices.BinarySearchFunc(want, place{Position: *p}, compare); there {
				from++
			}
		}
		if !slices.Equal(got, want[from:min(len(want), from+n)]) {
			t.Fatalf("%d of %d places behind %v: %v", n, len(want), p, got)
		}
		full := 0
		for _, b := range o.blocks {
			if len(b) == 0 || cap(b) != blockPlaces {
				t.Fatalf("a block of %d places with room for %d", len(b), cap(b))
			}
			full += len(b)
		}
		if full != len(want) || len(o.blocks) > 1+5*full/blockPlaces {
			t.Fatalf("%d places in %d blocks, not %d", full, len(o.blocks), len(want))
		}
	}
	check(nil, 1)
	for _, growing := range []bool{true, false, true, false} {
		for range 8_000 {
			p := random()
			if growing && r.IntN(4) == 0 {
				p.Key = 5000 + int64(len(want)) // a new one
			}
			at, there := slices.BinarySearchFunc(want, p, compare)
			switch {
			case growing && !there:
				want = slices.Insert(want, at, p)
				o.insert(p)
			case !growing && len(want) > 0:
				at = min(at, len(want)-1)
				o.remove(want[at].Position)
				want = slices.Delete(want, at, at+1)
			}
			if r.IntN(100) == 0 {
				check(&p.Position, 1+r.IntN(600))
			}
		}
		check(nil, 1<<30)
	}
}
