// SPDX-License-Identifier: Apache-2.0

package links

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

var (
	monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	quiet  = slog.New(slog.DiscardHandler)
)

func day(begin time.Time) trace.Window {
	return trace.Window{Start: begin, End: begin.AddDate(0, 0, 1)}
}

// add adds a span to td. Parent 0 is none.
func add(td ptrace.Traces, service string, traceID, id, parent uint64, kind ptrace.SpanKind, start time.Time) ptrace.Span {
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", service)
	s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	var tid pcommon.TraceID
	binary.BigEndian.PutUint64(tid[8:], traceID)
	s.SetTraceID(tid)
	s.SetSpanID(spanID(id))
	s.SetParentSpanID(spanID(parent))
	s.SetKind(kind)
	s.SetName("op")
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Millisecond)))
	return s
}

func spanID(n uint64) (id pcommon.SpanID) {
	binary.BigEndian.PutUint64(id[:], n)
	return id
}

// filled is a store with traces around monday, some of them over midnight, with spans
// that share an id as Zipkin's client and server do, have no parent, or fail.
func filled(t *testing.T, traces uint64) *memory.Store {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	s := memory.Open(memory.Config{})
	t.Cleanup(func() { _ = s.Close() })
	for id := uint64(1); id <= traces; id++ {
		td := ptrace.NewTraces()
		start := monday.Add(time.Duration(r.IntN(30*60)-3*60) * time.Minute)
		for n := range uint64(1 + r.IntN(8)) {
			span := add(td, fmt.Sprint("service-", r.IntN(6)), id, 1+n, r.Uint64N(n+2), ptrace.SpanKind(r.IntN(6)), start.Add(time.Duration(r.IntN(180))*time.Minute))
			if r.IntN(3) == 0 {
				span.Status().SetCode(ptrace.StatusCodeError)
			}
			if n == 1 && r.IntN(2) == 0 {
				span.SetSpanID(spanID(1))
				span.SetKind(ptrace.SpanKindServer)
				td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetKind(ptrace.SpanKindClient)
			}
		}
		if err := s.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestCompute: what is computed is what a store that computes links itself answers, over
// several pages; the hours of which Write makes a day add up.
func TestCompute(t *testing.T) {
	s := filled(t, 3*pageTraces)
	for _, w := range []trace.Window{day(monday), day(monday.AddDate(0, 0, 1)), {Start: monday.Add(5 * time.Hour), End: monday.Add(6 * time.Hour)}} {
		got, err := Compute(t.Context(), s, w, quiet)
		if err != nil {
			t.Fatal(err)
		}
		want, err := s.Links(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) < 20 || !slices.Equal(got.Links, want) {
			t.Errorf("%v:\n%v; want\n%v", w, got.Links, want)
		}
	}
	written := &altered{Store: s, write: func(at time.Time, got []trace.Link) error {
		if want, err := s.Links(t.Context(), day(monday)); err != nil || !slices.Equal(got, want) || !at.Equal(monday) {
			t.Errorf("%v:\n%v; want, %v,\n%v", at, got, err, want)
		}
		return nil
	}}
	if r, err := Write(t.Context(), written, monday, quiet); err != nil || r.Calls() < 1000 {
		t.Errorf("%+v, %v", r, err)
	}
}

// altered is a store whose answers a test changes.
type altered struct {
	store.Store
	search func(trace.Query) (trace.Page, error)
	trace  func(pcommon.TraceID) error
	write  func(time.Time, []trace.Link) error
}

func (a *altered) Search(ctx context.Context, q trace.Query) (trace.Page, error) {
	if a.search != nil {
		return a.search(q)
	}
	return a.Store.Search(ctx, q)
}

func (a *altered) Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	if a.trace != nil {
		if err := a.trace(id); err != nil {
			return ptrace.Traces{}, err
		}
	}
	return a.Store.Trace(ctx, id, w)
}

func (a *altered) WriteLinks(_ context.Context, day time.Time, links []trace.Link) error {
	return a.write(day, links)
}

// pairs is a store with traces in each of which a calls b.
func pairs(t *testing.T, traces uint64) *altered {
	t.Helper()
	s := memory.Open(memory.Config{})
	t.Cleanup(func() { _ = s.Close() })
	for id := uint64(1); id <= traces; id++ {
		td := ptrace.NewTraces()
		add(td, "a", id, 1, 0, 0, monday.Add(time.Hour))
		add(td, "b", id, 2, 1, 0, monday.Add(time.Hour))
		if err := s.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
	}
	return &altered{Store: s}
}

// TestComputeWithout: a trace that is gone or too large does not keep others from being
// counted, and an error does.
func TestComputeWithout(t *testing.T) {
	s := pairs(t, 10)
	s.trace = func(id pcommon.TraceID) error {
		switch id[15] {
		case 3:
			return store.ErrNotFound
		case 4, 5:
			return fmt.Errorf("%w: very", store.ErrTooMuch)
		}
		return nil
	}
	r, err := Compute(t.Context(), s, day(monday), quiet)
	if want := []trace.Link{{Parent: "a", Child: "b", Calls: 7}}; err != nil || !slices.Equal(r.Links, want) || r.Traces != 10 || r.TooLarge != 2 {
		t.Errorf("%+v, %v; want %v of 10 traces, 2 of them too large", r, err, want)
	}
	broken := errors.New("broken")
	s.trace = func(id pcommon.TraceID) error {
		if id[15] == 7 {
			return broken
		}
		return nil
	}
	if _, err := Compute(t.Context(), s, day(monday), quiet); !errors.Is(err, broken) {
		t.Errorf("%v, want %v", err, broken)
	}
}

// TestComputeLeftOut: traces that a search leaves out are counted, and it goes on behind
// them, or ends.
func TestComputeLeftOut(t *testing.T) {
	s := pairs(t, 1)
	s.search = func(q trace.Query) (trace.Page, error) {
		if q.Cursor == "" {
			return trace.Page{CutAt: monday.Add(time.Hour), TooLarge: 2, Cursor: "x"}, nil
		}
		q.Cursor = ""
		page, err := s.Store.Search(t.Context(), q)
		page.CutAt, page.TooLarge = monday, 1
		return page, err
	}
	r, err := Compute(t.Context(), s, day(monday), quiet)
	if err != nil || len(r.Links) != 1 || r.Traces != 4 || r.TooLarge != 3 {
		t.Errorf("%+v, %v; want one link, of 4 traces, 3 of them too large", r, err)
	}
}

// TestComputeStuck: a search that does not go on ends with an error.
func TestComputeStuck(t *testing.T) {
	s := pairs(t, 1)
	for _, page := range []trace.Page{{Cursor: "x"}, {CutAt: monday}} {
		s.search = func(trace.Query) (trace.Page, error) { return page, nil }
		if r, err := Compute(t.Context(), s, day(monday), quiet); err == nil || !strings.Contains(err.Error(), "does not get beyond") {
			t.Errorf("%+v: %+v, %v", page, r, err)
		}
	}
}

// TestRoom: names that are too many or too long are left out, and known links go on to
// be counted.
func TestRoom(t *testing.T) {
	s := sum{links: store.Links{}}
	one := func(parent string) {
		s.add(&trace.Link{Parent: parent, Child: "b", Calls: 2})
	}
	one("a")
	one(strings.Repeat("x", mostBytes))
	for n := range mostBytes / 1000 {
		one(fmt.Sprintf("%01000d", n))
	}
	one("a")
	links := s.links.Answer()
	full := mostBytes / (1000 + 1 + linkBytes)
	if len(links) != full+1 || links[len(links)-1].Calls != 4 || s.rest.LeftOut != 2+2*int64(mostBytes/1000-full) || s.bytes > mostBytes {
		t.Errorf("%d links of %d bytes, the last %+v; %d calls left out", len(links), s.bytes, links[len(links)-1], s.rest.LeftOut)
	}
}
