// SPDX-License-Identifier: Apache-2.0

package send

import (
	"bytes"
	"context"
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/trace"
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
	td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b.OTLP)
	if err != nil {
		return failed(transport.Permanent, err)
	}
	_, e := s.call(ctx, postSpansMethod, postSpans(td, len(b.OTLP)))
	if e != nil {
		return e
	}
	return nil
}

// postSpans is a PostSpansRequest. Spans whose process is not that of the first
// have one of their own. size is about how long td is.
func postSpans(td ptrace.Traces, size int) []byte {
	var e apiV2
	var first, own, span []byte
	const head = 1 + binary.MaxVarintLen32 // of the request, which stands before the rest in the end
	b := make([]byte, head, head+size+size/2)
	for i, rs := range td.ResourceSpans().All() {
		own = e.process(own[:0], process(rs.Resource()))
		its := own
		if i == 0 {
			first = bytes.Clone(own)
		}
		if bytes.Equal(first, own) {
			its = nil
		}
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				j := jaeger(trace.Span{Span: s, Resource: rs, Scope: ss})
				span = e.span(span[:0], &j, its)
				b = appendText(b, 1, span)
			}
		}
	}
	b = appendText(b, 2, first)
	n := len(b) - head
	start := head - 1 - protowire.SizeVarint(uint64(n))
	protowire.AppendVarint(protowire.AppendTag(b[start:start], 1, protowire.BytesType), uint64(n)) // it fits
	return b[start:]
}
