// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/sampler"
)

// Sixty-four goroutines that start spans wait for each other nowhere: the profile
// of contended mutexes names no code of this module.
func TestSamplingHasNoContendedMutex(t *testing.T) {
	perOperation, err := sampler.NewPerOperation(sampler.Strategy{
		Type: sampler.StrategyPerOperation, Probability: 0.5, LowerBound: 100,
		Operations: []sampler.OperationStrategy{{Operation: "known", Probability: 0.1}},
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	tracer := benchTracer(t, false)
	if err := tracer.SetSampler(sampler.NewParentBased(perOperation)); err != nil {
		t.Fatal(err)
	}
	defer runtime.SetMutexProfileFraction(runtime.SetMutexProfileFraction(1))
	before := contended(t) // by other tests
	var wg sync.WaitGroup
	for g := range 64 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 2000 {
				name := "known"
				if i%10 == 0 {
					name = fmt.Sprint("learned", g%8)
				}
				root := tracer.StartSpan(name)
				tracer.StartSpan("child", opentracing.ChildOf(root.Context())).Finish()
				root.Finish()
			}
		}()
	}
	wg.Wait()
	for where, n := range contended(t) {
		if n > before[where] {
			t.Errorf("waited for a mutex %d times in %s", n-before[where], where)
		}
	}
}

// contended returns the places of this module in the mutex profile, but tests. The
// profile has the runtime's own locks as well, such as the allocator's: a stack
// counts when it goes through a mutex of package sync, but for that of sync.Pool,
// which a processor takes once after a garbage collection.
func contended(t *testing.T) map[string]int64 {
	t.Helper()
	places := map[string]int64{}
	records := make([]runtime.BlockProfileRecord, 10_000)
	n, ok := runtime.MutexProfile(records)
	if !ok {
		t.Fatalf("%d records", n)
	}
	for _, r := range records[:n] {
		ours, mutex, pool := "", false, false
		frames := runtime.CallersFrames(r.Stack())
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			mutex = mutex || strings.Contains(f.Function, "sync.(*")
			pool = pool || strings.Contains(f.Function, "sync.(*Pool)")
			if ours == "" && strings.HasPrefix(f.Function, "github.com/go-spur/spur") && !strings.HasSuffix(f.File, "_test.go") {
				ours = fmt.Sprintf("%s:%d (%s)", f.File, f.Line, f.Function)
			}
		}
		if mutex && !pool && ours != "" {
			places[ours] += r.Count
		}
	}
	return places
}

// The check sees a mutex that is contended.
func TestContendedMutexIsSeen(t *testing.T) {
	tracer, _ := newTestTracer(t)
	defer runtime.SetMutexProfileFraction(runtime.SetMutexProfileFraction(1))
	s := tracer.StartSpan("shared").(*Span)
	defer s.Finish()
	before := contended(t)
	for range 200 {
		var wg sync.WaitGroup
		for range 64 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range 200 {
					s.SetInt("n", i)
				}
			}()
		}
		wg.Wait()
		for where, n := range contended(t) {
			if strings.Contains(where, "(*Span)") && n > before[where] {
				return
			}
		}
	}
	t.Error("64 goroutines tag one span, and nobody waits")
}
