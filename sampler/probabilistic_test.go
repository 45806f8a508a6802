// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

// The boundaries are those of jaeger-client-go v2.30.0.
func TestProbabilisticBoundary(t *testing.T) {
	const top = 1 << 63
	for _, c := range []struct {
		name string
		rate float64
		low  uint64
		want bool
	}{
		{"half, boundary", 0.5, 1 << 62, true},
		{"half, one above", 0.5, 1<<62 + 1, false},
		{"half, boundary, bit 63 ignored", 0.5, top | 1<<62, true},
		{"half, one above, bit 63 ignored", 0.5, top | 1<<62 + 1, false},
		{"half, zero", 0.5, 0, true},
		{"half, largest", 0.5, math.MaxUint64, false},
		{"one, zero", 1, 0, true},
		{"one, largest 63-bit number", 1, top - 1, true},
		{"one, largest", 1, math.MaxUint64, true},
		{"0.1, boundary", 0.1, 922337203685477632, true},
		{"0.1, one above", 0.1, 922337203685477633, false},
		{"0.001, boundary", 0.001, 9223372036854776, true},
		{"0.001, one above", 0.001, 9223372036854777, false},
		{"third, boundary", 1.0 / 3, 3074457345618258432, true},
		{"third, one above", 1.0 / 3, 3074457345618258433, false},
		{"least rate, zero", math.SmallestNonzeroFloat64, 0, true},
		{"least rate, one", math.SmallestNonzeroFloat64, 1, false},
		{"zero, one", 0, 1, false},
		{"zero, zero", 0, 0, false},          // jaeger-client-go samples here
		{"zero, only bit 63", 0, top, false}, // and here
		{"negative zero", math.Copysign(0, -1), 0, false},
	} {
		for _, high := range []uint64{0, math.MaxUint64} { // never counts
			d := mustProbabilistic(t, c.rate).Sample(Params{TraceID: model.TraceID{High: high, Low: c.low}})
			if d.Sample != c.want || d.Undecided {
				t.Errorf("%s: high %x: %+v, want %v", c.name, high, d, c.want)
			}
			if d.Sample {
				checkTags(t, d, "probabilistic", model.Float64(c.rate))
			} else if len(d.Tags) != 0 {
				t.Errorf("%s: tags without sampling: %v", c.name, d.Tags)
			}
		}
	}
}

func TestProbabilisticRejects(t *testing.T) {
	for _, c := range []struct {
		rate  float64
		named string
	}{
		{math.NaN(), "NaN"}, // jaeger-client-go samples everything
		{-0.25, "-0.25"},
		{1.5, "1.5"},
		{math.Nextafter(1, 2), "1.0000000000000002"},
		{math.Inf(1), "+Inf"},
		{math.Inf(-1), "-Inf"},
	} {
		p, err := NewProbabilistic(c.rate)
		if !errors.Is(err, ErrInvalidRate) || !strings.Contains(err.Error(), c.named) || p != nil {
			t.Errorf("NewProbabilistic(%v) = %v, %v; want an ErrInvalidRate with %q", c.rate, p, err, c.named)
		}
	}
}

func TestProbabilisticNegativeZero(t *testing.T) {
	if got := mustProbabilistic(t, math.Copysign(0, -1)).String(); got != "probabilistic(0)" {
		t.Errorf("String() = %q", got)
	}
}

// TestProbabilisticShare asks for ten million ids and allows three standard
// deviations of the binomial distribution.
func TestProbabilisticShare(t *testing.T) {
	n := 10_000_000
	if race.Enabled || testing.Short() {
		n = 1_000_000
	}
	for _, rate := range []float64{0.001, 0.1, 0.5} {
		p := mustProbabilistic(t, rate)
		r := rand.New(rand.NewPCG(20, 30))
		sampled := 0
		for range n {
			if p.Sample(Params{TraceID: model.TraceID{High: r.Uint64(), Low: r.Uint64()}}).Sample {
				sampled++
			}
		}
		mean := float64(n) * rate
		sigma := math.Sqrt(mean * (1 - rate))
		if math.Abs(float64(sampled)-mean) > 3*sigma {
			t.Errorf("rate %v: %d of %d sampled, want %.0f ± %.0f", rate, sampled, n, mean, 3*sigma)
		}
	}
}

// TestProbabilisticNested: a trace sampled at one rate is sampled at any higher.
func TestProbabilisticNested(t *testing.T) {
	r := rand.New(rand.NewPCG(40, 50))
	for range 100_000 {
		lo, hi := r.Float64(), r.Float64()
		if lo > hi {
			lo, hi = hi, lo
		}
		p := Params{TraceID: model.TraceID{Low: r.Uint64()}}
		if mustProbabilistic(t, lo).Sample(p).Sample && !mustProbabilistic(t, hi).Sample(p).Sample {
			t.Fatalf("id %v is sampled at %v but not at %v", p.TraceID, lo, hi)
		}
	}
}

// FuzzProbabilistic compares with the arithmetic as Jaeger's client states it.
func FuzzProbabilistic(f *testing.F) {
	f.Add(0.5, uint64(1<<62))
	f.Add(math.NaN(), uint64(0)) // NewProbabilisticSampler(NaN) samples everything
	f.Add(1.0, uint64(math.MaxUint64))
	f.Add(-1.0, uint64(1))
	f.Fuzz(func(t *testing.T, rate float64, low uint64) {
		p, err := NewProbabilistic(rate)
		if valid := 0 <= rate && rate <= 1; valid != (err == nil) {
			t.Fatalf("NewProbabilistic(%v): %v", rate, err)
		}
		if err != nil {
			return
		}
		const mask = 1<<63 - 1
		want := rate > 0 && uint64(float64(uint64(mask))*rate) >= low&mask
		if got := p.Sample(Params{TraceID: model.TraceID{Low: low}}).Sample; got != want {
			t.Errorf("rate %v, id %#x: %v, want %v", rate, low, got, want)
		}
	})
}
