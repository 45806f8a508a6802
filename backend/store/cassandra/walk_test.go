// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// TestWalk: each trace comes once, whatever number of services there is and how little the
// walk knows of those that came; and is read once where it can know.
func TestWalk(t *testing.T) {
	const traces = 2_000
	for _, test := range []struct {
		name             string
		services         int
		apart            time.Duration
		atOnce, mostSeen int
		reads            int // at most
	}{
		{"1,500 services", 1_500, time.Millisecond, maxServices, maxSeen, traces},
		{"long traces", 50, time.Hour, maxServices, maxSeen, traces},
		{"three parts", 1_000, time.Minute, 400, maxSeen, 3 * traces},
		{"more than it knows", 50, time.Hour, maxServices, 150, 5 * traces},
		{"parts, and more than it knows", 3, time.Hour, 2, 150, 5 * traces},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := hold(test.services, traces, 5, test.apart)
			s := fakeStore(t, &fake{answer: h.answer})
			w := s.Walk(trace.Window{}, 1).(*walk)
			w.atOnce, w.mostSeen = test.atOnce, test.mostSeen
			came, _, _ := walked(t, w)
			if !maps.Equal(came, onceEach(traces)) {
				t.Errorf("%d traces of %d came, or some not once", len(came), traces)
			}
			reads := 0
			for _, n := range h.reads {
				reads += n
			}
			if reads > test.reads || reads < traces {
				t.Errorf("%d traces read, want from %d to %d", reads, traces, test.reads)
			}
			if test.mostSeen < maxSeen && w.forgotten > now.UnixMicro() {
				t.Error("nothing was forgotten")
			}
		})
	}
}

// TestWalkWindow: a trace comes when one of its spans starts within the window, with all
// of them.
func TestWalkWindow(t *testing.T) {
	h := hold(10, 100, 4, 10*time.Second)
	s := fakeStore(t, &fake{answer: h.answer})
	w := trace.Window{Start: now.Add(-60 * time.Second), End: now.Add(-30 * time.Second)}
	want := map[pcommon.TraceID]int{}
	for id, rows := range h.traces {
		if slices.ContainsFunc(rows, func(row []any) bool { return w.Contains(pcommon.Timestamp(row[5].(int64) * 1000)) }) {
			want[pcommon.TraceID([]byte(id))] = 1
		}
	}
	got, _, _ := walked(t, s.Walk(w, 1))
	if !maps.Equal(got, want) || len(want) < 30 || len(want) > 50 {
		t.Errorf("%d traces, want %d", len(got), len(want))
	}
	some, _, err := s.Walk(w, 1).Next(t.Context())
	if err != nil || len(some) == 0 || some[0].SpanCount() != 4 {
		t.Errorf("%d traces, %v; want whole ones of 4 spans", len(some), err)
	}
}

// TestWalkFails: a walk whose requests fail now and then goes on where it was.
func TestWalkFails(t *testing.T) {
	h := hold(30, 500, 3, time.Second)
	var mu sync.Mutex
	asked := map[string]int{}
	s := fakeStore(t, &fake{answer: func(query string, args []any) ([][]any, error) {
		mu.Lock()
		key := fmt.Sprint(query, args)
		asked[key]++
		first := asked[key] == 1 && len(asked)%3 == 0
		mu.Unlock()
		if first {
			return nil, errFake
		}
		return h.answer(query, args)
	}})
	came, _, failed := walked(t, s.Walk(trace.Window{}, 1))
	if !maps.Equal(came, onceEach(500)) || failed < 3 {
		t.Errorf("%d traces came, want 500, each once, after some failures: %d", len(came), failed)
	}
}

// TestWalkTooLarge: traces that are too large together, for a part of what a search holds,
// are read one by one; one that is too large alone is left out and counted, once.
func TestWalkTooLarge(t *testing.T) {
	const huge, size = 3, 6_000 // size is that of the others
	for _, test := range []struct {
		name             string
		traces           int
		apart            time.Duration
		walks            int
		round            int64 // in traces
		atOnce, mostSeen int
		reads            int // at least
		hugeReads        int
	}{
		// Beside others, alone, and with all the room.
		{"two fit", 20, time.Second, 4, 2, maxServices, maxSeen, 2*20 - 2, 3},
		{"three parts", 20, time.Second, 4, 20, 2, maxSeen, 20, 3},
		{"more than it knows", 400, time.Hour, 4, 200, maxServices, 150, 400, 3},
		{"one walk, which has all the room", 20, time.Second, 1, 20, maxServices, maxSeen, 20, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := hold(5, test.traces, 10, test.apart)
			id := idOf(huge)
			s := fakeStore(t, &fake{answer: h.answer})
			s.round = int64(test.walks) * test.round * size
			h.traces[string(id[:])][0] = rowOf(huge, 1, int(s.round))
			w := s.Walk(trace.Window{}, test.walks).(*walk)
			w.atOnce, w.mostSeen = test.atOnce, test.mostSeen
			came, tooLargeOnes, _ := walked(t, w)
			want := onceEach(test.traces)
			delete(want, id)
			if n := count(t, s.metrics.leftOut.WithLabelValues(tooLarge)); !maps.Equal(came, want) || tooLargeOnes != 1 || n != 1 {
				t.Errorf("%d traces, %d too large, %d counted; want %d, 1 and 1", len(came), tooLargeOnes, n, len(want))
			}
			if n := h.reads[string(id[:])]; n != test.hugeReads {
				t.Errorf("the one too large read %d times, want %d", n, test.hugeReads)
			}
			reads := 0
			for _, n := range h.reads {
				reads += n
			}
			if reads < test.reads {
				t.Errorf("%d traces read, want %d or more: %d fit at once", reads, test.reads, test.round)
			}
			if test.mostSeen < maxSeen && w.forgotten > now.UnixMicro()+test.apart.Microseconds() {
				t.Error("nothing was forgotten")
			}
		})
	}
}

// TestWalkAlone: one walk at a time has a trace that is large, until its caller asks for more or
// closes it.
func TestWalkAlone(t *testing.T) {
	for name, release := range map[string]func(store.Walk) error{
		"asked": func(w store.Walk) error {
			if _, _, err := w.Next(t.Context()); !errors.Is(err, io.EOF) {
				return fmt.Errorf("%w, want %w", err, io.EOF)
			}
			return nil
		},
		"closed": func(w store.Walk) error { w.Close(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := fakeStore(t, &fake{answer: hold(1, 1, 10, time.Second).answer})
				s.round = 20_000
				one, other := s.Walk(trace.Window{}, 4), s.Walk(trace.Window{}, 4)
				for _, w := range []store.Walk{one, other} {
					if some, _, err := w.Next(t.Context()); len(some) > 0 || err != nil {
						t.Fatalf("%d traces, %v; want none yet", len(some), err)
					}
				}
				if some, _, err := one.Next(t.Context()); len(some) != 1 || err != nil {
					t.Fatalf("%d traces, %v; want the one trace", len(some), err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if some, _, err := other.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%d traces, %v; want that it waits", len(some), err)
				}
				if err := release(one); err != nil {
					t.Error(err)
				}
				one.Close()
				came, _, _ := walked(t, other)
				if !maps.Equal(came, onceEach(1)) || len(s.alone) != 0 {
					t.Errorf("%v, want the one trace, and that nobody has it", came)
				}
			})
		})
	}
}

// TestWalkAloneCloses: the store is closed while a walk waits for another, which nobody ends.
func TestWalkAloneCloses(t *testing.T) {
	h, reads, waits := hold(1, 1, 10, time.Second), 0, make(chan struct{})
	s := fakeStore(t, &fake{answer: func(query string, args []any) ([][]any, error) {
		if strings.Contains(query, ".traces WHERE") {
			if reads++; reads == 5 { // one has read it three times, and other twice
				close(waits)
			}
		}
		return h.answer(query, args)
	}})
	s.round = 20_000
	s.link.stop, s.link.done = func() {}, make(chan struct{})
	close(s.link.done)
	one, other := s.Walk(trace.Window{}, 4), s.Walk(trace.Window{}, 4)
	for _, w := range []store.Walk{one, other, one} {
		if _, _, err := w.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, _, err := other.Next(ctx)
		ended <- err
	}()
	<-waits
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, store.ErrClosed) {
		t.Errorf("who waits: %v, want ErrClosed", err)
	}
	one.Close()
}

// TestWalkAloneFails: a large trace that cannot be read keeps no other walk waiting.
func TestWalkAloneFails(t *testing.T) {
	h, reads := hold(1, 1, 10, time.Second), 0
	s := fakeStore(t, &fake{answer: func(query string, args []any) ([][]any, error) {
		if strings.Contains(query, ".traces WHERE") {
			if reads++; reads == 3 { // beside others, alone, and with all the room
				return nil, errFake
			}
		}
		return h.answer(query, args)
	}})
	s.round = 20_000
	w := s.Walk(trace.Window{}, 4)
	if _, _, err := w.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Next(t.Context()); !errors.Is(err, errFake) || len(s.alone) != 0 {
		t.Errorf("%v, want %v, and that nobody has the trace", err, errFake)
	}
	if came, _, _ := walked(t, w); !maps.Equal(came, onceEach(1)) || len(s.alone) != 0 {
		t.Errorf("%v, want the one trace", came)
	}
}

// TestWalkUnreadable: a trace comes once and is read once when one of its rows cannot be
// read, though its entry in the index leads there.
func TestWalkUnreadable(t *testing.T) {
	const traces = 400
	id := idOf(traces + 1)
	early, late := now.Add(-2*time.Hour).UnixMicro(), now.Add(2*time.Hour).UnixMicro()
	for _, test := range []struct {
		name             string
		services         int
		apart            time.Duration
		atOnce, mostSeen int
		damaged, good    int64 // when they start
	}{
		{"the first", 1, time.Millisecond, maxServices, maxSeen, early, late},
		{"the last, and more than it knows", 50, time.Hour, maxServices, 150, late, early},
		{"of a service before", 2, time.Millisecond, 2, maxSeen, early, late}, // "" is one, too
	} {
		t.Run(test.name, func(t *testing.T) {
			h := hold(test.services, traces, 5, test.apart)
			h.add(id, "s00000", test.damaged)[7] = raw{0, 0, 0, 9}
			h.add(id, fmt.Sprintf("s%05d", test.services-1), test.good)
			s := fakeStore(t, &fake{answer: h.answer})
			w := s.Walk(trace.Window{}, 1).(*walk)
			w.atOnce, w.mostSeen = test.atOnce, test.mostSeen
			came, _, _ := walked(t, w)
			if !maps.Equal(came, onceEach(traces+1)) || came[id] != 1 {
				t.Errorf("%d traces of %d came, the damaged one %d times", len(came), traces+1, came[id])
			}
			if n := h.reads[string(id[:])]; n != 1 {
				t.Errorf("the damaged one was read %d times, want 1", n)
			}
		})
	}
}

// TestManyServices: a search without a service finds the latest traces of 1,500 and goes
// on page by page, also when the first requests use up its budget. It says so when there
// are too many services.
func TestManyServices(t *testing.T) {
	const traces = 100
	for _, scan := range []int{maxScan, 1_000} {
		h := hold(1_500, traces, 3, time.Millisecond)
		s := fakeStore(t, &fake{answer: h.answer})
		s.config.MaxScan = scan
		q := trace.Query{Order: trace.NewestFirst, Limit: 30}
		var got []pcommon.TraceID
		for {
			page, err := s.Search(t.Context(), q)
			if err != nil || len(got) > traces {
				t.Fatalf("%d traces so far, %v", len(got), err)
			}
			if cut := !page.CutAt.IsZero(); cut != (scan < 1_500 && page.Cursor != "") {
				t.Errorf("budget %d: cut at %v, cursor %q", scan, page.CutAt, page.Cursor)
			}
			for i := range page.Traces {
				got = append(got, page.Traces[i].TraceID)
			}
			if q.Cursor = page.Cursor; q.Cursor == "" {
				break
			}
		}
		for i := range traces {
			if len(got) != traces || got[i] != idOf(i+1) {
				t.Fatalf("budget %d: %d traces, want %d in order", scan, len(got), traces)
			}
		}
	}
	s := fakeStore(t, &fake{answer: hold(maxServices+1, 1, 1, time.Second).answer})
	_, err := s.Search(t.Context(), trace.Query{Order: trace.NewestFirst, Limit: 1})
	if !errors.Is(err, store.ErrTooMuch) || !strings.Contains(err.Error(), "10001 services: name one") {
		t.Errorf("%v, want that a service has to be named", err)
	}
}
