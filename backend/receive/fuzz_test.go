// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/wire"
)

// addFiles seeds a fuzz target with what real senders send.
func addFiles(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob("../testdata/" + pattern)
	if err != nil || len(files) == 0 {
		f.Fatal(pattern, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

// FuzzThrift: what can be decoded becomes as many spans, with as many tags.
func FuzzThrift(f *testing.F) {
	addFiles(f, "thrift/*.bin")
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, decode := range []func([]byte) (*wire.Message, error){wire.DecodeCompactMessage, wire.DecodeBinaryMessage, func(b []byte) (*wire.Message, error) {
			batch, err := wire.DecodeBinaryBatch(b)
			if err != nil {
				return nil, err
			}
			return &wire.Message{Batch: *batch}, nil
		}} {
			m, err := decode(b)
			if err != nil {
				continue
			}
			i := 0
			for s := range trace.Spans(jaeger.Traces(&m.Batch)) {
				from := &m.Batch.Spans[i]
				i++
				if s.Attributes().Len() != 1+len(from.Tags) || s.Events().Len() != len(from.Logs) {
					t.Fatalf("%d attributes of %d tags, %d events of %d logs", s.Attributes().Len(), len(from.Tags), s.Events().Len(), len(from.Logs))
				}
				if s.EndTimestamp() > 1<<63-1 || s.StartTimestamp() > 1<<63-1 {
					t.Fatalf("from %d to %d", s.StartTimestamp(), s.EndTimestamp())
				}
			}
			if i != len(m.Batch.Spans) {
				t.Fatalf("%d spans of %d", i, len(m.Batch.Spans))
			}
		}
	})
}

// FuzzOTLPProto: what is handed on can be written and read again, and its ids are
// ids.
func FuzzOTLPProto(f *testing.F) {
	addFiles(f, "otlp/*.pb")
	for _, b := range hostileProto(200) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeProto(b)
		if err != nil {
			return
		}
		for s := range trace.Spans(got.traces) {
			if s.TraceID().IsEmpty() || s.SpanID().IsEmpty() {
				t.Fatalf("a span without an id: %v", s.TraceID())
			}
		}
		written := protoOf(t, got.traces)
		again, err := decodeProto(written)
		if err != nil || len(again.refused) > 0 || !bytes.Equal(protoOf(t, again.traces), written) {
			t.Fatalf("again: refused %v, %v", again.refused, err)
		}
	})
}

// FuzzPostSpans: what is handed on can be written and read again, its ids are ids,
// and every span is there or refused.
func FuzzPostSpans(f *testing.F) {
	addFiles(f, "postspans/*.pb")
	for _, b := range hostileJaeger(200) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodePostSpans(bytes.Clone(b))
		if err != nil {
			return
		}
		for s := range trace.Spans(got.traces) {
			if s.TraceID().IsEmpty() || s.SpanID().IsEmpty() {
				t.Fatalf("a span without an id: %v", s.TraceID())
			}
			if s.EndTimestamp() > 1<<63-1 || s.StartTimestamp() > 1<<63-1 {
				t.Fatalf("from %d to %d", s.StartTimestamp(), s.EndTimestamp())
			}
		}
		sent := 0
		var d jaegerDecoder
		for batch := range d.fields(b) {
			if !batch.bytes(1) {
				continue
			}
			for f := range d.fields(batch.value) {
				if f.bytes(1) {
					sent++
				}
			}
		}
		if n := got.traces.SpanCount() + got.refused.spans(); n != sent {
			t.Fatalf("%d spans of %d", n, sent)
		}
		written := protoOf(t, got.traces)
		again, err := decodeProto(written)
		if err != nil || len(again.refused) > 0 || !bytes.Equal(protoOf(t, again.traces), written) {
			t.Fatalf("again: refused %v, %v", again.refused, err)
		}
	})
}

// FuzzOTLPJSON: as for protobuf, but ids are left to the sink.
func FuzzOTLPJSON(f *testing.F) {
	addFiles(f, "otlp/*.json")
	for _, b := range hostileJSON(200) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeJSON(b)
		if err != nil {
			return
		}
		if _, err := unmarshalProto(protoOf(t, got.traces)); err != nil {
			t.Fatal(err)
		}
	})
}
