// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-spur/spur/model"
)

func TestMemoryKeepsCopies(t *testing.T) {
	var m Memory
	s := rpcSpan(1)
	want := s.Clone()
	m.Report(s)
	m.Report(nil)
	s.Operation, s.Tags[0].Key, s.Logs[0].Fields[0].Key = "again", "again", "again"
	got := m.Spans()
	if len(got) != 1 || !reflect.DeepEqual(&got[0], want) {
		t.Fatalf("kept %+v, want %+v", got, want)
	}
	got[0].Tags[0].Key = "mine"
	if again := m.Spans(); again[0].Tags[0].Key != want.Tags[0].Key {
		t.Error("Spans hands out what it keeps")
	}
	if !m.KeepsSpans() {
		t.Error("KeepsSpans is false")
	}
	m.Reset()
	if got := m.Spans(); len(got) != 0 {
		t.Errorf("%d spans after Reset", len(got))
	}
	expectColumns(t, &m, columns{Sent: 1})
}

func TestMemoryBounds(t *testing.T) {
	m := &Memory{Limit: 2}
	for i := range uint64(5) {
		m.Report(rootSpan(i))
	}
	mustFlush(t, m)
	mustClose(t, m)
	mustClose(t, m)
	m.Report(rootSpan(6))
	if got := m.Spans(); len(got) != 2 || got[1].SpanID != 1 {
		t.Errorf("kept %v", got)
	}
	want := columns{Sent: 2}
	want.Dropped[QueueFull], want.Dropped[Closed] = 3, 1
	expectColumns(t, m, want)
}

func TestMemoryConcurrentSafe(t *testing.T) {
	m := &Memory{Limit: 50}
	var wait sync.WaitGroup
	for range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := range uint64(100) {
				m.Report(rootSpan(i))
				_ = m.Spans()
				_ = m.Stats()
				if i == 50 {
					m.Reset()
				}
			}
		}()
	}
	wait.Wait()
	if d := stats(m); d.Sent+d.Dropped[QueueFull] != 800 {
		t.Errorf("%d sent and %d dropped, want 800 in all", d.Sent, d.Dropped[QueueFull])
	}
}

// panicHandler is a slog.Handler that panics on each record.
type panicHandler struct{ slog.Handler }

func (panicHandler) Handle(context.Context, slog.Record) error { panic("handler") }

func TestLogging(t *testing.T) {
	var out bytes.Buffer
	l := NewLogging(slog.New(slog.NewTextHandler(&out, nil)))
	l.Report(rpcSpan(0x2a))
	l.Report(nil)
	mustFlush(t, l)
	mustClose(t, l)
	l.Report(rpcSpan(0x2b))
	for _, part := range []string{
		"level=INFO", "msg=span", "trace_id=0000000000000001000000000000002a", "span_id=000000000000002a",
		"parent_id=1234567890abcdef", `operation="HTTP GET /api/orders/{id}"`, "duration=1ms\n",
	} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("no %q in %q", part, out.String())
		}
	}
	if n := strings.Count(out.String(), "\n"); n != 1 || strings.Contains(out.String(), "4711") {
		t.Errorf("%d lines: %s", n, out.String())
	}
	expectColumns(t, l, columns{Sent: 1, Dropped: dropped(Closed, 1)})
}

func TestLoggingSurvivesHandler(t *testing.T) {
	l := NewLogging(slog.New(panicHandler{slog.NewTextHandler(&bytes.Buffer{}, nil)}))
	l.Report(rootSpan(1))
	expectColumns(t, l, columns{Dropped: dropped(SendError, 1)})
}

func TestNull(t *testing.T) {
	var n Null
	n.Report(rootSpan(1))
	mustFlush(t, n)
	mustClose(t, n)
	if d := n.Stats(); len(d) != 0 {
		t.Errorf("Stats: %+v", d)
	}
}

// plain is a Reporter without Stats.
type plain struct {
	ids    []model.SpanID
	panics bool
	keeps  bool
	closed int
	err    error
}

func (p *plain) Report(s *model.Span) {
	if p.panics {
		panic("plain")
	}
	p.ids = append(p.ids, s.SpanID)
}

func (p *plain) Flush(context.Context) error {
	if p.panics {
		panic("plain")
	}
	return p.err
}

func (p *plain) Close(ctx context.Context) error {
	p.closed++
	return p.Flush(ctx)
}

func (p *plain) KeepsSpans() bool { return p.keeps }

func TestCounted(t *testing.T) {
	var m Memory
	if Counted(&m) != Reporter(&m) {
		t.Error("a Statser was wrapped")
	}
	p := &plain{err: errors.New("disk full")}
	r := Counted(p)
	r.Report(rootSpan(1))
	r.Report(nil)
	p.panics = true
	r.Report(rootSpan(2))
	if err := r.Flush(context.Background()); err == nil || !strings.Contains(err.Error(), "panic: plain") {
		t.Errorf("Flush: %v", err)
	}
	p.panics = false
	if err := r.Close(context.Background()); !errors.Is(err, p.err) {
		t.Errorf("Close: %v", err)
	}
	mustClose(t, r)
	r.Report(rootSpan(3))
	if !slices.Equal(p.ids, []model.SpanID{1}) || p.closed != 1 {
		t.Errorf("got %v and %d Closes", p.ids, p.closed)
	}
	want := columns{Sent: 1}
	want.Dropped[SendError], want.Dropped[Closed] = 1, 1
	expectColumns(t, r.(Statser), want)
	if d := stats(r.(Statser)); d.Name != "*reporter.plain" || !strings.Contains(d.LastError, "plain") {
		t.Errorf("Stats: %+v", d)
	}
}

func TestMulti(t *testing.T) {
	var a, b Memory
	p := &plain{err: errors.New("disk full")}
	m := NewMulti(&a, nil, p, Null{}, &b)
	m.Report(rootSpan(7))
	if len(a.Spans()) != 1 || len(b.Spans()) != 1 || len(p.ids) != 1 {
		t.Errorf("%d, %d, %d spans arrived, want 1 each", len(a.Spans()), len(b.Spans()), len(p.ids))
	}
	var names []string
	for _, d := range m.Stats() {
		names = append(names, d.Name)
		if d.Sent != 1 {
			t.Errorf("%s: %+v", d.Name, d)
		}
	}
	if want := []string{"memory", "*reporter.plain", "memory-2"}; !slices.Equal(names, want) {
		t.Errorf("destinations %v, want %v", names, want)
	}
	if err := m.Flush(context.Background()); !errors.Is(err, p.err) {
		t.Errorf("Flush: %v", err)
	}
	if err := m.Close(context.Background()); !errors.Is(err, p.err) || p.closed != 1 {
		t.Errorf("Close: %v, %d times", err, p.closed)
	}
	mustClose(t, m)
	mustClose(t, NewMulti())
}

// One destination that does not answer must not use up the time of the others.
func TestMultiFlushesAtTheSameTime(t *testing.T) {
	first, second := make(meeting), make(meeting)
	first2, second2 := crossing{first, second}, crossing{second, first}
	m := NewMulti(first2, second2)
	mustFlush(t, m)
	mustClose(t, m)
}

// crossing is a Reporter whose Flush and Close return when the other's are called.
type (
	meeting  chan struct{}
	crossing struct{ mine, other meeting }
)

func (crossing) Report(*model.Span) {}

func (c crossing) Flush(context.Context) error {
	select {
	case c.mine <- struct{}{}:
	case <-c.other:
	}
	return nil
}

func (c crossing) Close(ctx context.Context) error { return c.Flush(ctx) }

func TestMultiKeepsSpans(t *testing.T) {
	for _, tc := range []struct {
		name string
		m    *Multi
		want bool
	}{
		{"none", NewMulti(), false},
		{"no keeper", NewMulti(Null{}, &plain{}), false},
		{"memory", NewMulti(Null{}, &Memory{}), true},
		{"a keeper without Stats", NewMulti(&plain{keeps: true}), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.m.KeepsSpans(); got != tc.want {
				t.Errorf("KeepsSpans is %v, want %v", got, tc.want)
			}
		})
	}
}

// bomb is a Reporter with books of its own that panics.
type bomb struct{ plain }

func (b *bomb) Stats() []DestinationStats {
	if b.panics {
		panic("bomb")
	}
	return []DestinationStats{{Name: "bomb"}}
}

// One destination that panics used to leave those behind it without the span, and
// nobody could read any books.
func TestMultiSurvivesDestinations(t *testing.T) {
	var a, b Memory
	bad, worse := &bomb{plain{panics: true}}, &bomb{plain{panics: true}}
	m := NewMulti(&a, bad, NewMulti(worse, &plain{}), &b)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic went nowhere")
			}
		}()
		m.Report(rootSpan(1))
	}()
	all := m.Stats()
	if len(all) != 5 || all[0].Sent != 1 || all[3].Sent != 1 || all[4].Sent != 1 {
		t.Fatalf("books: %+v", all)
	}
	if d := all[1]; d.Name != "*reporter.bomb" || !strings.Contains(d.LastError, "bomb") {
		t.Errorf("the one that panics: %+v", d)
	}
	if err := m.Flush(context.Background()); err == nil || !strings.Contains(err.Error(), "panic: plain") {
		t.Errorf("Flush: %v", err)
	}
	if err := m.Close(context.Background()); err == nil || bad.closed != 1 {
		t.Errorf("Close: %v, %d times", err, bad.closed)
	}
}

func TestMultiNames(t *testing.T) {
	of := func(name string) *named { return &named{name: name} }
	m := NewMulti(of("otlp"), NewMulti(of("otlp"), of("otlp")), of("otlp-2"), of(""), of(""))
	var names []string
	for _, d := range m.Stats() {
		names = append(names, d.Name)
	}
	if want := []string{"otlp", "otlp-2", "otlp-2-2", "otlp-2-3", "", "-2"}; !slices.Equal(names, want) {
		t.Errorf("destinations %v, want %v", names, want)
	}
}

// named is a destination with a name.
type named struct {
	plain
	name string
}

func (n *named) Stats() []DestinationStats { return []DestinationStats{{Name: n.name}} }
