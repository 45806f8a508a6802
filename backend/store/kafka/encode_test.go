// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// usual are n spans with a dozen attributes each.
func usual(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	for i := range n {
		s := spans.AppendEmpty()
		s.SetTraceID(pcommon.TraceID{0: byte(i % 2), 14: byte(i >> 8), 15: byte(i)})
		s.SetSpanID(pcommon.SpanID{7: 1})
		s.SetName("GET /")
		for k := range 12 {
			s.Attributes().PutStr(fmt.Sprint("key ", k), strings.Repeat("v", 20))
		}
	}
	return td
}

// TestEncodeAllocs: a span costs one allocation, that of its references.
func TestEncodeAllocs(t *testing.T) {
	const few, many = 100, 600
	count := func(n int) float64 {
		td := usual(n)
		return testing.AllocsPerRun(10, func() {
			if all, err := encodeProto(td); err != nil || len(all) != n {
				t.Fatalf("%d messages, %v", len(all), err)
			}
		})
	}
	if got := math.Round((count(many) - count(few)) / (many - few)); got != 1 {
		t.Errorf("%v allocations a span, want 1", got)
	}
}

// BenchmarkEncode is of 500 spans, as collectors write them.
func BenchmarkEncode(b *testing.B) {
	td := usual(500)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encodeProto(td); err != nil {
			b.Fatal(err)
		}
	}
}
