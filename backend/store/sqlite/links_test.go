// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// TestLinksExact: what is added up is what is there, whatever becomes of the
// spans: parents that come before or after their children, or never, segments
// that are removed, archived traces that move, segments that are not linked.
func TestLinksExact(t *testing.T) {
	seeds := uint64(4)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { linksExact(t, rand.New(rand.NewPCG(seed, 1)), seed%2 == 1) })
	}
}

func linksExact(t *testing.T, r *rand.Rand, archive bool) {
	ctx := t.Context()
	s := openTest(t, Config{})
	s.w.tailSpans = 40
	compare := func(step int) {
		t.Helper()
		for range 3 {
			w := someWindow(r)
			got, err := s.Links(ctx, w)
			if want := scanLinks(t, s, w); err != nil || !slices.Equal(got, want) {
				t.Fatalf("step %d, %v:\n%v, %v; want\n%v", step, w, got, err, want)
			}
		}
	}
	var waiting []called
	const steps = 200
	moved, orphans, most := false, 0, 0
	for step := range steps {
		switch r.IntN(30) {
		case 0: // the oldest goes
			before := unlinked(t, s)
			used, err := usedBytes(s.w.conn)
			if err != nil {
				t.Fatal(err)
			}
			s.cfg.MaxBytes = used - 1
			if err := s.removeOldest(ctx); err != nil {
				t.Fatal(err)
			}
			s.cfg.MaxBytes = DefaultMaxBytes
			if n := unlinked(t, s); n > before {
				t.Errorf("%d segments are not linked any more", n-before)
			}
		case 1:
			if err := s.w.exec("DELETE FROM columns WHERE id & 15 = ? AND id >> 4 & 3 = ?", int64(columnLinks), r.Int64N(4)); err != nil {
				t.Fatal(err)
			}
		case 2:
			cfg := s.cfg
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			change(t, cfg.Dir, "DELETE FROM columns WHERE id & 15 = 7") // as older versions left it
			s = openTest(t, cfg)
			s.w.tailSpans = 40
			if n := unlinked(t, s); n > 0 {
				t.Errorf("%d segments are not linked", n)
			}
		case 5: // so that operations are forgotten
			if err := s.transaction(func() error { return s.w.closeTail(ctx) }); err != nil {
				t.Fatal(err)
			}
			s.w.tail = newTail((s.w.tail.next()>>epochBits+2)<<epochBits - 20)
			s.view = s.w.view()
		case 3, 4:
			td, err := s.Trace(ctx, traceID(1+r.Uint64N(uint64(step+1))), trace.Window{})
			if err == nil && archive { // it may be gone
				err = s.Archive(ctx, td)
			}
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				t.Fatal(err)
			}
		default:
			waiting = append(waiting, calls(r, uint64(step+1))...)
			r.Shuffle(len(waiting), func(i, j int) { waiting[i], waiting[j] = waiting[j], waiting[i] })
			n := r.IntN(len(waiting) + 1)
			if err := s.Write(ctx, tracesOf(waiting[:n])); err != nil {
				t.Fatal(err)
			}
			waiting = slices.Delete(waiting, 0, n)
		}
		compare(step)
		segments := segmentsOf(t, s)
		for _, seg := range segments {
			moved = moved || seg.first < 0
			orphans = max(orphans, len(seg.orphans))
		}
		most = max(most, len(segments))
	}
	if moved != archive || orphans == 0 || most < 10 {
		t.Errorf("the test has %d segments, archived ones: %v, %d orphans", most, moved, orphans)
	}
	if err := s.Purge(ctx); err != nil {
		t.Fatal(err)
	}
	compare(steps)
}

// called is a span with a parent, or without.
type called struct {
	trace, id, parent uint64
	service           string
	start             time.Time
	failed            bool
}

// calls returns the spans of a trace, which last up to 3 minutes.
func calls(r *rand.Rand, id uint64) []called {
	start := time.Unix(1e9, 0).Add(time.Duration(r.Int64N(int64(20 * time.Minute))))
	list := make([]called, 1+r.IntN(10))
	for i := range list {
		list[i] = called{
			id, id<<8 | uint64(i+1), id<<8 | r.Uint64N(uint64(i+1)), string('a' + rune(r.IntN(5))),
			start.Add(time.Duration(r.Int64N(int64(3 * time.Minute)))), r.IntN(3) == 0,
		}
		switch {
		case list[i].parent != id<<8: // another span
		case r.IntN(2) == 0:
			list[i].parent = 0
		default: // a span that never comes
		}
	}
	return list
}

func tracesOf(list []called) ptrace.Traces {
	td := ptrace.NewTraces()
	for _, c := range list {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", c.service)
		s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetTraceID(traceID(c.trace))
		s.SetSpanID(pcommon.SpanID(binary.BigEndian.AppendUint64(nil, c.id)))
		if c.parent != 0 {
			s.SetParentSpanID(pcommon.SpanID(binary.BigEndian.AppendUint64(nil, c.parent)))
		}
		s.SetName(fmt.Sprint("op", c.trace))
		s.SetKind(ptrace.SpanKind(c.id % 6))
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(c.start))
		if c.failed {
			s.Status().SetCode(ptrace.StatusCodeError)
		}
	}
	return td
}

// someWindow returns one that may begin and end anywhere, or at a minute, or
// not at all.
func someWindow(r *rand.Rand) trace.Window {
	at := func() time.Time {
		t := time.Unix(1e9, 0).Add(time.Duration(r.Int64N(int64(23 * time.Minute))))
		switch r.IntN(3) {
		case 0:
			return time.Time{}
		case 1:
			return t.Truncate(time.Minute)
		default:
			return t
		}
	}
	w := trace.Window{Start: at(), End: at()}
	if r.IntN(5) == 0 && !w.Start.IsZero() {
		w.End = w.Start.Add(time.Duration(r.Int64N(int64(time.Minute))))
	}
	return w
}

// segmentsOf returns the segments, and which spans of theirs have no parent yet.
func segmentsOf(t *testing.T, s *Store) (list []linkedSegment) {
	t.Helper()
	err := s.read(t.Context(), func(r *snapshot) error {
		segments, err := r.segments()
		if err != nil {
			return err
		}
		for _, seg := range segments {
			orphans, err := r.links(seg, func(call, count) {})
			if err != nil {
				return err
			}
			list = append(list, linkedSegment{seg, orphans})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

type linkedSegment struct {
	*segment
	orphans []orphan
}

// unlinked returns the number of segments that are joined when they are read.
func unlinked(t *testing.T, s *Store) (n int) {
	t.Helper()
	err := s.read(t.Context(), func(r *snapshot) error {
		list, err := r.unlinked()
		n = len(list)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// scanLinks returns what Links should, by looking at all spans.
func scanLinks(t *testing.T, s *Store, w trace.Window) []trace.Link {
	t.Helper()
	links := store.Links{}
	err := s.read(t.Context(), func(r *snapshot) error {
		services := map[int64]string{}
		if err := r.eachOperation(func(id int64, o operation) { services[id] = o.service }); err != nil {
			return err
		}
		parents := map[spanOf]string{}
		kinds := []kind{columnTrace, columnOperation, columnSpan, columnParent, columnStatus}
		err := r.eachIn(trace.Window{}, kinds, func(seg *segment, i int) {
			parents[spanOf{seg.cols.trace[i], seg.cols.span[i]}] = services[seg.cols.operation[i]]
		})
		if err != nil {
			return err
		}
		return r.eachIn(w, kinds, func(seg *segment, i int) {
			if parent, ok := parents[spanOf{seg.cols.trace[i], seg.cols.parent[i]}]; ok {
				links.Add(parent, services[seg.cols.operation[i]], isError(seg.cols.status[i]))
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return links.Answer()
}
