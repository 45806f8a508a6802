// SPDX-License-Identifier: Apache-2.0

package memory_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// TestWriteEncoded: it is Write, and what Write has written is not written again.
func TestWriteEncoded(t *testing.T) {
	td := batch(0)
	encoded, err := trace.Encode(td)
	if err != nil {
		t.Fatal(err)
	}
	s := memory.Open(memory.Config{})
	t.Cleanup(func() { _ = s.Close() })
	if err := s.WriteEncoded(t.Context(), encoded); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), td); err != nil {
		t.Fatal(err)
	}
	for _, e := range encoded {
		clear(e.Span) // they are not kept
	}
	status, err := s.Status(t.Context())
	if err != nil || status.Spans != int64(td.SpanCount()) {
		t.Errorf("status %+v, %v", status, err)
	}
	q, err := trace.Parse("service:service3", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	q.Limit = 100
	page, err := s.Search(t.Context(), q)
	if err != nil || len(page.Traces) != 10 {
		t.Fatalf("%d traces, %v", len(page.Traces), err)
	}
	for _, sum := range page.Traces {
		got, err := s.Trace(t.Context(), sum.TraceID, trace.Window{})
		if err != nil || got.SpanCount() != 10 {
			t.Errorf("%v: %d spans, %v", sum.TraceID, got.SpanCount(), err)
		}
	}
}

// TestArchiveEncoded: a span that came in another encoding than ours is archived as
// it came, and is not stored twice.
func TestArchiveEncoded(t *testing.T) {
	td := batch(0)
	encoded, err := trace.Encode(td)
	if err != nil {
		t.Fatal(err)
	}
	for i := range encoded {
		encoded[i].Span = protowire.AppendVarint(protowire.AppendTag(encoded[i].Span, 10, protowire.VarintType), 0) // it is 0 without, too
	}
	s := memory.Open(memory.Config{})
	t.Cleanup(func() { _ = s.Close() })
	if err := s.WriteEncoded(t.Context(), encoded); err != nil {
		t.Fatal(err)
	}
	id := encoded[0].Head().TraceID
	stored, err := s.Trace(t.Context(), id, trace.Window{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Archive(t.Context(), stored); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Trace(t.Context(), id, trace.Window{})
	if err != nil || got.SpanCount() != stored.SpanCount() {
		t.Errorf("%d spans of %d, %v", got.SpanCount(), stored.SpanCount(), err)
	}
	if status, err := s.Status(t.Context()); err != nil || status.Spans != int64(len(encoded)) {
		t.Errorf("%d spans of %d, %v", status.Spans, len(encoded), err)
	}
}
