// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/sampler"
)

// untagged samples as another sampler does and does not say why.
type untagged struct{ *sampler.ParentBased }

func (u untagged) Sample(p sampler.Params) sampler.Decision {
	d := u.ParentBased.Sample(p)
	d.Tags = nil
	return d
}

// TestAdaptiveSampling has ten times the traces that v2's adaptive sampling wants.
// It computes a probability about a tenth as high, and is obeyed: which it can do
// because the sampler's tags tell it how the traces that it sees were sampled. A
// second service with as many traces has no tags, and nothing is computed for it.
//
// v2.13, and main still, never answers with what it has computed itself, only with
// what another collector has left in the store, or it had itself when it last
// ended. So it is started again in between, and has a store that lasts.
func TestAdaptiveSampling(t *testing.T) {
	const (
		target    = 10
		perSecond = 10 * target
		seconds   = 6
		operation = "GET /"
	)
	t.Setenv("E2E_ADAPTIVE", fmt.Sprint(target))
	t.Setenv("E2E_DATA", t.TempDir())
	r := start(t, "2")
	services := [2]string{fmt.Sprintf("e2e-tags-%08x", rand.Uint32()), fmt.Sprintf("e2e-bare-%08x", rand.Uint32())}
	tracers := [2]*spur.Tracer{
		remoteTracer(t, r, services[0]),
		remoteTracer(t, r, services[1], func(s *sampler.ParentBased) sampler.Sampler { return untagged{s} }),
	}

	// round has both services at work for a while, with what they are told now.
	round := func() (rounds [2]adaptiveRound) {
		since := time.Now()
		for i, tracer := range tracers {
			rounds[i].served = servedProbability(t, r, services[i], operation)
			awaitSampling(t, tracer, func(s sampler.Status) bool { return s.Updated.After(since) })
		}
		var both sync.WaitGroup
		for i, tracer := range tracers {
			both.Go(func() {
				rounds[i].traces, rounds[i].sampled = drive(tracer, operation, seconds*time.Second, time.Second/perSecond)
			})
		}
		both.Wait()
		for i, a := range rounds {
			t.Logf("%s: %v is served, %d of %d traces are sampled in %d s", services[i], a.served, a.sampled, a.traces, seconds)
			if a.traces < seconds*perSecond*2/3 {
				t.Fatal("this host is too busy to make as many traces as are wanted")
			}
		}
		return rounds
	}

	before := round()
	for i, a := range before {
		if a.served != 1 || a.sampled != a.traces {
			t.Fatalf("at first %+v", before)
		}
		r.sampled(t, tracers[i], services[i], operation, a.sampled)
	}
	run(t, "stop", "2")
	run(t, "start", "2")
	after := round()

	// What is wanted, if the service was seen for a whole second, and up to twice as
	// much if not.
	tagged, p, n := after[0], after[0].served, float64(after[0].traces)
	wanted := target * seconds / float64(before[0].traces)
	if p < wanted*0.8 || p > wanted*2.2 {
		t.Errorf("with tags %v is served, not %.3g or a little more", p, wanted)
	}
	// One more because the operation has a lower bound.
	if off := math.Abs(float64(tagged.sampled) - n*p); off > 5*math.Sqrt(n*p*(1-p))+1 {
		t.Errorf("%d of %v traces are sampled at %v", tagged.sampled, n, p)
	}
	counted := 0
	for _, s := range r.sampled(t, tracers[0], services[0], operation, before[0].sampled+tagged.sampled) {
		if s["attribute sampler.param"] == double(p) {
			counted++
		}
	}
	if counted != tagged.sampled {
		t.Errorf("%d traces are tagged with %v, not %d", counted, p, tagged.sampled)
	}

	// Without tags nothing has changed.
	if bare := after[1]; bare.served != 1 || bare.sampled != bare.traces {
		t.Errorf("without tags %+v", bare)
	}
}

// adaptiveRound is what a service was told, and did.
type adaptiveRound struct {
	served          float64
	traces, sampled int
}

// servedProbability asks the rig what it would have a service do.
func servedProbability(t *testing.T, r rig, service, operation string) float64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	status, body := get(ctx, t, r["E2E_SAMPLING"]+"?service="+url.QueryEscape(service))
	s, err := sampler.ParseStrategy(body)
	if err != nil || status != http.StatusOK || s.Type != sampler.StrategyPerOperation {
		t.Fatalf("%s is told %d %s: %v", service, status, body, err)
	}
	for _, o := range s.Operations {
		if o.Operation == operation {
			return o.Probability
		}
	}
	return s.Probability
}
