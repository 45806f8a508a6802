// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"log/slog"
	"net"

	"google.golang.org/grpc"

	"github.com/go-spur/spur/backend/trace"
)

// OTLPGRPC listens for OTLP over gRPC, compressed with gzip or not.
//
// The answer says how many spans were refused. A call fails with Unauthenticated
// when it does not show the token (RequireToken), with InvalidArgument when the
// request cannot be read, and with ResourceExhausted and when to come back if there
// is no room for it. A request longer than MaxBody is ResourceExhausted without
// coming back.
type OTLPGRPC struct{ grpcSpans }

// NewOTLPGRPC returns a server on l, which Close closes.
func NewOTLPGRPC(l net.Listener, sink Sink, log *slog.Logger) *OTLPGRPC {
	s := &OTLPGRPC{grpcSpans{grpcServer: newGRPCServer(l, MaxBody, log), sink: sink}}
	s.handle("opentelemetry.proto.collector.trace.v1.TraceService", "Export", s.export)
	return s
}

// export answers one call.
func (s *OTLPGRPC) export(stream grpc.ServerStream) error {
	from := trace.Origin{Protocol: "otlp", Transport: "grpc"}
	return s.call(stream, from, func(ctx context.Context, request []byte) ([]byte, error) {
		refused, err := exportProto(ctx, request, s.sink, from)
		if err != nil {
			return nil, err
		}
		return refused.proto()
	})
}
