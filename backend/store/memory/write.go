// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"fmt"
	"hash/maphash"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Write implements store.Store. It takes about a microsecond a span.
func (s *Store) Write(ctx context.Context, td ptrace.Traces) error {
	return s.put(ctx, td, false)
}

// Archive implements store.Archiver. Archived spans take up to half of
// Config.MaxBytes; beyond that it returns store.ErrFull.
func (s *Store) Archive(ctx context.Context, td ptrace.Traces) error {
	return s.put(ctx, td, true)
}

func (s *Store) put(ctx context.Context, td ptrace.Traces, archive bool) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	encoded, err := trace.Encode(td)
	if err != nil {
		return fmt.Errorf("encoding spans: %w", err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	w := writer{data: &s.data, seed: s.seed, encoded: encoded, chunks: &s.data.chunks}
	if archive {
		w.chunks = &s.data.archive
		if bytesOf(s.data.archive)+bytesToAdd(encoded) > s.cfg.MaxBytes/2 {
			return fmt.Errorf("archived traces take half of the memory: %w", store.ErrFull)
		}
	}
	for _, rs := range td.ResourceSpans().All() {
		service := trace.Service(rs.Resource())
		for _, ss := range rs.ScopeSpans().All() {
			w.scope(service, ss.Spans())
		}
	}
	s.evicted += s.data.evict(s.cfg.MaxBytes)
	return nil
}

func bytesOf(chunks []*chunk) (n int64) {
	for _, c := range chunks {
		n += int64(c.bytes)
	}
	return n
}

// bytesToAdd returns how much spans will take at most, when their resources and
// scopes are known already.
func bytesToAdd(encoded []trace.Encoded) (n int64) {
	for _, e := range encoded {
		n += int64(spanOverhead + len(e.Span))
	}
	return n
}

// writer puts the spans of one call into a data.
type writer struct {
	data    *data
	seed    maphash.Seed
	encoded []trace.Encoded // those that are still to be written
	chunks  *[]*chunk       // where they go
	entry   *entry          // of the span before
	touched *entry          // the last that got a span
}

// scope writes the spans of one scope and service.
func (w *writer) scope(service string, spans ptrace.SpanSlice) {
	if spans.Len() == 0 {
		return
	}
	encoded := w.encoded[:spans.Len()]
	w.encoded = w.encoded[spans.Len():]
	head := maphash.Bytes(w.seed, encoded[0].Resource)*3 + maphash.Bytes(w.seed, encoded[0].Scope)
	for i, span := range spans.All() {
		w.span(service, span, encoded[i], maphash.Bytes(w.seed, encoded[i].Span)+head)
	}
}

func (w *writer) span(service string, span ptrace.Span, encoded trace.Encoded, hash uint64) {
	e := w.entry
	if id := span.TraceID(); e == nil || e.id != id {
		e = w.data.entry(id)
		w.entry = e
	}
	c := w.chunk()
	known, double := e.find(hash)
	if double && (!c.archived || e.refs[known].chunk.archived) {
		return
	}
	size := c.bytes
	start, end := uint64(span.StartTimestamp()), uint64(span.EndTimestamp())
	added := c.add(record{
		trace: e.id, span: span.SpanID(), parent: span.ParentSpanID(),
		start: start, end: max(start, end), hash: hash, status: span.Status().Code(),
		head: c.addHead(encoded.Resource, encoded.Scope), firehose: trace.Span{Span: span}.Firehose(),
	}, encoded.Span)
	place := ref{c, added, uint32(hash), c.addName(name{service, span.Name(), span.Kind()})}
	w.data.bytes += int64(c.bytes - size)
	if double {
		e.refs[known] = place
		return
	}
	e.add(place)
	w.data.sort(e)
	w.data.spans++
	if w.touched != e {
		w.data.touch(e)
		w.touched = e
	}
}

// chunk returns the chunk that is being filled.
func (w *writer) chunk() *chunk {
	c := (*w.chunks)[len(*w.chunks)-1]
	if c.bytes >= w.data.chunkBytes {
		c = newChunk(c.number+1, c.archived, w.data.chunkBytes)
		*w.chunks = append(*w.chunks, c)
	}
	return c
}
