// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// Write implements store.Store.
func (s *Store) Write(ctx context.Context, td ptrace.Traces) error {
	return s.put(ctx, td, false)
}

func (s *Store) put(ctx context.Context, td ptrace.Traces, keep bool) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	encoded, err := trace.Encode(td)
	if err != nil {
		return fmt.Errorf("encoding spans: %w", err)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.ready(ctx); err != nil {
		return s.wrap(err)
	}
	if keep {
		if err := s.archivable(encoded); err != nil {
			return s.wrap(err)
		}
	}
	if err := s.transaction(func() error { return s.w.put(ctx, td, encoded, keep) }); err != nil {
		return s.wrap(err)
	}
	s.retain(ctx)
	return nil
}

// transaction calls f in one, and shows readers the result. When it fails, all
// is as before.
func (s *Store) transaction(f func() error) error {
	w := s.w
	err := w.exec("BEGIN IMMEDIATE")
	if err != nil {
		return err
	}
	next := w.nextTrace
	if err = f(); err == nil {
		err = w.dict.save(w.conn)
	}
	if err == nil {
		s.mu.Lock()
		if err = w.exec("COMMIT"); err == nil {
			s.view = w.view()
		}
		s.mu.Unlock()
	}
	if err != nil {
		_ = w.exec("ROLLBACK") // there may be none left to roll back
		w.undo(s.view, next)
		return err
	}
	w.dict.commit()
	s.checkpoint()
	return nil
}

func (w *writer) view() view { return view{w.tail, w.counts, w.blocks} }

// undo makes w what it was before a transaction that failed.
func (w *writer) undo(v view, nextTrace int64) {
	w.tail, w.counts, w.blocks, w.nextTrace = v.tail, v.counts, v.blocks, nextTrace
	w.dict.undo()
	w.ops, w.traces, w.parts = operations{}, traces{}, nil
	w.heads = heads{}
	w.block.reset()
}

// ready makes s.w fit to write, after an error.
func (s *Store) ready(ctx context.Context) error {
	if !s.w.stale {
		return nil
	}
	if err := s.w.load(ctx); err != nil {
		return err
	}
	s.w.stale = false
	return nil
}

// writer is what the one that writes knows. Only its owner uses it.
type writer struct {
	*conn
	tailSpans  int   // at which the tail becomes a segment
	tailBytes  int64 // the same, of its blocks
	tailAge    int64 // the same, in seconds
	dict       *dictionary
	ops        operations
	traces     traces
	tail       tail
	nextTrace  int64
	counts     counts
	blocks     *blockCache // that readers use
	ageChecked time.Time   // Config.MaxAge ago
	maxLog     int64       // bytes of the write-ahead log for which writing waits
	walBytes   int64       // of the write-ahead log at the last checkpoint
	inVain     int64       // its size when readers were last waited for, and did not end
	stale      bool        // what follows from the file is to be read again

	hasher hasher
	block  blockWriter
	parts  []part // of the block
	heads  heads
}

// part is a trace some of whose spans are in the block that is being written.
type part struct {
	id pcommon.TraceID
	*known
}

// put writes the spans of td that are not there already. Those of a trace get
// numbers side by side, so that they lie in as few blocks as can be.
func (w *writer) put(ctx context.Context, td ptrace.Traces, encoded []trace.Encoded, keep bool) error {
	spans := make([]arriving, 0, len(encoded))
	order := make([]int, 0, len(encoded)) // by trace
	for s := range trace.Spans(td) {
		n := len(spans)
		spans, order = append(spans, arriving{s.TraceID(), s, encoded[n]}), append(order, n)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(bytes.Compare(spans[a].id[:], spans[b].id[:]), a-b) })
	var ids []pcommon.TraceID
	for _, n := range order {
		if id := spans[n].id; len(ids) == 0 || ids[len(ids)-1] != id {
			ids = append(ids, id)
		}
	}
	if err := w.traces.find(ctx, w.conn, ids); err != nil {
		return err
	}
	if keep {
		for _, id := range ids {
			if k := w.traces.byID[id]; !k.kept {
				k.kept = true
				if err := w.exec("UPDATE trace SET kept = 1 WHERE id = ?", k.row); err != nil {
					return err
				}
			}
		}
	}
	w.dict.now = epochOf(w.tail.next())
	w.heads = heads{}
	for _, n := range order {
		if err := w.span(&spans[n]); err != nil {
			return err
		}
		if w.block.full() {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := w.flush(ctx); err != nil {
				return err
			}
		}
	}
	return w.flush(ctx)
}

// arriving is a span of a write.
type arriving struct {
	id      pcommon.TraceID
	span    trace.Span
	encoded trace.Encoded
}

// span adds a span to the block, unless it is there already.
func (w *writer) span(a *arriving) error {
	s, k, head := a.span, w.traces.byID[a.id], w.heads.of(w.dict, a.span, a.encoded)
	hash := w.hasher.hash(head.hash, a.encoded.Span)
	if k.has(hash) {
		return nil
	}
	operation, err := w.ops.id(w.conn, s, w.dict.now)
	if err != nil {
		return err
	}
	start, end := times(s)
	if k.row == 0 {
		k.row, k.start, k.end = w.nextTrace, start, end
		w.nextTrace++
		w.counts.traces++
	}
	k.remember(hash)
	w.traces.hashes++
	if block := w.tail.next() - int64(w.block.count); k.block != block || k.refs == nil {
		k.block, k.refs, k.partStart, k.partEnd = block, make([]byte, 0, 4*refSize), start, end
		w.parts = append(w.parts, part{a.id, k})
	}
	k.refs = appendRef(k.refs, w.block.add(a.encoded), hash)
	k.partStart, k.partEnd = min(k.partStart, start), max(k.partEnd, end)
	k.start, k.end = min(k.start, start), max(k.end, end)
	k.spans++
	w.counts.spans++
	w.addToTail(k.row, s, head, operation)
	return nil
}

// addToTail adds a span with its tokens.
func (w *writer) addToTail(row int64, s trace.Span, head *head, operation int64) {
	if s.Firehose() {
		w.tail.add(row, s, operation, head.service, w.dict.fields(s))
		return
	}
	w.tail.add(row, s, operation, head.service, head.tags, w.dict.fields(s), w.dict.tags(s))
}

// flush writes the block, and the tail when it is long enough.
func (w *writer) flush(ctx context.Context) error {
	if w.block.count == 0 {
		return nil
	}
	first := w.tail.next() - int64(w.block.count)
	body := w.block.body()
	if err := w.insertBlock(first, body); err != nil {
		return err
	}
	w.tail.bytes += int64(len(body))
	now := time.Now().Unix()
	if w.tail.begun == 0 {
		w.tail.begun = now
	}
	if w.tail.spans() < w.tailSpans && w.tail.bytes < w.tailBytes && len(w.tail.postings) < maxTailPostings && now-w.tail.begun < w.tailAge {
		return nil
	}
	if err := w.tail.save(w.conn); err != nil {
		return err
	}
	w.tail = w.tail.follow()
	return w.link(ctx)
}

// insertBlock writes the block, whose first span has the number first.
func (w *writer) insertBlock(first int64, body []byte) error {
	err := w.exec("INSERT INTO block (id, spans, arrived, body) VALUES (?, ?, ?, ?)", first, int64(w.block.count), time.Now().Unix(), body)
	if err != nil {
		return err
	}
	rows := make([]any, 0, 7*len(w.parts))
	for _, p := range w.parts {
		rows = append(rows, p.row, slices.Clone(p.id[:]), int64(p.start), int64(p.end), duration(p.start, p.end), p.spans, p.kept)
	}
	err = w.insert("INSERT INTO trace (id, trace_id, start, end, duration, spans, kept)",
		"ON CONFLICT (id) DO UPDATE SET start = excluded.start, end = excluded.end, duration = excluded.duration, spans = excluded.spans, kept = excluded.kept", 7, rows)
	if err != nil {
		return err
	}
	rows = rows[:0]
	for _, p := range w.parts {
		rows = append(rows, p.row, first, int64(p.partStart), int64(p.partEnd), p.refs)
		p.refs = nil
	}
	w.parts = w.parts[:0]
	w.block.reset()
	return w.insert("INSERT INTO part (trace, block, start, end, refs)", "", 5, rows)
}
