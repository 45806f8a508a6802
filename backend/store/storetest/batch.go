// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"encoding/binary"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// day is when most spans of the tests start. Its fraction is of whole microseconds:
// the windows of tests divide spans also where an engine has no nanoseconds.
var day = time.Date(2026, 1, 2, 3, 4, 5, 678_901_000, time.UTC)

// batch makes spans.
type batch struct {
	ptrace.Traces
	resources map[string]ptrace.SpanSlice
	spans     uint64
}

func newBatch() *batch {
	return &batch{Traces: ptrace.NewTraces(), resources: map[string]ptrace.SpanSlice{}}
}

// span adds a span of 1 ms to trace n. Its id is that of no other in the batch,
// its parent the span with the id parent, or none when that is 0.
func (b *batch) span(n uint64, service, name string, parent uint64, start time.Time) ptrace.Span {
	spans, ok := b.resources[service]
	if !ok {
		rs := b.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", service)
		spans = rs.ScopeSpans().AppendEmpty().Spans()
		b.resources[service] = spans
	}
	b.spans++
	s := spans.AppendEmpty()
	s.SetTraceID(traceID(n))
	s.SetSpanID(spanID(b.spans))
	if parent != 0 {
		s.SetParentSpanID(spanID(parent))
	}
	s.SetName(name)
	setTimes(s, start, time.Millisecond)
	return s
}

func setTimes(s ptrace.Span, start time.Time, d time.Duration) {
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(d)))
}

func traceID(n uint64) (id pcommon.TraceID) {
	binary.BigEndian.PutUint64(id[:], 0xabc)
	binary.BigEndian.PutUint64(id[8:], n)
	return id
}

func spanID(n uint64) (id pcommon.SpanID) {
	binary.BigEndian.PutUint64(id[:], n)
	return id
}
