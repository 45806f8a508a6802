// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"bytes"
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// Archive implements store.Archiver. Archived spans take up to half of
// Config.MaxBytes; beyond that it returns store.ErrFull.
func (s *Store) Archive(ctx context.Context, td ptrace.Traces) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	spans, err := encode(td)
	if err == nil {
		err = s.asStored(ctx, spans)
	}
	if err != nil {
		return err
	}
	return s.put(spans, true)
}

// asStored replaces each of spans that WriteEncoded has stored in another encoding
// by what is stored, so that put knows it again.
func (s *Store) asStored(ctx context.Context, spans []trace.Encoded) error {
	byID := map[pcommon.TraceID][]int{}
	for i, e := range spans {
		id := e.Head().TraceID
		byID[id] = append(byID[id], i)
	}
	for id, indices := range byID {
		stored := map[[3]string]trace.Encoded{}
		for _, e := range s.spans(id, trace.Window{}) {
			if err := ctx.Err(); err != nil {
				return err
			}
			td, err := trace.Decode([]trace.Encoded{e})
			if err != nil {
				return err
			}
			ours, err := encode(td)
			if err != nil {
				return err
			}
			if !bytes.Equal(ours[0].Span, e.Span) || !bytes.Equal(ours[0].Resource, e.Resource) || !bytes.Equal(ours[0].Scope, e.Scope) {
				stored[[3]string{string(ours[0].Resource), string(ours[0].Scope), string(ours[0].Span)}] = e
			}
		}
		for _, i := range indices {
			if e, ok := stored[[3]string{string(spans[i].Resource), string(spans[i].Scope), string(spans[i].Span)}]; ok {
				spans[i] = e
			}
		}
	}
	return nil
}
