// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"sync/atomic"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// rated is a sampler of spur's for a rate, with what IsSampled says of it.
type rated struct {
	sampler.Sampler
	rate float64 // as given
	tags []Tag
}

// rateSampler is a sampler for a rate that Update replaces. The zero rateSampler never
// samples.
type rateSampler struct{ current atomic.Pointer[rated] }

func (r *rateSampler) load() rated {
	if current := r.current.Load(); current != nil {
		return *current
	}
	return rated{Sampler: sampler.NewConst(false)}
}

// Sample implements spur's sampler.Sampler.
func (r *rateSampler) Sample(p sampler.Params) sampler.Decision { return r.load().Sample(p) }

// Status implements spur's sampler.Statuser.
func (r *rateSampler) Status() sampler.Status { return statusOf(r.load().Sampler) }

func (r *rateSampler) isSampled(id TraceID) (bool, []Tag) {
	current := r.load()
	return current.Sample(sampler.Params{TraceID: model.TraceID(id)}).Sample, current.tags
}

// clamp returns the number between 0 and most that is nearest to rate, 0 for NaN.
func clamp(rate, most float64) float64 {
	if !(rate > 0) {
		return 0
	}
	return min(rate, most)
}

// samplerTags tell why a trace is sampled.
func samplerTags(kind string, param any) []Tag {
	return []Tag{NewTag(SamplerTypeTagKey, kind), NewTag(SamplerParamTagKey, param)}
}
