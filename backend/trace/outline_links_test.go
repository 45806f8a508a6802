// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"encoding/binary"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// linkedSpan adds a span of trace ab with links to td.
func linkedSpan(td ptrace.Traces, id, parent byte, links ...[2]byte) ptrace.Span {
	s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetTraceID(pcommon.TraceID{15: 0xab})
	s.SetSpanID(pcommon.SpanID{7: id})
	s.SetParentSpanID(pcommon.SpanID{7: parent})
	for _, l := range links {
		link := s.Links().AppendEmpty()
		link.SetTraceID(pcommon.TraceID{15: l[0]})
		link.SetSpanID(pcommon.SpanID{7: l[1]})
	}
	return s
}

func TestOutlineLinks(t *testing.T) {
	td := ptrace.NewTraces()
	linkedSpan(td, 1, 0, [2]byte{0, 9})                                                          // to no trace
	linkedSpan(td, 2, 1, [2]byte{0xab, 1}, [2]byte{0xab, 2})                                     // its parent, itself
	linkedSpan(td, 3, 1, [2]byte{0xcd, 5}, [2]byte{0xab, 2}, [2]byte{0xcd, 5}, [2]byte{0xcd, 6}) // one of them twice
	linkedSpan(td, 4, 1, [2]byte{0xcd, 5}, [2]byte{0xef, 0})                                     // no span is named
	linkedSpan(td, 4, 1, [2]byte{0xcd, 7})                                                       // a double
	got := trace.NewOutline(slices.Collect(trace.Spans(td))).Links
	want := &trace.OutlineLinks{
		Span: []int{2, 2, 2, 3, 3}, Trace: []int{0, 1, 0, 0, 2}, Traces: []string{"00000000000000cd", "00000000000000ab", "00000000000000ef"},
		IDs: strings.Join([]string{"0000000000000005", "0000000000000002", "0000000000000006", "0000000000000005", "0000000000000000"}, ""),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestOutlineLinksHaveALimit(t *testing.T) {
	td := ptrace.NewTraces()
	s := linkedSpan(td, 1, 0)
	for i := range uint32(trace.MaxOutlineLinks + 3) {
		l := s.Links().AppendEmpty()
		l.SetTraceID(pcommon.TraceID{1: 1})
		var id pcommon.SpanID
		binary.BigEndian.PutUint32(id[:], i+1)
		l.SetSpanID(id)
	}
	o := trace.NewOutline(slices.Collect(trace.Spans(td))).Links
	if len(o.Span) != trace.MaxOutlineLinks || len(o.IDs) != 16*trace.MaxOutlineLinks || o.More != 3 {
		t.Errorf("%d links, %d more", len(o.Span), o.More)
	}
}
