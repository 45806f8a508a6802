// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"errors"
	"log/slog"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/backend/sampling"
)

// SamplingGRPC listens for clients that ask how to sample by gRPC, as Jaeger's
// agents and SDKs of OpenTelemetry do: jaeger.api_v2.SamplingManager.
//
// A call fails with InvalidArgument when the request cannot be read, and with
// Unavailable when there is no strategy now.
type SamplingGRPC struct{ *grpcServer }

// NewSamplingGRPC returns a server on l, which Close closes.
func NewSamplingGRPC(l net.Listener, source sampling.Source, log *slog.Logger) *SamplingGRPC {
	s := &SamplingGRPC{newGRPCServer(l, maxQuestion, log)}
	s.handleSampling(source)
	return s
}

// handleSampling makes the server answer with source's strategies.
func (s *grpcServer) handleSampling(source sampling.Source) {
	s.handle("jaeger.api_v2.SamplingManager", "GetSamplingStrategy", func(stream grpc.ServerStream) error {
		of, err := s.strategy(stream, source)
		if err != nil {
			return err
		}
		return stream.SendMsg(&frame{mem.SliceBuffer(of)})
	})
}

// strategy returns the answer to a call, or its status.
func (s *grpcServer) strategy(stream grpc.ServerStream, source sampling.Source) (answer []byte, err error) {
	defer func() {
		if err != nil {
			err = samplingStatus(err)
		}
	}()
	defer rescued(&err, s.log)
	request, err := s.read(stream)
	if err != nil {
		return nil, err
	}
	defer request.Free()
	if request.Len() > maxQuestion {
		return nil, status.Errorf(codes.ResourceExhausted, "the request is longer than %d bytes", maxQuestion)
	}
	service, err := sampling.ServiceOf(request.ReadOnlyData())
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, "the request cannot be read: "+shorten(err))
	}
	of, err := source.Strategy(stream.Context(), service)
	if err != nil {
		return nil, err
	}
	return of.Proto(), nil
}

// samplingStatus makes err a status, unless it is one.
func samplingStatus(err error) error {
	if _, ok := status.FromError(err); ok {
		return err
	}
	code := codes.Unavailable
	if errors.Is(err, errPanic) {
		code = codes.Internal
	}
	return status.Error(code, shorten(err))
}
