// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"math/rand/v2"

	"github.com/go-spur/spur/model"
)

// randomIDs makes ids from the runtime's generator, which is seeded by the
// operating system and takes no lock.
type randomIDs struct {
	wide bool // 128 bits
}

func (r randomIDs) TraceID() model.TraceID {
	id := model.TraceID{Low: nonZero()}
	if r.wide {
		id.High = nonZero()
	}
	return id
}

func (r randomIDs) SpanID() model.SpanID { return model.SpanID(nonZero()) }

func nonZero() uint64 {
	for {
		if v := rand.Uint64(); v != 0 {
			return v
		}
	}
}
