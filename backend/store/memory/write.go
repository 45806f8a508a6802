// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Write implements store.Store. It takes about a microsecond a span.
func (s *Store) Write(ctx context.Context, td ptrace.Traces) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	spans, err := encode(td)
	if err != nil {
		return err
	}
	return s.put(spans, false)
}

func encode(td ptrace.Traces) ([]trace.Encoded, error) {
	spans, err := trace.Encode(td)
	if err != nil {
		return nil, fmt.Errorf("encoding spans: %w", err)
	}
	return spans, nil
}

// WriteEncoded implements store.EncodedWriter.
func (s *Store) WriteEncoded(ctx context.Context, spans []trace.Encoded) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	return s.put(spans, false)
}

// put adds spans, which it does not keep.
func (s *Store) put(spans []trace.Encoded, archive bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := writer{data: &s.data, chunks: &s.data.chunks}
	if archive {
		w.chunks = &s.data.archive
		if bytesOf(s.data.archive)+bytesToAdd(spans) > s.cfg.MaxBytes/2 {
			return fmt.Errorf("archived traces take half of the memory: %w", store.ErrFull)
		}
	}
	for _, e := range spans {
		w.span(e)
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

// bytesToAdd returns about how much spans will take, when their resources and
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
	chunks  *[]*chunk // where they go
	entry   *entry    // of the span before
	touched *entry    // the last that got a span

	// The resource and the scope of the span before, and what is known of them.
	around  head
	service string
	hash    uint64
	chunk   *chunk
	head    uint32 // index in chunk
}

func (w *writer) span(s trace.Encoded) {
	c := w.target()
	size := c.bytes
	if w.chunk == nil || !bytes.Equal(s.Resource, w.around.resource) || !bytes.Equal(s.Scope, w.around.scope) {
		w.around = head{s.Resource, s.Scope}
		w.service = service(s.Resource)
		w.hash = maphash.Bytes(seed, s.Resource)*3 + maphash.Bytes(seed, s.Scope)
		w.chunk = nil
	}
	h := s.Head()
	e := w.entry
	if e == nil || e.id != h.TraceID {
		e = w.data.entry(h.TraceID)
		w.entry = e
	}
	hash := maphash.Bytes(seed, s.Span) + w.hash
	known, double := e.find(hash)
	if double && (!c.archived || e.refs[known].chunk.archived) {
		return
	}
	if w.chunk != c {
		w.chunk, w.head = c, c.addHead(s.Resource, s.Scope)
	}
	added := c.add(record{
		trace: e.id, span: h.SpanID, parent: h.ParentID,
		start: h.Start, end: max(h.Start, h.End), hash: hash, status: h.Status,
		head: w.head, firehose: h.Flags&trace.FlagFirehose != 0 && isJaeger(s.Span),
	}, s.Span)
	place := ref{c, added, uint32(hash), c.addName(w.service, h.Name, h.Kind)}
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

// target returns the chunk that is being filled.
func (w *writer) target() *chunk {
	c := (*w.chunks)[len(*w.chunks)-1]
	if c.bytes >= w.data.chunkBytes {
		c = newChunk(c.number+1, c.archived, w.data.chunkBytes)
		*w.chunks = append(*w.chunks, c)
	}
	return c
}
