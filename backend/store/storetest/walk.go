// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"io"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// testWalk: a walk comes by each trace with a span in the window, once and whole.
func testWalk(t *T) {
	s := t.open()
	walker, ok := s.(store.Walker)
	if !ok {
		t.Skip("no Walker")
	}
	g, n := t.newGenerator(8), naive{}
	for range 4 {
		b := newBatch()
		b.spans = uint64(g.starts)
		g.traces(b, 0, 150, 200)
		t.write(s, b.Traces)
		n.add(t.kept(b.Traces))
	}
	for _, w := range windows() {
		want := n.search(trace.Query{Window: w})
		spans := map[[16]byte]int{} // what is still to come
		for i := range want {
			spans[want[i].TraceID] = want[i].Spans
		}
		walk := walker.Walk(w, 1)
		for {
			some, tooLarge, err := walk.Next(t.Context())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || tooLarge != 0 {
				t.Fatalf("%v: %d too large, %v", w, tooLarge, err)
			}
			for _, td := range some {
				for one := range trace.Spans(td) {
					if id := one.TraceID(); spans[id] != td.SpanCount() {
						t.Errorf("%v: trace %v comes with %d spans, want %d", w, id, td.SpanCount(), spans[id])
					}
					delete(spans, one.TraceID())
					break
				}
			}
		}
		walk.Close()
		if len(spans) > 0 {
			t.Errorf("%v: %d traces of %d do not come", w, len(spans), len(want))
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	walk := walker.Walk(trace.Window{}, 1)
	if _, _, err := walk.Next(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	_ = s.Close()
	if _, _, err := walk.Next(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	walk.Close()
	walk.Close()
}
