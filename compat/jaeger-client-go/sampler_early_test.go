// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"math/rand/v2"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// What a sampler excludes it does not sample, and most of what it does not sample it
// excludes.
func TestSamplersAreEarly(t *testing.T) {
	half, _ := NewProbabilisticSampler(0.5)
	guaranteed, _ := NewGuaranteedThroughputProbabilisticSampler(0.001, 0.5)
	for name, s := range map[string]Sampler{
		"never": NewConstSampler(false), "half": half, "limit": NewRateLimitingSampler(0.001), "guaranteed": guaranteed,
	} {
		n, _ := asNative(s)
		early, ok := sampler.AsEarly(n.spurSampler())
		if !ok {
			t.Errorf("%s is not Early", name)
			continue
		}
		excluded := 0
		for range 1000 {
			p := sampler.Params{TraceID: model.TraceID{Low: rand.Uint64()}, Operation: "op"}
			no := early.Excludes(p)
			if no {
				excluded++
			}
			if early.Sample(p).Sample && no {
				t.Fatalf("%s excludes what it samples", name)
			}
		}
		if excluded < 400 {
			t.Errorf("%s excludes %d of 1000", name, excluded)
		}
	}
	remote := askedRemote{&RemotelyControlledSampler{}}
	for _, s := range []Sampler{NewConstSampler(false), half} {
		remote.setSampler(s.(SamplerV2))
		if _, ok := sampler.AsEarly(remote); !ok || !remote.Excludes(sampler.Params{TraceID: model.TraceID{Low: 1<<63 - 1}}) {
			t.Errorf("a remote sampler with %v is not Early", s)
		}
	}
}
