// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// fuzzZipkin: what is handed on has ids and sound times, and is the same each time.
func fuzzZipkin(f *testing.F, end string) {
	addFiles(f, "zipkin/*"+end)
	for _, b := range hostileZipkin(200)[end] {
		f.Add(b)
	}
	now := time.Unix(1_795_867_200, 0)
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := zipkinDecoders[end](b, now)
		if err != nil {
			return
		}
		for s := range trace.Spans(got.traces) {
			if s.TraceID().IsEmpty() || s.SpanID().IsEmpty() || s.ParentSpanID() == s.SpanID() {
				t.Fatalf("ids %v %v %v", s.TraceID(), s.SpanID(), s.ParentSpanID())
			}
			if s.StartTimestamp() == 0 || s.EndTimestamp() < s.StartTimestamp() || s.EndTimestamp() > 1<<63-1 {
				t.Fatalf("from %d to %d", s.StartTimestamp(), s.EndTimestamp())
			}
		}
		written := protoOf(t, got.traces)
		again, err := zipkinDecoders[end](b, now)
		if err != nil || !bytes.Equal(protoOf(t, again.traces), written) {
			t.Fatalf("again: %v", err)
		}
	})
}

func FuzzZipkinJSON(f *testing.F)   { fuzzZipkin(f, ".v2.json") }
func FuzzZipkinV1JSON(f *testing.F) { fuzzZipkin(f, ".v1.json") }
func FuzzZipkinProto(f *testing.F)  { fuzzZipkin(f, ".v2.pb") }
func FuzzZipkinThrift(f *testing.F) { fuzzZipkin(f, ".v1.thrift") }
