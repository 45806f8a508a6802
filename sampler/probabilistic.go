// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"math"

	"github.com/go-spur/spur/model"
)

// Probabilistic samples a fraction of all traces. The answer depends on the
// trace id and the rate alone: on the low 63 bits of TraceID.Low, which are
// compared with a boundary, so that every trace sampled at one rate is sampled
// at any higher one too. Jaeger's Go client samples the same ids.
//
// Sampled roots are tagged sampler.type=probabilistic and sampler.param=rate
// (DOUBLE).
type Probabilistic struct {
	rate  float64
	limit uint64 // 63-bit numbers below it are sampled
	tags  []model.Tag
}

// NewProbabilistic returns a sampler for a rate from 0, never, to 1, always. Any
// other rate, NaN included, is an ErrInvalidRate that names it.
func NewProbabilistic(rate float64) (*Probabilistic, error) {
	if !(rate >= 0 && rate <= 1) {
		return nil, invalidRate("probability", rate, "between 0 and 1")
	}
	rate = math.Abs(rate) // -0 becomes 0
	p := &Probabilistic{rate: rate, tags: reason("probabilistic", model.Float64(rate))}
	if rate > 0 {
		// The boundary itself is sampled. It is 1<<63 at most: one more fits.
		p.limit = uint64(float64(math.MaxInt64)*rate) + 1
	}
	return p, nil
}

// Sample implements Sampler.
func (p *Probabilistic) Sample(params Params) Decision {
	if p.excludes(params.TraceID.Low) {
		return Decision{}
	}
	return Decision{Sample: true, Tags: p.tags}
}

// excludes decides by a trace id's low half.
func (p *Probabilistic) excludes(low uint64) bool { return low&math.MaxInt64 >= p.limit }

// Rate returns the rate given to NewProbabilistic.
func (p *Probabilistic) Rate() float64 { return p.rate }

// Status implements Statuser. Param is the rate.
func (p *Probabilistic) Status() Status {
	return Status{Type: "probabilistic", Param: p.rate, Description: p.String()}
}

// String returns a description such as "probabilistic(0.001)".
func (p *Probabilistic) String() string { return "probabilistic(" + formatRate(p.rate) + ")" }
