// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // senders may compress
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// grpcServer is what the listeners for gRPC have in common.
type grpcServer struct {
	listener net.Listener
	server   *grpc.Server
	log      *slog.Logger
	reading  chan struct{} // holds a token for each call whose request is read
	wanted   chan struct{} // who waits for one sends to a call that has had it for long
}

// newGRPCServer returns a server without methods on l. Longer requests than longest
// bytes are ResourceExhausted.
func newGRPCServer(l net.Listener, longest int, log *slog.Logger) *grpcServer {
	return &grpcServer{
		listener: l,
		log:      log,
		reading:  make(chan struct{}, maxReading),
		wanted:   make(chan struct{}),
		server: grpc.NewServer(
			grpc.ForceServerCodecV2(frameCodec{}),
			grpc.MaxRecvMsgSize(longest),
			grpc.MaxHeaderListSize(maxHeader),
			grpc.MaxConcurrentStreams(maxStreams),
			grpc.StaticStreamWindowSize(streamWindow),
			grpc.StaticConnWindowSize(connectionWindow),
			grpc.ConnectionTimeout(headerTimeout),
			grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingTime, PermitWithoutStream: true}),
			grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: connectionIdle, Time: idleTimeout}),
		),
	}
}

// handle makes h answer calls of a unary method. Services are declared here, rather
// than with generated stubs, to see requests before they are decoded.
func (s *grpcServer) handle(service, method string, h func(grpc.ServerStream) error) {
	s.server.RegisterService(&grpc.ServiceDesc{
		ServiceName: service,
		HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{{StreamName: method, Handler: func(_ any, stream grpc.ServerStream) error {
			return h(stream)
		}}},
	}, s)
}

// Serve answers calls until Close; then it returns nil.
func (s *grpcServer) Serve() error {
	if err := s.server.Serve(s.listener); !errors.Is(err, grpc.ErrServerStopped) {
		return err
	}
	return nil
}

// Addr returns where it listens.
func (s *grpcServer) Addr() net.Addr { return s.listener.Addr() }

// Close stops listening and waits for calls under way, until ctx is done: then
// they are cut off, and its error is returned.
func (s *grpcServer) Close(ctx context.Context) error {
	defer s.listener.Close() // if Serve was not called
	stop := context.AfterFunc(ctx, s.server.Stop)
	s.server.GracefulStop()
	if stop() {
		return nil
	}
	return ctx.Err()
}

// read returns the request. Only so many calls read at a time, because how long a
// request is shows only when it is there, and none for long: a call that has had
// its time ends when another waits.
func (s *grpcServer) read(stream grpc.ServerStream) (mem.Buffer, error) {
	slow := time.NewTimer(bodyTimeout)
	defer slow.Stop()
	for begun, wanted := false, s.wanted; !begun; {
		select {
		case s.reading <- struct{}{}:
			begun = true
		case wanted <- struct{}{}:
			wanted = nil // one has ended for this call
		case <-stream.Context().Done():
			return nil, stream.Context().Err()
		case <-slow.C:
			return nil, errSlow
		}
	}
	type result struct {
		body mem.Buffer
		err  error
	}
	got := make(chan result, 1)
	go func() { // until the message is there, or the call has ended
		defer func() { <-s.reading }()
		var f frame
		err := stream.RecvMsg(&f)
		got <- result{f.Buffer, err}
	}()
	patience := time.NewTimer(readingTime)
	defer patience.Stop()
	var wanted chan struct{}
	for {
		select {
		case r := <-got:
			return r.body, r.err
		case <-patience.C:
			wanted = s.wanted
		case <-wanted:
			return nil, errCrowded
		case <-slow.C:
			return nil, errSlow
		}
	}
}

var errCrowded = fmt.Errorf("the request did not arrive within %v, and others wait", readingTime)

var errSlow = status.Error(codes.DeadlineExceeded, fmt.Sprintf("the request did not arrive within %v", bodyTimeout))

// busy is the error that makes senders come back.
func busy(err error) error {
	s, e := status.New(codes.ResourceExhausted, err.Error()).WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(retryAfter)})
	if e != nil {
		return status.Error(codes.ResourceExhausted, err.Error())
	}
	return s.Err()
}

// frame is a message as its bytes.
type frame struct{ mem.Buffer }

// frameCodec hands frames on without looking into them.
type frameCodec struct{}

func (frameCodec) Name() string { return "proto" }

func (frameCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{v.(*frame).Buffer}, nil
}

func (frameCodec) Unmarshal(b mem.BufferSlice, v any) error {
	v.(*frame).Buffer = b.MaterializeToBuffer(mem.DefaultBufferPool())
	return nil
}
