// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"fmt"
	"sync"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

func mustProbabilistic(t testing.TB, rate float64) *Probabilistic {
	t.Helper()
	p, err := NewProbabilistic(rate)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustRateLimiting(t testing.TB, rate float64) *RateLimiting {
	t.Helper()
	r, err := NewRateLimiting(rate)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// checkTags asserts Jaeger's two tags, kinds included.
func checkTags(t *testing.T, d Decision, samplerType string, param model.Value) {
	t.Helper()
	want := []model.Tag{
		{Key: "sampler.type", Value: model.String(samplerType)},
		{Key: "sampler.param", Value: param},
	}
	if len(d.Tags) != 2 || d.Tags[0] != want[0] || d.Tags[1] != want[1] {
		t.Errorf("tags = %v, want %v", d.Tags, want)
	}
	if cap(d.Tags) != len(d.Tags) {
		t.Errorf("an append to the tags would write into the sampler's array: cap %d", cap(d.Tags))
	}
}

func TestConst(t *testing.T) {
	d := NewConst(true).Sample(Params{})
	if !d.Sample || d.Undecided {
		t.Errorf("const(true) decided %+v", d)
	}
	checkTags(t, d, "const", model.Bool(true))
	if d := NewConst(false).Sample(Params{}); d.Sample || d.Undecided || len(d.Tags) != 0 {
		t.Errorf("const(false) decided %+v", d)
	}
}

func TestStatus(t *testing.T) {
	custom := struct{ Sampler }{NewConst(true)}
	for _, c := range []struct {
		s    Statuser
		want Status
	}{
		{NewConst(true), Status{Type: "const", Param: 1, Description: "const(true)"}},
		{NewConst(false), Status{Type: "const", Param: 0, Description: "const(false)"}},
		{mustProbabilistic(t, 0.001), Status{Type: "probabilistic", Param: 0.001, Description: "probabilistic(0.001)"}},
		{mustRateLimiting(t, 2.5), Status{Type: "ratelimiting", Param: 2.5, Description: "ratelimiting(2.5)"}},
		{NewParentBased(mustRateLimiting(t, 10)), Status{Type: "ratelimiting", Param: 10, Description: "parentbased(ratelimiting(10))"}},
		{NewParentBased(nil), Status{Type: "const", Param: 0, Description: "parentbased(const(false))"}},
		{NewParentBased(custom), Status{Type: "custom", Param: 0, Description: "parentbased(struct { sampler.Sampler })"}},
	} {
		if got := c.s.Status(); got != c.want {
			t.Errorf("Status() = %+v, want %+v", got, c.want)
		}
		if got := c.s.(fmt.Stringer).String(); got != c.want.Description {
			t.Errorf("String() = %q, want %q", got, c.want.Description)
		}
	}
}

func TestSampleAllocatesNothing(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	for _, s := range []Sampler{
		NewConst(true),
		mustProbabilistic(t, 0.5),
		mustRateLimiting(t, 1e6),
		mustRateLimiting(t, 1e-6),
		NewParentBased(mustProbabilistic(t, 1)),
	} {
		var sampled int
		p := Params{TraceID: model.TraceID{Low: 1}, Operation: "op"}
		if n := testing.AllocsPerRun(1000, func() {
			if s.Sample(p).Sample {
				sampled++
			}
		}); n != 0 {
			t.Errorf("%v: %v allocations, want 0", s, n)
		}
		if sampled == 0 {
			t.Errorf("%v never sampled: the test measures the wrong path", s)
		}
	}
}

func TestTraceState(t *testing.T) {
	var s TraceState
	if v := s.Load(); v != nil {
		t.Fatalf("zero state holds %v", v)
	}
	if v := s.LoadOrStore("a"); v != "a" {
		t.Errorf("first LoadOrStore = %v", v)
	}
	if v := s.LoadOrStore("b"); v != "a" {
		t.Errorf("second LoadOrStore = %v", v)
	}
	s.Store(nil)
	if v := s.LoadOrStore("c"); v != nil {
		t.Errorf("LoadOrStore after Store(nil) = %v, want nil: nil has been stored", v)
	}
}

func TestTraceStateConcurrentSafe(t *testing.T) {
	var s TraceState
	var wg sync.WaitGroup
	got := make([]any, 16)
	for i := range got {
		wg.Add(1)
		go func() {
			defer wg.Done()
			got[i] = s.LoadOrStore(i)
		}()
	}
	wg.Wait()
	for _, v := range got {
		if v != s.Load() {
			t.Fatalf("goroutines saw %v, the state holds %v", got, s.Load())
		}
	}
}

func BenchmarkSample(b *testing.B) {
	for _, s := range []Sampler{
		NewConst(true),
		mustProbabilistic(b, 0.001),
		mustRateLimiting(b, 10),
		NewParentBased(mustProbabilistic(b, 0.001)),
	} {
		b.Run(fmt.Sprint(s), func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					s.Sample(Params{TraceID: model.TraceID{Low: 1 << 60}})
				}
			})
		})
	}
}
