// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Trace implements store.Store.
func (s *Store) Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (td ptrace.Traces, err error) {
	err = s.read(ctx, func(r *snapshot) error {
		var row int64
		err := r.one("SELECT id FROM trace WHERE trace_id = ?", []any{id[:]}, &row)
		if errors.Is(err, sql.ErrNoRows) {
			return store.ErrNotFound
		}
		if err != nil {
			return err
		}
		encoded, err := r.spans(row, w)
		if err != nil {
			return err
		}
		td, err = trace.Decode(encoded)
		return err
	})
	if err != nil {
		return ptrace.Traces{}, err
	}
	if w != (trace.Window{}) {
		within(td, w)
	}
	if td.ResourceSpans().Len() == 0 {
		return ptrace.Traces{}, store.ErrNotFound
	}
	return td, nil
}

// within removes the spans that are not in w.
func within(td ptrace.Traces, w trace.Window) {
	td.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool {
		rs.ScopeSpans().RemoveIf(func(ss ptrace.ScopeSpans) bool {
			ss.Spans().RemoveIf(func(s ptrace.Span) bool { return !w.Contains(s.StartTimestamp()) })
			return ss.Spans().Len() == 0
		})
		return rs.ScopeSpans().Len() == 0
	})
}

// spans returns the spans of a trace (trace.id), without such parts of it that
// lie outside of w altogether.
func (r *snapshot) spans(row int64, w trace.Window) ([]trace.Encoded, error) {
	type part struct {
		block int64
		refs  []byte
	}
	var parts []part
	from, to := w.Nanos()
	err := r.each(r.ctx, "SELECT block, start, end, refs FROM part WHERE trace = ?", []any{row}, func(scan func(...any) error) error {
		var p part
		var start, end int64
		if err := scan(&p.block, &start, &end, &p.refs); err != nil {
			return err
		}
		if uint64(end) >= from && (uint64(start) < to || to == math.MaxUint64) {
			parts = append(parts, p)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []trace.Encoded
	for some := range slices.Chunk(parts, partsAtOnce) {
		ids := make([]int64, len(some))
		for i, p := range some {
			ids[i] = p.block
		}
		blocks, err := r.blocks(ids)
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			b := blocks[p.block]
			if b == nil {
				return nil, fmt.Errorf("block %d: %w", p.block, errCorrupt)
			}
			if out, err = b.appendSpans(out, p.refs); err != nil {
				return nil, fmt.Errorf("block %d: %w", p.block, err)
			}
		}
	}
	return out, nil
}

// appendSpans appends the spans of refs (part.refs) to list.
func (b *block) appendSpans(list []trace.Encoded, refs []byte) ([]trace.Encoded, error) {
	for ; len(refs) >= refSize; refs = refs[refSize:] {
		e, err := b.span(int(binary.LittleEndian.Uint16(refs)))
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}
