// SPDX-License-Identifier: Apache-2.0

package jaeger

import "github.com/go-spur/spur/sampler"

// What spur asks of the samplers here is sampler.Early: most traces are not sampled, and it
// is told so before anything else is done for them.
var _ = []sampler.Early{askedConst{}, (*rateSampler)(nil), askedGuaranteed{}, askedRemote{}}

// Excludes implements sampler.Early.
func (a askedConst) Excludes(sampler.Params) bool { return !a.Decision }

// Self implements sampler.Early.
func (a askedConst) Self() sampler.Sampler { return a }

// Excludes implements sampler.Early.
func (r *rateSampler) Excludes(p sampler.Params) bool { return excludes(r.load().Sampler, p) }

// Self implements sampler.Early.
func (r *rateSampler) Self() sampler.Sampler { return r }

// Excludes implements sampler.Early.
func (a askedGuaranteed) Excludes(p sampler.Params) bool {
	return a.probabilistic.asked.Excludes(p) && a.bound.asked.Excludes(p)
}

// Self implements sampler.Early.
func (a askedGuaranteed) Self() sampler.Sampler { return a }

// Excludes implements sampler.Early.
func (a askedRemote) Excludes(p sampler.Params) bool { return excludes(a.current.Load().asked, p) }

// excludes asks a sampler of this package or of spur's.
func excludes(s sampler.Sampler, p sampler.Params) bool {
	e, ok := s.(sampler.Early)
	return ok && e.Excludes(p)
}
