// SPDX-License-Identifier: Apache-2.0

package record

import (
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go/log"
)

// held is a value that takes its time to format.
type held struct {
	began chan struct{}
	wait  chan struct{}
}

func (h held) String() string { close(h.began); <-h.wait; return "late" }

// during is a value that does something while it is formatted.
type during func()

func (d during) String() string { d(); return "during" }

// A lazy logger that keeps its encoder must not write into another log.
func TestLazyEncoderEndsWithItsCall(t *testing.T) {
	f := newFreezer(Limits{})
	var kept log.Encoder
	first := f.Fields([]log.Field{log.Lazy(func(e log.Encoder) { kept = e })})
	kept.EmitString("late", "x")
	kept.EmitLazyLogger(func(log.Encoder) { t.Error("ran") })
	first.Release()
	second := f.Fields([]log.Field{log.String("k", "v")})
	if fields := second.Tags(); len(fields) != 1 || fields[0].Key != "k" {
		t.Errorf("fields %v", fields)
	}
}

// Lazy loggers may emit lazy loggers, but not without end.
func TestLazyLoggersAreBounded(t *testing.T) {
	f := newFreezer(Limits{})
	ran := 0
	var again func(log.Encoder)
	again = func(e log.Encoder) {
		ran++
		e.EmitInt("n", ran)
		if ran < 50 {
			e.EmitLazyLogger(again)
		}
	}
	fields := f.Fields([]log.Field{log.Lazy(again), log.Lazy(func(e log.Encoder) { e.EmitString("beside", "it") })}).Tags()
	if n := f.Counts().Fields; ran != 8 || n != 1 {
		t.Errorf("%d lazy loggers ran within each other and %d were refused, want 8 and 1", ran, n)
	}
	if len(fields) != 9 || fields[7].Value.Int64() != 8 || fields[8].Key != "beside" {
		t.Errorf("fields %v", fields)
	}
}

// A lazy logger may hand its encoder to a goroutine that is still at work when the
// call is over, and its memory is another log's by then. What the goroutine writes
// must be found nowhere.
func TestLazyLoggerThatWritesTooLate(t *testing.T) {
	f := newFreezer(Limits{})
	for range 20 {
		h := held{make(chan struct{}), make(chan struct{})}
		var late sync.WaitGroup
		first := f.Fields([]log.Field{log.Lazy(func(e log.Encoder) {
			late.Add(1)
			go func() {
				defer late.Done()
				e.EmitObject("late", h)
				e.EmitString("later", "x")
			}()
			<-h.began
		})})
		if len(first.Tags()) != 0 {
			t.Errorf("the first log has %v", first.Tags())
		}
		first.Release()
		second := f.Fields([]log.Field{log.Int("n", 1), log.Object("o", during(func() {
			close(h.wait)
			late.Wait()
		})), log.Int("n", 2)})
		fields := second.Tags()
		if len(fields) != 3 || fields[0].Value.Int64() != 1 || fields[1].Value.Str() != "during" || fields[2].Value.Int64() != 2 {
			t.Errorf("the second log has %v", fields)
		}
		second.Release()
	}
}

// The same without any order between them, for the race detector.
func TestLazyLoggerGoroutinesConcurrentSafe(t *testing.T) {
	f := newFreezer(Limits{})
	var wg sync.WaitGroup
	for range 300 {
		f.Fields([]log.Field{log.Lazy(func(e log.Encoder) {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 20 {
					e.EmitString("late", "x")
					e.EmitLazyLogger(func(e log.Encoder) { e.EmitInt("late", 1) })
				}
			}()
		}), log.Int("n", 0)}).Release()
		for i := range 5 {
			e := f.Fields([]log.Field{log.Int("n", i)})
			if fields := e.Tags(); len(fields) != 1 || fields[0].Key != "n" {
				t.Errorf("log %d has %v", i, fields)
			}
			e.Release()
		}
	}
	wg.Wait()
}

// And with its last word while the same call goes on with the fields behind it:
// two goroutines must not append to one slice. It takes -race to see it.
func TestLazyLoggerGoroutineBesideTheNextField(t *testing.T) {
	h := held{make(chan struct{}), make(chan struct{})}
	done := make(chan struct{})
	e := newFreezer(Limits{}).Fields([]log.Field{log.Lazy(func(e log.Encoder) {
		go func() {
			defer close(done)
			e.EmitObject("late", h)
		}()
		<-h.began
		close(h.wait)
	}), log.Int("n", 0), log.Int("n", 1)})
	<-done
	var n []int64
	for _, f := range e.Tags() {
		if f.Key == "n" {
			n = append(n, f.Value.Int64())
		}
	}
	if len(n) != 2 || n[0] != 0 || n[1] != 1 {
		t.Errorf("fields %v", e.Tags())
	}
}
