// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math"
	"runtime"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
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

func encoderOf(t testing.TB, encoding string) encoder {
	t.Helper()
	e, err := newEncoder(encoding)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func encodedOf(t testing.TB, td ptrace.Traces) []trace.Encoded {
	t.Helper()
	spans, err := trace.Encode(td)
	if err != nil {
		t.Fatal(err)
	}
	return spans
}

// TestEncodeAllocs: a span costs one allocation, that of its references, and none if it
// is as it came.
func TestEncodeAllocs(t *testing.T) {
	const few, many = 100, 600
	e := encoderOf(t, "jaeger_proto")
	perSpan := func(encode func(ptrace.Traces) func() ([]*message, error)) float64 {
		count := func(n int) float64 {
			f := encode(usual(n))
			return testing.AllocsPerRun(10, func() {
				if all, err := f(); err != nil || len(all) != n {
					t.Fatalf("%d messages, %v", len(all), err)
				}
			})
		}
		return math.Round((count(many) - count(few)) / (many - few))
	}
	if got := perSpan(func(td ptrace.Traces) func() ([]*message, error) {
		return func() ([]*message, error) { return e.decoded(td) }
	}); got != 1 {
		t.Errorf("%v allocations a decoded span, want 1", got)
	}
	if got := perSpan(func(td ptrace.Traces) func() ([]*message, error) {
		spans := encodedOf(t, td)
		return func() ([]*message, error) { return e.encoded(spans) }
	}); got != 0 {
		t.Errorf("%v allocations a span as it came, want none", got)
	}
}

// TestEncodeBytes: large spans take little more memory than their messages have bytes.
func TestEncodeBytes(t *testing.T) {
	for _, size := range []int{5 << 10, 100 << 10} {
		td := usual(200)
		for s := range trace.Spans(td) {
			for k := range 4 {
				s.Attributes().PutStr(fmt.Sprint("large ", k), strings.Repeat("v", size/4))
			}
		}
		spans := encodedOf(t, td)
		for _, encoding := range []string{"jaeger_proto", "jaeger_json"} {
			e := encoderOf(t, encoding)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			all, err := e.encoded(spans)
			runtime.ReadMemStats(&after)
			if err != nil || len(all) != td.SpanCount() {
				t.Fatalf("%s: %d messages, %v, want %d", encoding, len(all), err, td.SpanCount())
			}
			bytes := 0
			for _, m := range all {
				bytes += len(m.record.Key) + len(m.record.Value)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > uint64(bytes)*3/2 {
				t.Errorf("%s: messages of %d bytes each take %d bytes, want at most %d, half as much again as they have", encoding, size, got, bytes*3/2)
			}
		}
	}
}

// TestEncodeBoth: spans make the same messages whether they are decoded or as they came.
func TestEncodeBoth(t *testing.T) {
	td := usual(3)
	spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	spans.At(0).Attributes().PutEmptySlice("list").AppendEmpty().SetInt(1)
	spans.At(1).Attributes().PutEmptyMap("map").PutBool("k", true)
	spans.At(2).SetKind(ptrace.SpanKindServer)
	td.ResourceSpans().At(0).ScopeSpans().At(0).Scope().SetName("lib")
	listed := td.ResourceSpans().AppendEmpty() // a resource that must be decoded
	td.ResourceSpans().At(0).CopyTo(listed)
	listed.Resource().Attributes().PutEmptySlice("process.command_args").AppendEmpty().SetStr("shop")
	for _, encoding := range []string{"jaeger_proto", "jaeger_json", "otlp_proto", "otlp_json"} {
		e := encoderOf(t, encoding)
		want, err := e.decoded(td)
		if err != nil {
			t.Fatal(encoding, err)
		}
		got, err := e.encoded(encodedOf(t, td))
		if err != nil {
			t.Fatal(encoding, err)
		}
		if len(got) != len(want) || len(got) < 3 {
			t.Errorf("%s: %d messages, decoded %d", encoding, len(got), len(want))
			continue
		}
		for i := range got {
			if !bytes.Equal(got[i].record.Key, want[i].record.Key) || !bytes.Equal(got[i].record.Value, want[i].record.Value) || got[i].trace != want[i].trace {
				t.Errorf("%s: message %d of %v is\n%q: %q, decoded it is of %v\n%q: %q", encoding, i, got[i].trace,
					got[i].record.Key, got[i].record.Value, want[i].trace, want[i].record.Key, want[i].record.Value)
			}
		}
	}
}

// TestHash: messages of a key go where hash/fnv says, as Jaeger's do.
func TestHash(t *testing.T) {
	for _, key := range []string{"", "a", "0123456789abcdef0123456789abcdef", "\xff\x00"} {
		h := fnv.New32a()
		_, _ = h.Write([]byte(key))
		if got := fnv1a([]byte(key)); got != h.Sum32() {
			t.Errorf("%q is %d, want %d", key, got, h.Sum32())
		}
	}
}

// BenchmarkEncode is of 500 spans, as collectors write them.
func BenchmarkEncode(b *testing.B) {
	e, td := encoderOf(b, "jaeger_proto"), usual(500)
	b.Run("decoded", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := e.decoded(td); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("as it came", func(b *testing.B) {
		spans := encodedOf(b, td)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := e.encoded(spans); err != nil {
				b.Fatal(err)
			}
		}
	})
}
