// SPDX-License-Identifier: Apache-2.0

package memory_test

import (
	"testing"
	"time"

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
