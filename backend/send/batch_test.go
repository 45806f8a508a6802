// SPDX-License-Identifier: Apache-2.0

package send_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/trace"
)

// TestPack: batches are as large as they may be, and hold all spans in their order.
func TestPack(t *testing.T) {
	td := ptrace.NewTraces()
	for r := range 4 {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", fmt.Sprint(r))
		spans := rs.ScopeSpans().AppendEmpty().Spans()
		for i := range 10 {
			s := spans.AppendEmpty()
			s.SetSpanID([8]byte{byte(r + 1), byte(i)})
			s.SetName(strings.Repeat("x", 100_000))
		}
	}
	td.ResourceSpans().At(3).ScopeSpans().At(0).Spans().At(9).SetName(strings.Repeat("x", 2*send.MostBytes))
	want, err := trace.Encode(td)
	if err != nil {
		t.Fatal(err)
	}
	batches := pack(t, td)
	if len(batches) != 5 {
		t.Errorf("%d batches", len(batches))
	}
	var got []trace.Encoded
	for _, b := range batches {
		if len(b.OTLP) > send.MostBytes && b.Spans > 1 {
			t.Errorf("%d spans take %d bytes", b.Spans, len(b.OTLP))
		}
		spans, err := trace.Cut(b.OTLP)
		if err != nil || len(spans) != b.Spans {
			t.Fatalf("%d spans are %d, %v", b.Spans, len(spans), err)
		}
		got = append(got, spans...)
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("the spans are others")
	}
	if send.Pack(nil) != nil {
		t.Error("a batch of nothing")
	}
}

// TestSplit: between resources, while there are several.
func TestSplit(t *testing.T) {
	b := batch(t, spans("a", "b", "b", "b"))
	var sizes func(send.Batch) string
	sizes = func(b send.Batch) string {
		parts, err := b.Split()
		if err != nil {
			t.Fatal(err)
		}
		if len(parts) == 1 {
			return fmt.Sprint(b.Spans)
		}
		return fmt.Sprintf("%d(%s %s)", b.Spans, sizes(parts[0]), sizes(parts[1]))
	}
	if got := sizes(b); got != "4(1 3(1 2(1 1)))" {
		t.Error(got)
	}
	if _, err := (send.Batch{OTLP: []byte("no protobuf"), Spans: 1}).Split(); err == nil {
		t.Error("split what is no OTLP")
	}
}
