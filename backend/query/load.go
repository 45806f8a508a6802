// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// load returns a trace, and what to call when it is no longer used. It is
// trace.ErrBusy when too many spans are being written to other clients.
func (s *server) load(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, func(), error) {
	if err := s.loading.Acquire(ctx, 1); err != nil {
		return ptrace.Traces{}, nil, err
	}
	defer s.loading.Release(1)
	td, err := s.Store.Trace(ctx, id, w)
	if err != nil {
		return ptrace.Traces{}, nil, err
	}
	n := min(int64(td.SpanCount()), maxHeldSpans)
	if !s.held.TryAcquire(n) {
		return ptrace.Traces{}, nil, trace.ErrBusy
	}
	return td, func() { s.held.Release(n) }, nil
}
