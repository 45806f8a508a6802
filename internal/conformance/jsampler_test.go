// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// TestProbabilisticDecidesAsJ compares decisions id by id: two services of one
// trace must agree, whichever client they use.
func TestProbabilisticDecidesAsJ(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 6831))
	rates := []float64{
		1, 0.5, 0.25, 0.1, 0.01, 0.001, 1e-4, 1e-9, 1e-18, 1e-19, math.SmallestNonzeroFloat64, 1e-300,
		math.Nextafter(1, 0), math.Nextafter(0.5, 1), math.Nextafter(0.5, 0), 1.0 / 3,
	}
	for range 400 {
		rates = append(rates, r.Float64(), math.Pow(10, -20*r.Float64()))
	}
	ids, yes := 0, 0
	for _, rate := range rates {
		theirs, err := jaeger.NewProbabilisticSampler(rate)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := sampler.NewProbabilistic(rate)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range idsAround(r, rate, 500) {
			want, _ := theirs.IsSampled(jaeger.TraceID{High: r.Uint64(), Low: id}, "op")
			got := ours.Sample(sampler.Params{TraceID: model.TraceID{High: r.Uint64(), Low: id}})
			if got.Sample != want {
				t.Fatalf("rate %g, id %016x: spur says %v, jaeger-client-go %v", rate, id, got.Sample, want)
			}
			ids++
			if want {
				yes++
			}
		}
	}
	t.Logf("%d ids at %d rates, %d of them sampled by both", ids, len(rates), yes)
	if yes < ids/10 || yes > ids*9/10 {
		t.Error("the ids test one answer only")
	}
}

// idsAround has random ids and many close to where the answer changes.
func idsAround(r *rand.Rand, rate float64, n int) []uint64 {
	border := uint64(float64(math.MaxInt64) * rate)
	ids := []uint64{0, 1, 1 << 63, 1<<63 | 1, 1<<63 - 1, math.MaxUint64, 1 << 62, 1<<62 + 1}
	for d := uint64(0); d < 4; d++ {
		ids = append(ids, border+d, border-d, border+d|1<<63, (border-d)|1<<63)
	}
	for range n {
		ids = append(ids, r.Uint64(), border+r.Uint64N(4096)-2048)
	}
	return ids
}

// TestProbabilisticZero is the decided difference: rate 0 never samples, where J
// samples the ids that are zero but for their highest bit.
func TestProbabilisticZero(t *testing.T) {
	theirs, err := jaeger.NewProbabilisticSampler(0)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := sampler.NewProbabilistic(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		id uint64
		j  bool
	}{{0, true}, {1 << 63, true}, {1, false}, {math.MaxUint64, false}} {
		if got, _ := theirs.IsSampled(jaeger.TraceID{Low: tc.id}, ""); got != tc.j {
			t.Errorf("id %x: jaeger-client-go says %v", tc.id, got)
		}
		if ours.Sample(sampler.Params{TraceID: model.TraceID{Low: tc.id}}).Sample {
			t.Errorf("id %x: spur samples at rate 0", tc.id)
		}
	}
}

// TestRatesRefused: what is no probability is an error to both.
func TestRatesRefused(t *testing.T) {
	for _, tc := range []struct {
		rate float64
		j    bool // jaeger-client-go refuses it, too
	}{{-0.1, true}, {1.1, true}, {math.Inf(1), true}, {math.NaN(), false}} {
		if _, err := jaeger.NewProbabilisticSampler(tc.rate); (err != nil) != tc.j {
			t.Errorf("%v: jaeger-client-go says %v", tc.rate, err)
		}
		if _, err := sampler.NewProbabilistic(tc.rate); err == nil {
			t.Errorf("%v: spur takes it", tc.rate)
		}
	}
}

// TestSamplerTagsAsJ: both say in the same words why a trace was sampled. (The
// tags on the wire are compared by TestInterop.)
func TestSamplerTagsAsJ(t *testing.T) {
	probabilistic, err := jaeger.NewProbabilisticSampler(0.75)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := sampler.NewProbabilistic(0.75)
	if err != nil {
		t.Fatal(err)
	}
	limited, err := sampler.NewRateLimiting(3)
	if err != nil {
		t.Fatal(err)
	}
	theirLimited := jaeger.NewRateLimitingSampler(3)
	for name, pair := range map[string]struct {
		j    func(jaeger.TraceID, string) (bool, []jaeger.Tag)
		ours sampler.Sampler
	}{
		"const":         {jaeger.NewConstSampler(true).IsSampled, sampler.NewConst(true)},
		"probabilistic": {probabilistic.IsSampled, ours},
		"ratelimiting":  {theirLimited.IsSampled, limited},
	} {
		sampled, tags := pair.j(jaeger.TraceID{Low: 1}, "op")
		d := pair.ours.Sample(sampler.Params{TraceID: model.TraceID{Low: 1}})
		if !sampled || !d.Sample || len(tags) != len(d.Tags) {
			t.Fatalf("%s: sampled %v and %v, tags %v and %v", name, sampled, d.Sample, tags, d.Tags)
		}
		for i, want := range tags {
			if got := jaeger.NewTag(d.Tags[i].Key, d.Tags[i].Value.Any()); got != want {
				t.Errorf("%s: tag %v, jaeger-client-go has %v", name, got, want)
			}
		}
	}
}
