// SPDX-License-Identifier: Apache-2.0

package memory_test

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// lateContext is done after it was looked at some times.
type lateContext struct {
	context.Context
	looks int
}

func (c *lateContext) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}

// TestSearchEndsWithinTrace: a search that looks at one large trace ends with its
// context.
func TestSearchEndsWithinTrace(t *testing.T) {
	s := memory.Open(memory.Config{})
	t.Cleanup(func() { _ = s.Close() })
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	const n = 1000
	for i := range n {
		span := spans.AppendEmpty()
		span.SetTraceID(pcommon.TraceID{15: 1})
		span.SetSpanID(pcommon.SpanID(binary.BigEndian.AppendUint64(nil, uint64(i+1))))
		span.SetStartTimestamp(1)
		span.Attributes().PutStr("a", "b")
	}
	if err := s.Write(t.Context(), td); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"a~c", "-(a~b)", `"c"`} {
		q, err := trace.Parse(text, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		q.Limit = 1
		ctx := &lateContext{t.Context(), n / 2}
		if page, err := s.Search(ctx, q); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v %v", text, page, err)
		}
	}
}
