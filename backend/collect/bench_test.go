// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"context"
	"fmt"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
)

// BenchmarkTake is what a span costs between a receiver and a store that does
// nothing: ten attributes, in requests of 100 spans.
func BenchmarkTake(b *testing.B) {
	const spans = 100
	td := traces(spans)
	for _, s := range td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
		for i := range 10 {
			s.Attributes().PutStr(fmt.Sprintf("http.attribute.%d", i), "a value of usual length")
		}
	}
	c := collect.New(collect.Config{QueueSpans: 1 << 30, QueueBytes: 1 << 40}, new(fake), nil, quiet)
	defer func() { _ = c.Close(context.Background()) }()
	copies := make([]ptrace.Traces, b.N/spans+1)
	for i := range copies {
		copies[i] = ptrace.NewTraces()
		td.CopyTo(copies[i])
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, td := range copies {
		if _, err := c.Take(b.Context(), td, udp); err != nil {
			b.Fatal(err)
		}
	}
}
