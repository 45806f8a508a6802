// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"sync/atomic"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
)

var _ spur.IDGenerator = (*IDs)(nil)

// IDs hands out the numbers 1, 2, 3, … as ids of traces and spans alike, for
// spur.WithIDGenerator. The first span of a trace has its trace's number, so a
// trace of three spans uses three numbers. Tracers whose spans meet in one trace
// must share one IDs. The zero value is ready to use, from any goroutine.
type IDs struct {
	last atomic.Uint64
}

// TraceID implements spur.IDGenerator. The upper half is 0.
func (g *IDs) TraceID() model.TraceID { return model.TraceID{Low: g.last.Add(1)} }

// SpanID implements spur.IDGenerator.
func (g *IDs) SpanID() model.SpanID { return model.SpanID(g.last.Add(1)) }
