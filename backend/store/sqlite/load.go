// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// load makes w what the file says.
func (w *writer) load(ctx context.Context) error {
	w.dict, w.ops, w.traces, w.parts, w.blocks = newDictionary(), operations{}, traces{}, nil, &blockCache{}
	w.block.reset()
	w.heads = heads{}
	if err := w.dict.load(ctx, w.conn); err != nil {
		return err
	}
	err := w.one("SELECT coalesce(max(id), 0) + 1, count(*), coalesce(sum(spans), 0) FROM trace", nil, &w.nextTrace, &w.counts.traces, &w.counts.spans)
	if err != nil {
		return err
	}
	var next int64
	if err := w.one("SELECT coalesce(max(id + spans), 1) FROM segment WHERE id > 0", nil, &next); err != nil {
		return err
	}
	w.dict.now = epochOf(next) // so that nothing is written
	w.tail, err = w.rebuild(ctx, next, 1<<62)
	if err == nil && w.tail.next() == 1 {
		err = w.beginAnew() // there may have been more
	}
	return err
}

// closeTail makes the tail a segment, so that it need not be rebuilt.
func (w *writer) closeTail(ctx context.Context) error {
	if err := w.tail.save(w.conn); err != nil {
		return err
	}
	w.tail = newTail(w.tail.next())
	return w.link(ctx)
}

// rebuild makes a tail from the blocks whose numbers are at least from and
// below to.
func (w *writer) rebuild(ctx context.Context, from, to int64) (tail, error) {
	old := w.tail
	defer func() { w.tail = old }()
	w.tail = newTail(from)
	err := w.extend(ctx, to)
	return w.tail, err
}

// extend adds to the tail the blocks behind it whose numbers are below to.
func (w *writer) extend(ctx context.Context, to int64) error {
	type block struct {
		first, arrived int64
		body           []byte
	}
	var blocks []block
	err := w.each(ctx, "SELECT id, arrived, body FROM block WHERE id >= ? AND id < ? ORDER BY id", []any{w.tail.next(), to}, func(scan func(...any) error) error {
		var b block
		if err := scan(&b.first, &b.arrived, &b.body); err != nil {
			return err
		}
		blocks = append(blocks, b)
		return nil
	})
	if err != nil {
		return err
	}
	for _, b := range blocks {
		if w.tail.spans() == 0 {
			w.tail.first, w.tail.begun = b.first, b.arrived
		}
		if b.first != w.tail.next() {
			return fmt.Errorf("block %d where %d was to come: %w", b.first, w.tail.next(), errCorrupt)
		}
		if err := w.reindex(ctx, b.body); err != nil {
			return fmt.Errorf("block %d: %w", b.first, err)
		}
		w.tail.bytes += int64(len(b.body))
	}
	return nil
}

// reindex adds the spans of a block to the tail.
func (w *writer) reindex(ctx context.Context, body []byte) error {
	encoded, err := readBlock(body)
	if err != nil {
		return err
	}
	spans := make([]trace.Span, 0, len(encoded))
	ids := make([]pcommon.TraceID, 0, len(encoded))
	for i := range encoded {
		td, err := trace.Decode(encoded[i : i+1]) // one by one: their order is to stay
		if err != nil {
			return err
		}
		for s := range trace.Spans(td) {
			spans, ids = append(spans, s), append(ids, s.TraceID())
		}
	}
	rows, err := traceRows(ctx, w.conn, ids)
	if err != nil {
		return err
	}
	w.heads = heads{}
	for i, s := range spans {
		row := rows[s.TraceID()]
		if row == 0 {
			return fmt.Errorf("trace %v: %w", s.TraceID(), errCorrupt)
		}
		operation, err := w.ops.id(w.conn, s, w.dict.now)
		if err != nil {
			return err
		}
		w.addToTail(row, s, w.heads.of(w.dict, s, encoded[i]), operation)
	}
	return nil
}

// traceRows returns trace.id of the traces that there are.
func traceRows(ctx context.Context, c *conn, ids []pcommon.TraceID) (map[pcommon.TraceID]int64, error) {
	rows := make(map[pcommon.TraceID]int64, len(ids))
	var unknown []any
	for _, id := range ids {
		if _, ok := rows[id]; !ok {
			rows[id] = 0
			unknown = append(unknown, id[:])
		}
	}
	err := c.eachOf(ctx, "SELECT id, trace_id FROM trace WHERE trace_id IN ", unknown, func(scan func(...any) error) error {
		var row int64
		var id []byte
		if err := scan(&row, &id); err != nil {
			return err
		}
		rows[pcommon.TraceID(id)] = row
		return nil
	})
	return rows, err
}
