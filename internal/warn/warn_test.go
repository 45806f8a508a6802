// SPDX-License-Identifier: Apache-2.0

package warn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"github.com/go-spur/spur/internal/race"
)

// lines is a handler that keeps each line as "LEVEL msg key=value …".
type lines struct {
	mu    sync.Mutex
	all   []string
	first slog.Level
	hook  func() // runs for each line, without the lock
}

func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= l.first }
func (l *lines) WithAttrs([]slog.Attr) slog.Handler               { return l }
func (l *lines) WithGroup(string) slog.Handler                    { return l }

func (l *lines) Handle(_ context.Context, r slog.Record) error {
	if l.hook != nil {
		l.hook()
	}
	s := r.Level.String() + " " + r.Message
	r.Attrs(func(a slog.Attr) bool { s += " " + a.String(); return true })
	l.mu.Lock()
	l.all = append(l.all, s)
	l.mu.Unlock()
	return nil
}

func (l *lines) check(t *testing.T, want ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if got := strings.Join(l.all, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestResolvedNeedsALine(t *testing.T) {
	l := &lines{}
	w := New(slog.New(l))
	w.Resolved("dns", "found")
	l.check(t)
	w.Problem("dns", "lost", slog.Int("n", 1))
	w.Resolved("other", "not lost")
	w.Resolved("dns", "found", slog.Int("n", 2))
	w.Resolved("dns", "found")
	l.check(t, "WARN lost cause=dns n=1", "INFO found cause=dns n=2")
}

func TestDisabledLevel(t *testing.T) {
	l := &lines{first: slog.LevelError}
	w := New(slog.New(l))
	w.Problem("c", "bad")
	l.first = slog.LevelDebug
	w.Resolved("c", "good")
	l.check(t)
	silent := New(nil)
	silent.Problem("c", "bad")
	silent.Resolved("c", "good")
}

func TestCausesAreBounded(t *testing.T) {
	l := &lines{}
	w := New(slog.New(l))
	for i := range 1000 {
		w.Problem(fmt.Sprint("c", i), "bad")
	}
	if len(l.all) != maxCauses+1 || len(*w.causes.Load()) != maxCauses {
		t.Fatalf("%d lines, %d causes; want %d, %d", len(l.all), len(*w.causes.Load()), maxCauses+1, maxCauses)
	}
	l.all = nil
	w.Resolved("c999", "good")
	w.Resolved("c998", "good")
	w.Resolved("c0", "good")
	l.check(t, fmt.Sprintf("INFO good cause=c999 suppressed=%d", 1000-maxCauses-1), "INFO good cause=c0")
}

type badValuer struct{}

func (badValuer) LogValue() slog.Value { panic("value") }

type badError struct{}

func (badError) Error() string { panic("error") }

func TestForeignCodePanics(t *testing.T) {
	l := &lines{hook: func() { panic("handler") }}
	w := New(slog.New(l))
	w.Problem("c", "bad")
	l.hook = nil
	w.Resolved("c", "good")
	l.check(t) // the line that was lost needs no answer
	w.Problem("d", "bad", slog.Any("v", badValuer{}), slog.Any("e", badError{}))
	if len(l.all) != 1 || !strings.HasPrefix(l.all[0], "WARN bad cause=d v=") {
		t.Errorf("got %q", l.all)
	}
	cyclic := []any{nil}
	cyclic[0] = cyclic // fmt would overflow the stack
	w.Problem("e", "bad", slog.Any("v", cyclic), slog.Any("e", fmt.Errorf("%w", badError{})))
	if len(l.all) != 2 || !strings.HasPrefix(l.all[1], "WARN bad cause=e v=[[[[[[[[…]]]]]]]] e=") {
		t.Errorf("got %q", l.all)
	}
}

func TestHandlerMayCallBack(t *testing.T) {
	l := &lines{}
	w := New(slog.New(l))
	l.hook = func() {
		w.Problem("c", "again")
		l.hook = nil
		w.Problem("d", "new") // a name to be added
	}
	w.Problem("c", "bad")
	w.Resolved("c", "good")
	l.check(t, "WARN new cause=d", "WARN bad cause=c", "INFO good cause=c suppressed=1")
}

// TestNoLockWhileLogging: while one goroutine is stuck in its handler the others
// go on, with known and new causes.
func TestNoLockWhileLogging(t *testing.T) {
	l := &lines{}
	stuck, release, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var calls atomic.Int64
	l.hook = func() {
		if calls.Add(1) == 1 {
			close(stuck)
			<-release
		}
	}
	w := New(slog.New(l))
	go func() {
		defer close(done)
		w.Problem("slow", "bad")
	}()
	<-stuck
	w.Problem("slow", "bad")
	w.Problem("new", "bad")
	w.Resolved("new", "good")
	w.Resolved("slow", "not said yet that it was bad")
	l.check(t, "WARN bad cause=new", "INFO good cause=new")
	close(release)
	<-done
	w.Resolved("slow", "good")
	l.check(t, "WARN bad cause=new", "INFO good cause=new", "WARN bad cause=slow", "INFO good cause=slow suppressed=1")
}

func TestLineLengthIsBounded(t *testing.T) {
	var out bytes.Buffer
	w := New(slog.New(slog.NewTextHandler(&out, nil)))
	long := strings.Repeat("€", 1<<20)
	w.Problem(long, long, slog.String("s", long), slog.Any("err", errors.New(long)),
		slog.Any("list", []string{long, long}), slog.Group("g", slog.String("s", long)), slog.Int("n", 7))
	if n := out.Len(); n > 8<<10 || n < 6<<10 || !utf8.Valid(out.Bytes()) {
		t.Errorf("%d bytes, valid %v", n, utf8.Valid(out.Bytes()))
	}
	if !strings.Contains(out.String(), `€…" n=7`) {
		t.Errorf("no mark, or the last attribute is gone: …%q", out.String()[out.Len()-100:])
	}
}

func TestNothingToSayAllocatesNothing(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	w := New(slog.New(&lines{}))
	w.Problem("c", "bad")
	err := errors.New("e")
	if n := testing.AllocsPerRun(1000, func() { w.Problem("c", "bad", slog.Int("n", 12345), slog.Any("err", err)) }); n != 0 {
		t.Errorf("suppressed: %v allocations", n)
	}
	if n := testing.AllocsPerRun(1000, func() { w.Resolved("fine", "good", slog.String("s", "x")) }); n != 0 {
		t.Errorf("nothing to resolve: %v allocations", n)
	}
}

func TestConcurrentSafe(t *testing.T) {
	l := &lines{}
	w := New(slog.New(l))
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 1000 {
				w.Problem(fmt.Sprint("c", (g+i)%8), "bad")
			}
		}()
	}
	wg.Wait()
	if len(l.all) != 8 {
		t.Errorf("%d lines, want one for each of 8 causes: %q", len(l.all), l.all)
	}
	var suppressed uint64
	for _, line := range l.all { // a call may come between another's decision to write and its line
		if _, n, ok := strings.Cut(line, "suppressed="); ok {
			told, err := strconv.ParseUint(n, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			suppressed += told
		}
	}
	for _, c := range *w.causes.Load() {
		suppressed += c.suppressed.Load()
	}
	if suppressed != 16_000-8 {
		t.Errorf("%d suppressed, want %d", suppressed, 16_000-8)
	}
}

func BenchmarkSuppressed(b *testing.B) {
	w := New(slog.New(&lines{}))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			w.Problem("c", "bad", slog.Int("n", 1))
		}
	})
}

func BenchmarkNothingToResolve(b *testing.B) {
	w := New(slog.New(&lines{}))
	w.Problem("c", "bad")
	w.Resolved("c", "good")
	b.ReportAllocs()
	for range b.N {
		w.Resolved("c", "good")
	}
}
