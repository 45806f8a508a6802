// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"log/slog"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/trace"
)

// JaegerGRPC listens for what Jaeger's agents send to a collector by gRPC,
// compressed with gzip or not: spans (jaeger.api_v2.CollectorService), and requests
// for strategies, answered as by [SamplingGRPC].
//
// PostSpans cannot say that some spans were refused: it fails, with
// InvalidArgument, when all were, or when the request cannot be read. Otherwise it
// fails as [OTLPGRPC] does.
type JaegerGRPC struct{ grpcSpans }

// NewJaegerGRPC returns a server on l, which Close closes.
func NewJaegerGRPC(l net.Listener, source sampling.Source, sink Sink, log *slog.Logger) *JaegerGRPC {
	s := &JaegerGRPC{grpcSpans{grpcServer: newGRPCServer(l, MaxBody, log), sink: sink}}
	s.handle("jaeger.api_v2.CollectorService", "PostSpans", s.postSpans)
	s.handleSampling(source)
	return s
}

func (s *JaegerGRPC) postSpans(stream grpc.ServerStream) error {
	from := trace.Origin{Protocol: "jaeger-proto", Transport: "grpc"}
	return s.call(stream, from, func(ctx context.Context, body []byte) ([]byte, error) {
		r, err := decodePostSpans(body)
		if err != nil {
			return nil, unreadable(err)
		}
		refused, err := r.exportSome(ctx, s.sink, from)
		if len(refused) > 0 {
			return nil, status.Error(codes.InvalidArgument, refused.text())
		}
		return nil, err
	})
}
