// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/hex"
	"hash/fnv"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
)

// Batch implements store.Batcher.
func (s *Store) Batch() (spans int, delay time.Duration) {
	return s.config.BulkActions * s.config.BulkWorkers, s.config.BulkDelay
}

// Write implements store.Store. The error is a store.RefusedError when the server took all
// spans but some.
func (s *Store) Write(ctx context.Context, td ptrace.Traces) error {
	return s.write(ctx, td, false)
}

// Archive implements store.Archiver: spans are stored in an index of their own, which
// no date is in the name of.
func (s *Store) Archive(ctx context.Context, td ptrace.Traces) error {
	return s.write(ctx, td, true)
}

func (s *Store) write(ctx context.Context, td ptrace.Traces, archive bool) error {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	refused, err := s.send(ctx, s.items(td, archive))
	switch {
	case err != nil:
		return s.failed(err)
	case refused.spans != nil:
		return refused.spans
	case refused.others > 0:
		s.log.Debug("the server refuses operations", "documents", refused.others, "error", refused.why)
	}
	return nil
}

// items are the documents of spans and of the services that are not known to be there.
func (s *Store) items(td ptrace.Traces, archive bool) []item {
	w := writer{store: s, now: s.now(), archive: archive, items: make([]item, 0, td.SpanCount()+8), buffer: make([]byte, 0, 1024*td.SpanCount())}
	for _, rs := range td.ResourceSpans().All() {
		p := jaeger.ProcessOf(rs.Resource())
		w.process = s.encoder.appendProcess(nil, p)
		w.service = p.Service
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				w.span(trace.Span{Span: span, Resource: rs, Scope: ss})
			}
		}
	}
	return append(w.items, w.services...)
}

// writer makes documents. The lines of items are parts of its buffer, or of one that
// it had before that was full.
type writer struct {
	store    *Store
	now      time.Time
	archive  bool
	process  []byte // of the spans that come
	service  string
	items    []item
	services []item
	buffer   []byte
	document []byte
}

func (w *writer) span(span trace.Span) {
	s := w.store
	j := jaeger.Stored(span)
	w.document = s.encoder.appendSpan(w.document[:0], &j, w.process)
	at := s.place(time.UnixMicro(int64(uint64(j.Start)/1000)), w.now)
	index := s.names.archive(true)
	if !w.archive {
		index = s.names.write(spans, at)
	}
	w.items = append(w.items, item{span: true, line: w.line(index, spanID(&j, w.document))})
	if !w.archive {
		w.operation(s.names.write(services, at), j.Operation)
	}
}

// spanID is the id of a span's document. It is the same for the same document, so
// that a retry does not store it twice.
func spanID(s *jaeger.Span, document []byte) string {
	h := fnv.New64a()
	_, _ = h.Write(document) // never fails
	b := s.TraceID.AppendHex(make([]byte, 0, 67))
	b = s.SpanID.AppendHex(append(b, '_'))
	return string(hex.AppendEncode(append(b, '_'), h.Sum(nil)))
}

// operation adds the document of an operation, unless it is there.
func (w *writer) operation(index, operation string) {
	key := index + "\x00" + w.service + "\x00" + operation
	if w.store.known.has(key) {
		return
	}
	for i := range w.services {
		if w.services[i].key == key {
			return
		}
	}
	w.document = append(w.document[:0], `{"serviceName":`...)
	w.document = appendText(w.document, w.service)
	w.document = append(w.document, `,"operationName":`...)
	w.document = append(appendText(w.document, operation), '}')
	w.services = append(w.services, item{key: key, line: w.line(index, serviceID(w.service, operation))})
}

// serviceID is the id of an operation's document. Jaeger's has no byte between the names,
// so that there "ab" of "c" is "a" of "bc".
func serviceID(service, operation string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(service + "\x00" + operation)) // never fails
	return strconv.FormatUint(h.Sum64(), 16)
}

// line is the document as a part of a request.
func (w *writer) line(index, id string) []byte {
	from := len(w.buffer)
	if from+len(w.document)+len(index)+len(id)+64 > cap(w.buffer) {
		w.buffer, from = make([]byte, 0, max(cap(w.buffer), 2*len(w.document)+4096)), 0
	}
	b := append(w.buffer, `{"create":{"_index":"`...)
	b = append(b, index...) // nothing in it needs to be escaped, nor in the id
	b = append(b, `","_id":"`...)
	b = append(b, id...)
	b = append(b, "\"}}\n"...)
	b = append(b, w.document...)
	b = append(b, '\n')
	w.buffer = b
	return b[from:len(b):len(b)]
}

// Keep returns what is left of spans in documents: what Trace returns for them.
func (s *Store) Keep(td ptrace.Traces) ptrace.Traces {
	b := newBuilder(&s.decoder)
	for span := range trace.Spans(td) {
		j := jaeger.Stored(span)
		p := jaeger.ProcessOf(span.Resource.Resource())
		_ = b.add(s.encoder.appendSpan(nil, &j, s.encoder.appendProcess(nil, p))) // its own
	}
	return b.traces()
}
