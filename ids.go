// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"math/rand/v2"

	"github.com/go-spur/spur/model"
)

// newTraceID asks the generator, if there is one. Else ids come from the runtime's
// random numbers, which are seeded by the operating system and take no lock.
func (t *Tracer) newTraceID() (id model.TraceID, random bool) {
	if t.ids != nil {
		return t.ids.TraceID(), false
	}
	id = model.TraceID{Low: nonZero()}
	if t.traceID128 {
		id.High = nonZero()
	}
	return id, true
}

func (t *Tracer) newSpanID() model.SpanID {
	if t.ids != nil {
		return t.ids.SpanID()
	}
	return model.SpanID(nonZero())
}

func nonZero() uint64 {
	for {
		if v := rand.Uint64(); v != 0 {
			return v
		}
	}
}
