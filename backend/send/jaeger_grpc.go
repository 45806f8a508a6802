// SPDX-License-Identifier: Apache-2.0

package send

import (
	"bytes"
	"context"
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
)

const postSpansMethod = "/jaeger.api_v2.CollectorService/PostSpans"

// jaegerGRPC calls PostSpans (jaeger-idl, proto/api_v2/collector.proto).
type jaegerGRPC struct{ connection }

func newJaegerGRPC(c Config) (Sender, error) {
	s := &jaegerGRPC{}
	if err := s.open(c); err != nil {
		return nil, err
	}
	return s, nil
}

// Send implements Sender.
func (s *jaegerGRPC) Send(ctx context.Context, b Batch) error {
	request, ok := recode(b.OTLP)
	if !ok {
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b.OTLP)
		if err != nil {
			return failed(transport.Permanent, err)
		}
		request = postSpans(td, len(b.OTLP))
	}
	_, e := s.call(ctx, postSpansMethod, request)
	if e != nil {
		return e
	}
	return nil
}

// postSpans is a PostSpansRequest. size is about how long td is.
func postSpans(td ptrace.Traces, size int) []byte {
	r := newRequest(size)
	for _, rs := range td.ResourceSpans().All() {
		r.process(jaeger.ProcessOf(rs.Resource()))
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				j := jaeger.Of(trace.Span{Span: s, Resource: rs, Scope: ss})
				r.span(&j)
			}
		}
	}
	return r.end()
}

// recode is postSpans of what is encoded as OTLP. It is false when that must be decoded.
func recode(otlp []byte) ([]byte, bool) {
	spans, err := trace.Cut(otlp)
	if err != nil {
		return nil, false
	}
	r := newRequest(len(otlp))
	var read jaeger.Reader
	for i, e := range spans {
		if i == 0 || !bytes.Equal(e.Resource, spans[i-1].Resource) {
			p, ok := jaeger.ReadProcess(e.Resource)
			if !ok {
				return nil, false
			}
			r.process(p)
		}
		s, ok := read.Span(e)
		if !ok {
			return nil, false
		}
		r.span(s)
	}
	return r.end(), true
}

// request is a PostSpansRequest that is being written. Spans whose process is not
// that of the first have one of their own.
type request struct {
	encoder         jaeger.Encoder
	first, own, one []byte
	begun, other    bool
	b               []byte
}

// requestHead is the longest head of a request, whose place is before the rest.
const requestHead = 1 + binary.MaxVarintLen32

func newRequest(size int) *request {
	return &request{b: make([]byte, requestHead, requestHead+size+size/2)}
}

// process sets that of the spans that come.
func (r *request) process(p *model.Process) {
	r.own = r.encoder.AppendProcess(r.own[:0], p)
	r.other = r.begun && !bytes.Equal(r.first, r.own)
}

func (r *request) span(j *jaeger.Span) {
	if !r.begun {
		r.first, r.begun = bytes.Clone(r.own), true
	}
	var process []byte
	if r.other {
		process = r.own
	}
	r.one = r.encoder.AppendSpan(r.one[:0], j, process)
	r.b = appendMessage(r.b, 1, r.one)
}

func (r *request) end() []byte {
	b := appendMessage(r.b, 2, r.first)
	n := len(b) - requestHead
	start := requestHead - 1 - protowire.SizeVarint(uint64(n))
	protowire.AppendVarint(protowire.AppendTag(b[start:start], 1, protowire.BytesType), uint64(n)) // it fits
	return b[start:]
}

func appendMessage(b []byte, field protowire.Number, m []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}
