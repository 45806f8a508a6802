// SPDX-License-Identifier: Apache-2.0

package send

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// thriftHTTP posts Batches of jaeger.thrift to /api/traces. Times are in microseconds
// there, and a duration is at least one.
type thriftHTTP struct{ requests }

func newThriftHTTP(c Config) (Sender, error) {
	s := &thriftHTTP{}
	if err := s.open(c, transport.JaegerBatch); err != nil {
		return nil, err
	}
	return s, nil
}

// errProcesses is TooLarge, so that the spans are split.
var errProcesses = errors.New("spans of more than one process, of which a request of Thrift can have one")

// Send implements Sender.
func (s *thriftHTTP) Send(ctx context.Context, b Batch) error {
	td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b.OTLP)
	if err != nil {
		return failed(transport.Permanent, err)
	}
	if td.ResourceSpans().Len() > 1 && b.Spans > 1 {
		return failed(transport.TooLarge, errProcesses)
	}
	return s.post(ctx, thriftBatch(td))
}

// thriftBatch is a Batch with the spans of td, whose process is that of the first of
// them: a resource can be without any.
func thriftBatch(td ptrace.Traces) []byte {
	p := &model.Process{}
	for s := range trace.Spans(td) {
		p = jaeger.ProcessOf(s.Resource.Resource())
		break
	}
	body := wire.AppendBinaryBatchHead(nil, wire.AppendBinaryProcess(nil, p), td.SpanCount())
	for s := range trace.Spans(td) {
		j := jaeger.Of(s)
		body = wire.AppendBinarySpan(body, &j.Span)
	}
	return wire.AppendBinaryBatchTail(body, 0, nil)
}
