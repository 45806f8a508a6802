// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"bytes"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// TestEncodeDecode: spans cut apart and put together are the same protobuf.
func TestEncodeDecode(t *testing.T) {
	td := ptrace.NewTraces()
	for r := range 3 {
		rs := td.ResourceSpans().AppendEmpty()
		rs.SetSchemaUrl("https://example.org/resource")
		rs.Resource().Attributes().PutInt("r", int64(r))
		for s := range 2 {
			ss := rs.ScopeSpans().AppendEmpty()
			ss.SetSchemaUrl("https://example.org/scope")
			ss.Scope().SetName([]string{"a", "b"}[s])
			for i := range 3 {
				span := ss.Spans().AppendEmpty()
				span.SetTraceID(pcommon.TraceID{15: byte(i + 1)})
				span.SetSpanID(pcommon.SpanID{7: byte(r*6 + s*3 + i + 1)})
				span.Attributes().PutEmptyMap("m").PutEmptySlice("l").AppendEmpty().SetDouble(1.5)
				span.SetFlags(0x301)
			}
		}
	}
	encoded, err := trace.Encode(td)
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for s := range trace.Spans(td) {
		if id := s.SpanID(); !bytes.Contains(encoded[i].Span, id[:]) {
			t.Errorf("span %d is not %v", i, id)
		}
		i++
	}
	if i != len(encoded) || i != 18 {
		t.Fatalf("%d spans, %d encoded", i, len(encoded))
	}
	back, err := trace.Decode(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := marshal(t, back), marshal(t, td); !bytes.Equal(got, want) {
		t.Errorf("decoded differs:\n%x\n%x", got, want)
	}
}

func marshal(t *testing.T, td ptrace.Traces) []byte {
	t.Helper()
	b, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
