// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

func mustPerOperation(t testing.TB, s Strategy, limit int) *PerOperation {
	t.Helper()
	s.Type = StrategyPerOperation
	p, err := NewPerOperation(s, limit)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// never is an id that no probability below 1 samples, always one that any
// samples.
var (
	never  = model.TraceID{Low: math.MaxInt64}
	always = model.TraceID{Low: 1}
)

func TestPerOperation(t *testing.T) {
	p := mustPerOperation(t, Strategy{Probability: 0.5, LowerBound: 1e-6, Operations: []OperationStrategy{
		{"twice", 1}, {"zero", 0}, {"quarter", 0.25}, {"twice", 0.125},
	}}, 0)
	for _, tt := range []struct {
		operation string
		id        model.TraceID
		typ       string // "" is not sampled
		param     float64
	}{
		{"quarter", always, "probabilistic", 0.25}, // takes the bound's trace with it
		{"quarter", never, "", 0},
		{"quarter", always, "probabilistic", 0.25},
		{"zero", always, "lowerbound", 0},
		{"zero", always, "", 0},
		{"twice", never, "lowerbound", 0.125},
		{"unlisted", never, "lowerbound", 0.5},
		{"unlisted", never, "", 0},
		{"unlisted", always, "probabilistic", 0.5},
		{"another", always, "probabilistic", 0.5},
		{"another", never, "", 0},
		{"", never, "lowerbound", 0.5},
	} {
		d := p.Sample(Params{TraceID: tt.id, Operation: tt.operation})
		if d.Sample != (tt.typ != "") || d.Undecided {
			t.Errorf("%s: %+v, want %s", tt.operation, d, tt.typ)
		} else if d.Sample {
			checkTags(t, d, tt.typ, model.Float64(tt.param))
		}
	}
	if st, want := p.Status(), (Status{
		Type: "peroperation", Param: 0.5, Operations: 6, Description: "peroperation(0.5, 6 operations, each at least 1e-06/s)",
	}); st != want || p.String() != want.Description {
		t.Errorf("%+v", st)
	}
}

// TestPerOperationZeroNever: jaeger-client-go samples the first trace of every
// operation here.
func TestPerOperationZeroNever(t *testing.T) {
	p := mustPerOperation(t, Strategy{Operations: []OperationStrategy{{"listed", 0}}}, 0)
	for i := range 100 {
		for _, op := range []string{"listed", "unlisted", fmt.Sprint(i)} {
			if d := p.Sample(Params{Operation: op}); d.Sample {
				t.Fatalf("%s: %+v", op, d)
			}
		}
	}
	if n := p.Status().Operations; n != 1 {
		t.Errorf("%d operations known: without a bound there is nothing to remember", n)
	}
}

// TestPerOperationBounded: beyond the maximum operations are sampled, but not
// remembered.
func TestPerOperationBounded(t *testing.T) {
	for _, limit := range []int{1, 3, 64, 65, 66, 500, 0} {
		p := mustPerOperation(t, Strategy{Probability: 0.5, LowerBound: 1e-6, Operations: []OperationStrategy{{"listed", 1}}}, limit)
		want := limit
		if limit == 0 {
			want = 2000
		}
		sampled := 0
		for round := range 3 {
			for i := range 3000 {
				if p.Sample(Params{TraceID: never, Operation: fmt.Sprint("op", i)}).Sample {
					sampled++
				}
			}
			if sampled != want-1 || p.Status().Operations != want {
				t.Fatalf("limit %d, round %d: %d sampled, %d known", limit, round, sampled, p.Status().Operations)
			}
		}
		if d := p.Sample(Params{TraceID: always, Operation: "beyond"}); !d.Sample {
			t.Errorf("limit %d: an unknown operation lacks its probability", limit)
		}
		if d := p.Sample(Params{TraceID: never, Operation: "listed"}); !d.Sample {
			t.Errorf("limit %d: the listed operation was lost", limit)
		}
	}
	// What a strategy lists is known, however much it is.
	s := Strategy{Type: StrategyPerOperation, LowerBound: 1}
	for i := range 20 {
		s.Operations = append(s.Operations, OperationStrategy{fmt.Sprint(i), 1})
	}
	p := mustPerOperation(t, s, 10)
	if p.Sample(Params{Operation: "more"}).Sample || p.Status().Operations != 20 {
		t.Errorf("%+v", p.Status())
	}
}

func TestPerOperationStrategy(t *testing.T) {
	p := mustPerOperation(t, Strategy{Probability: 0.5, LowerBound: 2, Operations: []OperationStrategy{{"listed", 0.25}}}, 0)
	p.Sample(Params{TraceID: never, Operation: "learned"})
	want := Strategy{
		Type: StrategyPerOperation, Probability: 0.5, LowerBound: 2,
		Operations: []OperationStrategy{{"learned", 0.5}, {"listed", 0.25}},
	}
	if got := p.Strategy(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if err := p.Update(Strategy{Type: StrategyPerOperation}); err != nil {
		t.Fatal(err)
	}
	if got := p.Strategy(); !reflect.DeepEqual(got, Strategy{Type: StrategyPerOperation}) {
		t.Errorf("after the update: %+v", got)
	}
}

func TestPerOperationRejects(t *testing.T) {
	good := Strategy{Type: StrategyPerOperation, Probability: 1}
	p := mustPerOperation(t, good, 0)
	for _, s := range []Strategy{
		{Probability: 0.5},
		{Type: StrategyRateLimiting, TracesPerSecond: 1},
		{Type: StrategyPerOperation, Probability: 2},
		{Type: StrategyPerOperation, LowerBound: math.NaN()},
		{Type: StrategyPerOperation, Operations: []OperationStrategy{{"x", math.Inf(1)}}},
	} {
		if err := p.Update(s); !errors.Is(err, ErrStrategy) {
			t.Errorf("Update(%+v) = %v", s, err)
		}
		if q, err := NewPerOperation(s, 0); !errors.Is(err, ErrStrategy) || q != nil {
			t.Errorf("NewPerOperation(%+v) = %v, %v", s, q, err)
		}
	}
	if _, err := NewPerOperation(good, -1); !errors.Is(err, ErrInvalidOption) {
		t.Errorf("maximum -1: %v", err)
	}
	if d := p.Sample(Params{TraceID: never, Operation: "x"}); !d.Sample {
		t.Error("a failed Update changed the sampler")
	}
}

// TestPerOperationStatistics: each operation within three standard deviations of
// its probability.
func TestPerOperationStatistics(t *testing.T) {
	n := 1_000_000
	if race.Enabled || testing.Short() {
		n = 100_000
	}
	rates := map[string]float64{"a": 0.001, "b": 0.1, "c": 0.5, "unlisted": 0.01}
	p := mustPerOperation(t, Strategy{Probability: rates["unlisted"], Operations: []OperationStrategy{
		{"a", rates["a"]}, {"b", rates["b"]}, {"c", rates["c"]},
	}}, 0)
	rng := rand.New(rand.NewPCG(7, 11))
	for op, rate := range rates {
		sampled := 0
		for range n {
			if p.Sample(Params{TraceID: model.TraceID{Low: rng.Uint64()}, Operation: op}).Sample {
				sampled++
			}
		}
		sigma := math.Sqrt(float64(n) * rate * (1 - rate))
		if off := math.Abs(float64(sampled) - float64(n)*rate); off > 3*sigma {
			t.Errorf("%s: %d of %d, %.1f σ from %v", op, sampled, n, off/sigma, rate)
		}
	}
}

// TestPerOperationConcurrentSafe: 64 goroutines learn, sample and update at once.
// No bucket pays twice, nothing is lost, nothing is beyond the maximum.
func TestPerOperationConcurrentSafe(t *testing.T) {
	const goroutines, operations, limit = 64, 300, 250
	s := Strategy{Type: StrategyPerOperation, LowerBound: 1e-6, Operations: []OperationStrategy{{"listed", 1}}}
	p := mustPerOperation(t, s, limit)
	var mu sync.Mutex
	sampled := map[string]int{}
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Add(1)
		go func() {
			defer wg.Done()
			own := map[string]int{}
			for i := range 4 * operations {
				op := fmt.Sprint("op", (i+g*7)%operations)
				if d := p.Sample(Params{TraceID: never, Operation: op}); d.Sample {
					own[op]++
				}
				if !p.Sample(Params{TraceID: never, Operation: "listed"}).Sample {
					t.Error("the listed operation was not sampled")
				}
				if i%100 == 0 && g%8 == 0 {
					next := s
					next.Operations = append([]OperationStrategy{{"op1", 0}}, s.Operations...)
					if err := p.Update(next); err != nil {
						t.Error(err)
					}
				}
				if i%100 == 50 {
					if n := p.Status().Operations; n > limit+1 {
						t.Errorf("%d operations", n)
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for op, n := range own {
				sampled[op] += n
			}
		}()
	}
	wg.Wait()
	for op, n := range sampled {
		if n != 1 {
			t.Errorf("%s was sampled %d times, its bucket holds one", op, n)
		}
	}
	// "op1" may come on top: a strategy that lists it makes it known.
	if n := p.Status().Operations; n < limit || n > limit+1 || len(sampled) < limit-1 || len(sampled) > limit {
		t.Errorf("%d operations known, %d sampled", n, len(sampled))
	}
}

func TestPerOperationAllocates(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	p := mustPerOperation(t, Strategy{LowerBound: 1e6, Operations: []OperationStrategy{{"listed", 1}}}, 3)
	for _, op := range []string{"listed", "learned", "learned too", "no room"} {
		params := Params{TraceID: never, Operation: op}
		p.Sample(params)
		if n := testing.AllocsPerRun(1000, func() { p.Sample(params) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", op, n)
		}
	}
}

func BenchmarkPerOperation(b *testing.B) {
	for _, n := range []int{10, 2000} {
		for _, bound := range []float64{0, 1.0 / 60} {
			s := Strategy{Probability: 0.001, LowerBound: bound}
			names := make([]string, n)
			for i := range names {
				names[i] = fmt.Sprintf("GET /api/v1/resource/%d", i)
				if i%2 == 0 {
					s.Operations = append(s.Operations, OperationStrategy{names[i], 0.001})
				}
			}
			p := mustPerOperation(b, s, 0)
			for _, name := range names {
				p.Sample(Params{TraceID: never, Operation: name})
			}
			b.Run(fmt.Sprintf("known/%d/bound=%v", n, bound > 0), func(b *testing.B) {
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					for i := 0; pb.Next(); i++ {
						p.Sample(Params{TraceID: never, Operation: names[i%n]})
					}
				})
			})
		}
	}
	b.Run("learn2000", func(b *testing.B) {
		names := make([]string, 2000)
		for i := range names {
			names[i] = fmt.Sprintf("GET /api/v1/resource/%d", i)
		}
		b.ReportAllocs()
		for range b.N {
			p := mustPerOperation(b, Strategy{LowerBound: 1.0 / 60}, 0)
			for _, name := range names {
				p.Sample(Params{TraceID: never, Operation: name})
			}
		}
	})
}
