// SPDX-License-Identifier: Apache-2.0

package spantree

import (
	"math/rand/v2"
	"testing"

	"github.com/go-spur/spur/model"
)

// Whatever the parents are, cycles among them, each span is walked to once, from its
// parent unless it is a root.
func TestWalksVisitEachSpanOnce(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		spans := make([]model.Span, rnd.IntN(40))
		for i := range spans {
			spans[i] = model.Span{Start: rnd.Int64N(5), Context: model.Context{
				TraceID: model.TraceID{Low: 1 + rnd.Uint64N(3)}, SpanID: model.SpanID(i + 1), ParentID: model.SpanID(rnd.IntN(60)),
			}}
		}
		f := Plant(spans)
		depths := map[int]int{}
		for _, root := range f.Roots {
			f.Walk(root, func(i, depth int) {
				if _, again := depths[i]; again {
					t.Fatalf("seed %d: span %v is visited twice", seed, f.Spans[i].SpanID)
				}
				if depths[i] = depth; depth > 0 && depths[f.Parent[i]] != depth-1 || (depth == 0) != (f.Parent[i] == None) {
					t.Fatalf("seed %d: span %v at depth %d, its parent at %d", seed, f.Spans[i].SpanID, depth, depths[f.Parent[i]])
				}
			})
		}
		if len(depths) != len(spans) {
			t.Fatalf("seed %d: %d of %d spans are visited", seed, len(depths), len(spans))
		}
	}
}

func TestFind(t *testing.T) {
	span := func(start int64, trace uint64, id, parent model.SpanID) model.Span {
		return model.Span{Start: start, Context: model.Context{TraceID: model.TraceID{Low: trace}, SpanID: id, ParentID: parent}}
	}
	f := Plant([]model.Span{span(5, 2, 1, 0), span(3, 1, 2, 1), span(1, 1, 1, 0)})
	for i, want := range []struct {
		trace uint64
		id    model.SpanID
	}{{1, 1}, {1, 2}, {2, 1}} {
		if at := f.Find(model.TraceID{Low: want.trace}, want.id); at != i {
			t.Errorf("span %d of trace %d is at %d, want %d", want.id, want.trace, at, i)
		}
	}
	if at := f.Find(model.TraceID{Low: 2}, 2); at != None || f.Parent[1] != 0 || f.First[0] != 1 {
		t.Errorf("found %d; parents %v, children %v", at, f.Parent, f.First)
	}
}
