// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Trace implements store.Store.
func (s *Store) Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	if err := s.enter(ctx); err != nil {
		return ptrace.Traces{}, err
	}
	defer s.calls.RUnlock()
	spans := s.spans(id, w)
	if len(spans) == 0 {
		return ptrace.Traces{}, store.ErrNotFound
	}
	return trace.Decode(spans)
}

// spans returns the encoded spans of a trace that start within w.
func (s *Store) spans(id pcommon.TraceID, w trace.Window) []trace.Encoded {
	start, end := w.Nanos()
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := s.data.traces[id]
	if e == nil {
		return nil
	}
	spans := make([]trace.Encoded, 0, len(e.refs))
	for _, r := range e.refs {
		if within(r.record.start, start, end) {
			spans = append(spans, r.encoded())
		}
	}
	return spans
}
