// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // senders may compress
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/go-spur/spur/backend/trace"
)

// OTLPGRPC listens for OTLP over gRPC, compressed with gzip or not.
//
// The answer says how many spans were refused. A call fails with Unauthenticated
// when it does not show the token (RequireToken), with InvalidArgument when the
// request cannot be read, and with ResourceExhausted and when to come back if there
// is no room for it. A request longer than MaxBody is ResourceExhausted without
// coming back.
type OTLPGRPC struct {
	tokened
	listener net.Listener
	server   *grpc.Server
	sink     Sink
	log      *slog.Logger
	reading  chan struct{} // holds a token for each call whose request is read
	wanted   chan struct{} // who waits for one sends to a call that has had it for long
}

// NewOTLPGRPC returns a server on l, which Close closes.
func NewOTLPGRPC(l net.Listener, sink Sink, log *slog.Logger) *OTLPGRPC {
	s := &OTLPGRPC{
		listener: l,
		sink:     sink,
		log:      log,
		reading:  make(chan struct{}, maxReading),
		wanted:   make(chan struct{}),
		server: grpc.NewServer(
			grpc.ForceServerCodecV2(frameCodec{}),
			grpc.MaxRecvMsgSize(MaxBody),
			grpc.MaxHeaderListSize(maxHeader),
			grpc.MaxConcurrentStreams(maxStreams),
			grpc.StaticStreamWindowSize(streamWindow),
			grpc.StaticConnWindowSize(connectionWindow),
			grpc.ConnectionTimeout(headerTimeout),
			grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingTime, PermitWithoutStream: true}),
			grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: connectionIdle, Time: idleTimeout}),
		),
	}
	// The service is declared here, rather than with pdata's stub, to see requests
	// before they are decoded.
	s.server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "opentelemetry.proto.collector.trace.v1.TraceService",
		HandlerType: (*any)(nil),
		Streams:     []grpc.StreamDesc{{StreamName: "Export", Handler: s.export}},
		Metadata:    "opentelemetry/proto/collector/trace/v1/trace_service.proto",
	}, s)
	return s
}

// Serve answers calls until Close; then it returns nil.
func (s *OTLPGRPC) Serve() error {
	if err := s.server.Serve(s.listener); !errors.Is(err, grpc.ErrServerStopped) {
		return err
	}
	return nil
}

// Addr returns where it listens.
func (s *OTLPGRPC) Addr() net.Addr { return s.listener.Addr() }

// Close stops listening and waits for calls under way, until ctx is done: then
// they are cut off, and its error is returned.
func (s *OTLPGRPC) Close(ctx context.Context) error {
	defer s.listener.Close() // if Serve was not called
	stop := context.AfterFunc(ctx, s.server.Stop)
	s.server.GracefulStop()
	if stop() {
		return nil
	}
	return ctx.Err()
}

// export answers one call.
func (s *OTLPGRPC) export(_ any, stream grpc.ServerStream) (err error) {
	from := trace.Origin{Protocol: "otlp", Transport: "grpc"}
	defer func() {
		if errors.Is(err, errPanic) {
			s.sink.Unread(from, errPanic.reason, 1)
			err = status.Error(codes.Internal, errPanic.text)
		}
	}()
	defer rescued(&err, s.log) // grpc would let it end the process
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
	refused, err := exportProto(stream.Context(), bytes.Clone(body.ReadOnlyData()), s.sink, from)
	switch bad := (*bodyError)(nil); {
	case errors.As(err, &bad):
		s.sink.Unread(from, bad.reason, 1)
		return status.Error(codes.InvalidArgument, bad.text)
	case errors.Is(err, trace.ErrBusy):
		return busy(err)
	case err != nil:
		return status.Error(codes.Unavailable, err.Error())
	}
	answer, err := refused.proto()
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	return stream.SendMsg(&frame{mem.SliceBuffer(answer)})
}

// read returns the request. Only so many calls read at a time, because how long a
// request is shows only when it is there, and none for long: a call that has had
// its time ends when another waits.
func (s *OTLPGRPC) read(stream grpc.ServerStream) (mem.Buffer, error) {
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
	go func() { // until the message is there, or export has returned
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
