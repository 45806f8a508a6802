// SPDX-License-Identifier: Apache-2.0

package memory_test

import (
	"errors"
	"testing"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// TestArchiveFull: archived spans take half of a store at most, and the rest
// goes on.
func TestArchiveFull(t *testing.T) {
	const maxBytes = 4 << 20
	s := memory.Open(memory.Config{MaxBytes: maxBytes})
	defer s.Close()
	var err error
	n := 0
	for ; err == nil && n < 100_000; n += 500 {
		err = s.Archive(t.Context(), batch(n))
	}
	if !errors.Is(err, store.ErrFull) {
		t.Fatalf("after %d spans: %v", n, err)
	}
	for i := n; i < n+20_000; i += 500 {
		if err := s.Write(t.Context(), batch(i)); err != nil {
			t.Fatal(err)
		}
	}
	status, err := s.Status(t.Context())
	if err != nil || status.Bytes > maxBytes || status.Evicted == 0 {
		t.Errorf("status %+v, %v", status, err)
	}
	for span := range trace.Spans(batch(0)) {
		if _, err := s.Trace(t.Context(), span.TraceID(), trace.Window{}); err != nil {
			t.Errorf("archived trace %v: %v", span.TraceID(), err)
		}
	}
}
