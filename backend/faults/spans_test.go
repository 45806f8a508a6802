// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

const (
	protobuf = "application/x-protobuf"
	thrift   = "application/x-thrift"
	jsonType = "application/json"
	gzipped  = "+gzip" // behind a type: the body is compressed
)

// spans are good spans of one trace.
type spans struct {
	trace     uint64
	count     int
	service   string // or "faults"
	operation string // or "work"
	start     time.Time
	noise     int // bytes of a tag that do not compress
}

func (s spans) model() (*model.Process, []model.Span) {
	if s.service == "" {
		s.service = "faults"
	}
	if s.operation == "" {
		s.operation = "work"
	}
	if s.start.IsZero() {
		s.start = time.Now()
	}
	p := &model.Process{Service: s.service, Tags: []model.Tag{{Key: "hostname", Value: model.String("here")}}}
	out := make([]model.Span, s.count)
	for i := range out {
		out[i] = model.Span{
			Context:   model.Context{TraceID: model.TraceID{Low: s.trace}, SpanID: model.SpanID(i + 1), Flags: model.FlagSampled},
			Operation: s.operation, Start: s.start.UnixNano() + int64(i), Duration: time.Millisecond, Process: p,
			Tags: []model.Tag{
				{Key: "number", Value: model.Int64(int64(i))},
				{Key: "text", Value: model.String("a value of some length, so that it is a span like others")},
			},
		}
		if i > 0 {
			out[i].ParentID = 1
		}
		if s.noise > 0 {
			b := make([]byte, s.noise)
			rng := rand.NewChaCha8([32]byte{byte(s.trace), byte(s.trace >> 8), byte(s.trace >> 16), byte(s.trace >> 32), byte(i), byte(i >> 8)})
			_, _ = rng.Read(b)
			out[i].Tags = append(out[i].Tags, model.Tag{Key: "noise", Value: model.Bytes(b)})
		}
	}
	return p, out
}

// otlp returns the spans as the body of a request.
func (s spans) otlp() []byte {
	p, list := s.model()
	var body []byte
	for i := range list {
		body = wire.AppendOTLPSpan(body, &list[i])
	}
	return append(wire.AppendOTLPHead(nil, wire.AppendOTLPResource(nil, p), len(body), 0, nil), body...)
}

// compact returns the spans as a datagram.
func (s spans) compact() []byte {
	p, list := s.model()
	b := wire.AppendCompactMessageHead(nil, 1, wire.AppendCompactProcess(nil, p), len(list))
	for i := range list {
		b = wire.AppendCompactSpan(b, &list[i])
	}
	return wire.AppendCompactMessageTail(b, 0, nil)
}

func compress(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func traceHex(id uint64) string { return fmt.Sprintf("%016x", id) }
