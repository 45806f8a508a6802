// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"strconv"

	"github.com/go-spur/spur/model"
)

// Const gives every trace the same answer. Sampled roots are tagged
// sampler.type=const and sampler.param=true (BOOL).
type Const struct {
	decision Decision
}

// NewConst returns a sampler that samples every trace or none.
func NewConst(sample bool) *Const {
	c := &Const{decision: Decision{Sample: sample}}
	if sample {
		c.decision.Tags = reason("const", model.Bool(true))
	}
	return c
}

// Sample implements Sampler.
func (c *Const) Sample(Params) Decision { return c.decision }

// Status implements Statuser. Param is 1 or 0.
func (c *Const) Status() Status {
	st := Status{Type: "const", Description: c.String()}
	if c.decision.Sample {
		st.Param = 1
	}
	return st
}

// String returns "const(true)" or "const(false)".
func (c *Const) String() string {
	return "const(" + strconv.FormatBool(c.decision.Sample) + ")"
}
