// SPDX-License-Identifier: Apache-2.0

package send

import (
	"bytes"
	"context"

	"go.opentelemetry.io/collector/pdata/ptrace"

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
	_, e := s.call(ctx, postSpansMethod, postSpans(td))
	if e != nil {
		return e
	}
	return nil
}

// postSpans is a PostSpansRequest. Spans whose process is not that of the first
// have one of their own.
func postSpans(td ptrace.Traces) []byte {
	var e apiV2
	var first, own, span, batch []byte
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
				batch = appendText(batch, 1, span)
			}
		}
	}
	batch = appendText(batch, 2, first)
	return appendText(nil, 1, batch)
}
