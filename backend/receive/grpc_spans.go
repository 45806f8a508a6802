// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/backend/trace"
)

// grpcSpans is what the listeners that take spans over gRPC have in common.
type grpcSpans struct {
	*grpcServer
	tokened
	sink Sink
}

// call answers a call that brings spans: with what take makes of the request, which
// take may keep. An error of take is a *bodyError, the sink's, or a status.
func (s *grpcSpans) call(stream grpc.ServerStream, from trace.Origin, take func(ctx context.Context, request []byte) (answer []byte, err error)) (err error) {
	defer func() {
		if errors.Is(err, errPanic) {
			s.sink.Unread(from, errPanic.reason, 1)
			err = status.Error(codes.Internal, errPanic.text)
		}
	}()
	defer rescued(&err, s.log)
	shown := strings.Join(metadata.ValueFromIncomingContext(stream.Context(), "authorization"), ",")
	if !s.token.Shown(shown) {
		s.sink.Unread(from, errToken.reason, 1)
		return status.Error(codes.Unauthenticated, errToken.text)
	}
	body, err := s.read(stream)
	if err != nil {
		reason := trace.ReasonMalformed
		if errors.Is(err, errCrowded) {
			reason, err = trace.ReasonMemory, busy(err)
		} else if status.Code(err) == codes.ResourceExhausted {
			reason = trace.ReasonTooLarge
		}
		s.sink.Unread(from, reason, 1)
		return err
	}
	defer body.Free()
	release, ok := s.sink.Reserve(int64(body.Len()))
	if !ok {
		s.sink.Unread(from, trace.ReasonMemory, 1)
		return busy(errBodyMemory)
	}
	defer release()
	answer, err := take(stream.Context(), bytes.Clone(body.ReadOnlyData()))
	switch bad := (*bodyError)(nil); {
	case err == nil:
		return stream.SendMsg(&frame{mem.SliceBuffer(answer)})
	case errors.As(err, &bad):
		s.sink.Unread(from, bad.reason, 1)
		return status.Error(codes.InvalidArgument, bad.text)
	case errors.Is(err, trace.ErrBusy):
		return busy(err)
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	return status.Error(codes.Unavailable, err.Error())
}
