// SPDX-License-Identifier: Apache-2.0

package send

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/go-spur/spur/transport"
)

// otlpGRPC calls Export (opentelemetry-proto, collector/trace/v1).
type otlpGRPC struct{ connection }

func newOTLPGRPC(c Config) (Sender, error) {
	s := &otlpGRPC{}
	if err := s.open(c); err != nil {
		return nil, err
	}
	return s, nil
}

// Send implements Sender.
func (s *otlpGRPC) Send(ctx context.Context, b Batch) error {
	answer, e := s.call(ctx, "/opentelemetry.proto.collector.trace.v1.TraceService/Export", b.OTLP)
	if e != nil {
		return e
	}
	r := ptraceotlp.NewExportResponse()
	if err := r.UnmarshalProto(answer); err != nil {
		return failed(transport.Unconfirmed, fmt.Errorf("the answer cannot be read: %w", err))
	}
	if n := r.PartialSuccess().RejectedSpans(); n > 0 {
		e := failed(transport.Partial, fmt.Errorf("%d spans rejected: %s", n, shorten(r.PartialSuccess().ErrorMessage())))
		e.Rejected = n
		return e
	}
	return nil
}
