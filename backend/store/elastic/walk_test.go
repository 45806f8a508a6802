// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/elastic"
	"github.com/go-spur/spur/backend/trace"
)

// walked returns how often each trace came, and how many were left out. Next is called again
// after an error that may pass.
func walked(t *testing.T, w store.Walk) (came map[pcommon.TraceID]int, spans, tooLarge, failed int) {
	t.Helper()
	defer w.Close()
	came = map[pcommon.TraceID]int{}
	for {
		some, n, err := w.Next(t.Context())
		tooLarge += n
		switch {
		case errors.Is(err, io.EOF):
			return came, spans, tooLarge, failed
		case errors.Is(err, store.ErrUnavailable):
			failed++
		case err != nil:
			t.Fatal(err)
		}
		for _, td := range some {
			spans += td.SpanCount()
			for s := range trace.Spans(td) {
				came[s.TraceID()]++
				break
			}
		}
	}
}

// once tells whether the traces of a shelf came, each once, but for some.
func (s *shelf) once(t *testing.T, came map[pcommon.TraceID]int, but ...int) {
	t.Helper()
	want := map[pcommon.TraceID]bool{}
	for _, d := range s.documents {
		if !slices.Contains(but, d.trace) {
			want[traceNumber(d.trace)] = true
		}
	}
	for id := range want {
		if came[id] != 1 {
			t.Errorf("trace %v came %d times, want once", id, came[id])
		}
	}
	if len(came) != len(want) {
		t.Errorf("%d traces came, want %d", len(came), len(want))
	}
}

// hours is a window around what is shelved.
var hours = trace.Window{Start: sample.Add(-10 * time.Hour), End: sample.Add(10 * time.Hour)}

// TestWalk: each trace comes once and is read once, many of them together, and the walk forgets it
// when it does not come again; or it comes once and is read again where there are too many to know.
func TestWalk(t *testing.T) {
	const traces, spans = 600, 5
	for _, test := range []struct {
		name            string
		apart           time.Duration
		together        time.Duration // in which all spans start at one time
		knows           int
		reads, leftOver int // at most
	}{
		{"short", 10 * time.Second, 0, 1 << 20, traces, 250},
		{"long", time.Hour, 0, 1 << 20, traces, traces},
		{"more than it knows", time.Hour, 0, 150, 5 * traces, 400},
		{"more at one time than it knows", time.Hour, 5 * time.Minute, 150, 5 * traces, traces},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := shelve(traces, spans, test.apart)
			if test.together > 0 {
				for i := range h.documents {
					h.documents[i].start -= h.documents[i].start % test.together.Microseconds()
				}
			}
			w := h.open(t).Walk(hours, 1)
			elastic.LimitWalk(w, test.knows, 1<<20)
			came, n, tooLarge, _ := walked(t, w)
			h.once(t, came)
			reads := 0
			for _, n := range h.reads {
				reads += n
			}
			if n != traces*spans || tooLarge != 0 || reads > test.reads || h.together < 100 || elastic.Seen(w) > test.leftOver {
				t.Errorf("%d spans, want %d; %d too large; %d reads, want at most %d; %d asked for together; %d known in the end, want at most %d",
					n, traces*spans, tooLarge, reads, test.reads, h.together, elastic.Seen(w), test.leftOver)
			}
			if test.knows == 150 && reads <= traces {
				t.Error("nothing was forgotten")
			}
		})
	}
}

// TestWalkWindow: a trace comes when one of its spans starts within the window, with all of them.
func TestWalkWindow(t *testing.T) {
	h := shelve(100, 4, 10*time.Second)
	window := trace.Window{Start: sample.Add(-60 * time.Second), End: sample.Add(-30 * time.Second)}
	want := map[int]bool{}
	for _, d := range h.documents {
		if window.Contains(pcommon.Timestamp(d.start * 1000)) {
			want[d.trace] = true
		}
	}
	came, spans, _, _ := walked(t, h.open(t).Walk(window, 1))
	if len(came) != len(want) || spans != 4*len(want) || len(want) < 30 || len(want) > 50 {
		t.Errorf("%d traces of %d spans, want %d of 4 each", len(came), spans, len(want))
	}
	for n := range want {
		if came[traceNumber(n)] != 1 {
			t.Errorf("trace %d came %d times", n, came[traceNumber(n)])
		}
	}
}

// TestWalkFails: a walk whose requests fail now and then goes on where it was.
func TestWalkFails(t *testing.T) {
	h := shelve(500, 3, time.Minute)
	h.fail = func(n int) bool { return n%3 == 1 }
	came, _, _, failed := walked(t, h.open(t).Walk(hours, 1))
	if h.once(t, came); failed < 3 {
		t.Errorf("%d failures, want some", failed)
	}
}

// TestWalkTooLarge: traces that are too large together are read in fewer requests' room, one by one in the end;
// one that is too large alone is left out and counted, once.
func TestWalkTooLarge(t *testing.T) {
	const huge = 3
	h := shelve(60, 10, time.Hour)
	for i := range 3_000 {
		h.documents = append(h.documents, shelved{trace: huge, start: sample.UnixMicro(), id: 100 + i})
	}
	s := h.open(t)
	s.SetMostBytes(200_000)
	w := s.Walk(hours, 4)
	elastic.LimitWalk(w, 10, 8_000)
	came, spans, tooLarge, _ := walked(t, w)
	h.once(t, came, huge)
	if spans != 59*10 || tooLarge != 1 || h.reads[huge] > 20 || s.Alone() != 0 {
		t.Errorf("%d spans, %d too large, which was read %d times; want %d and 1", spans, tooLarge, h.reads[huge], 59*10)
	}
}

// TestWalkAnswers: an answer with more spans than there is room for is asked for in smaller parts; a
// trace with a span that is too large for that is read alone.
func TestWalkAnswers(t *testing.T) {
	const span = 200 // bytes of an answer at least
	for _, test := range []struct{ traces, answer int }{{600, 100 * span}, {20, span / 2}} {
		h := shelve(test.traces, 5, time.Minute)
		s := h.open(t)
		w := s.Walk(hours, 4)
		elastic.LimitAnswer(w, test.answer)
		came, spans, tooLarge, _ := walked(t, w)
		if h.once(t, came); spans != 5*test.traces || tooLarge != 0 || h.least > max(test.answer/span, 1) || s.Alone() != 0 {
			t.Errorf("answers of %d bytes: %d spans, want %d; %d too large; asked for %d spans at once, want at most %d",
				test.answer, spans, 5*test.traces, tooLarge, h.least, max(test.answer/span, 1))
		}
	}
}

// TestWalkTies: a trace that no room is enough for is read once, and left out.
func TestWalkTies(t *testing.T) {
	h := shelve(2, 1, time.Second)
	for range 10_001 {
		h.documents = append(h.documents, shelved{trace: 0, start: sample.UnixMicro() + 1, id: 7})
	}
	w := h.open(t).Walk(hours, 4)
	elastic.LimitWalk(w, 10, 100<<20)
	came, _, tooLarge, _ := walked(t, w)
	if h.once(t, came, 0); tooLarge != 1 || h.reads[0] != 2 {
		t.Errorf("%d too large, read %d times; want 1, beside the other and by itself", tooLarge, h.reads[0])
	}
}

// TestWalkAlone: one walk at a time has a trace that is large, until its caller asks for more or
// closes it.
func TestWalkAlone(t *testing.T) {
	h := shelve(1, 50, time.Second)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	h.fail = func(n int) bool {
		if n == 3+2 { // one has asked for the index, and twice for spans; other asks as often, unless it waits
			time.AfterFunc(200*time.Millisecond, cancel)
		}
		return false
	}
	s := h.open(t)
	one, other := s.Walk(hours, 4), s.Walk(hours, 4)
	for _, w := range []store.Walk{one, other} {
		elastic.LimitWalk(w, 10, 1_000)
	}
	if some, _, err := one.Next(t.Context()); len(some) != 1 || err != nil || s.Alone() != 1 {
		t.Fatalf("%d traces, %v; want one, and that the walk has it", len(some), err)
	}
	if some, _, err := other.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%d traces, %v; want that it waits", len(some), err)
	}
	one.Close()
	if came, _, _, _ := walked(t, other); len(came) != 1 || s.Alone() != 0 {
		t.Errorf("%v, want the one trace, and that nobody has it", came)
	}
}

// TestWalkAloneFails: a large trace that cannot be read keeps no other walk waiting.
func TestWalkAloneFails(t *testing.T) {
	h := shelve(1, 50, time.Second)
	h.fail = func(n int) bool { return n == 3 } // behind the scan, and the first attempt
	s := h.open(t)
	w := s.Walk(hours, 4)
	elastic.LimitWalk(w, 10, 1_000)
	if _, _, err := w.Next(t.Context()); !errors.Is(err, store.ErrUnavailable) || s.Alone() != 0 {
		t.Errorf("%v, want ErrUnavailable, and that nobody has the trace", err)
	}
	came, _, _, _ := walked(t, w)
	h.once(t, came)
}

// TestWalkUnreadable: a trace comes once when one of its documents is no span, though the scan leads there.
func TestWalkUnreadable(t *testing.T) {
	for _, knows := range []int{1 << 20, 50} {
		h := shelve(300, 3, time.Minute)
		h.documents = append(h.documents, shelved{trace: 1, start: sample.Add(time.Hour).UnixMicro(), id: 9, bad: true})
		w := h.open(t).Walk(hours, 1)
		elastic.LimitWalk(w, knows, 1<<20)
		came, spans, _, _ := walked(t, w)
		if h.once(t, came); spans != 900 {
			t.Errorf("%d spans, want 900", spans)
		}
	}
}
