// SPDX-License-Identifier: Apache-2.0

package memory_test

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store/memory"
)

// TestBytes: a store takes about as much memory as it says, and that is not
// more than it may, whatever spans are like.
func TestBytes(t *testing.T) {
	const maxBytes = 6 << 20
	for name, change := range map[string]func(s ptrace.Span, rs ptrace.ResourceSpans, n int){
		"usual":      func(s ptrace.Span, _ ptrace.ResourceSpans, n int) { s.SetTraceID(id(n / 10)) },
		"one trace":  func(s ptrace.Span, _ ptrace.ResourceSpans, _ int) { s.SetTraceID(id(1)) },
		"bare spans": func(s ptrace.Span, _ ptrace.ResourceSpans, n int) { s.SetTraceID(id(n)); s.Attributes().Clear() },
		"names":      func(s ptrace.Span, _ ptrace.ResourceSpans, n int) { s.SetTraceID(id(n)); s.SetName(fmt.Sprint(n)) },
		"old traces": func(s ptrace.Span, _ ptrace.ResourceSpans, n int) { s.SetTraceID(id(n % 100)) },
		"resources": func(s ptrace.Span, rs ptrace.ResourceSpans, n int) {
			s.SetTraceID(id(n))
			rs.Resource().Attributes().PutInt("n", int64(n))
		},
		"half a block": func(s ptrace.Span, _ ptrace.ResourceSpans, n int) {
			s.SetTraceID(id(n / 10))
			s.Attributes().PutEmptyBytes("half").FromRaw(make([]byte, 1500))
		},
		"large": func(s ptrace.Span, _ ptrace.ResourceSpans, n int) {
			s.SetTraceID(id(n))
			s.Attributes().PutEmptyBytes("large").FromRaw(make([]byte, n%100<<12))
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			s := memory.Open(memory.Config{MaxBytes: maxBytes})
			for n, full := 0, false; !full; {
				td := ptrace.NewTraces()
				for range 100 {
					n++
					rs := td.ResourceSpans().AppendEmpty()
					rs.Resource().Attributes().PutStr("service.name", "bytes")
					span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
					span.SetSpanID(pcommon.SpanID{7: 1})
					span.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Unix(int64(n), 0)))
					span.SetName("op")
					span.Attributes().PutStr("some.key", "some value of some length")
					change(span, rs, n)
				}
				if err := s.Write(t.Context(), td); err != nil {
					t.Fatal(err)
				}
				st, err := s.Status(t.Context())
				if err != nil || st.Bytes > maxBytes {
					t.Fatalf("status %+v, %v", st, err)
				}
				full = st.Evicted > st.Spans
			}
			st, _ := s.Status(t.Context())
			took := heap() - before
			if took > st.Bytes*13/10 || took < st.Bytes/3 {
				t.Errorf("%d spans take %d bytes, not %d", st.Spans, took, st.Bytes)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func id(n int) (id pcommon.TraceID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n+1))
	return id
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
