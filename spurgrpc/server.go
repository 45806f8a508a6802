// SPDX-License-Identifier: Apache-2.0

package spurgrpc

import (
	"context"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"

	"github.com/go-spur/spur"
)

// UnaryServerInterceptor returns an interceptor that gives every unary RPC a span,
// which descends from the caller's and which the method finds in its context. It
// covers the method and the interceptors behind this one, and ends when they have
// returned or panicked; a panic goes on. Use it or ServerHandler, not both.
//
// A nil t traces nothing.
func UnaryServerInterceptor(t *spur.Tracer, opts ...Option) grpc.UnaryServerInterceptor {
	c := newConfig(t, false, opts)
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		failed := false // a filter
		if info == nil || !c.traces(info.FullMethod, &failed) {
			return handler(ctx, req)
		}
		ctx, span := c.startServer(ctx, info.FullMethod, failed)
		returned := false
		defer caught(&returned, func(p any) { c.panicked(span, p) })
		c.tagCaller(ctx, span)
		c.logObject(span, received, req)
		resp, err := handler(ctx, req)
		returned = true
		if err == nil {
			c.logObject(span, sent, resp)
		}
		c.finish(ctx, span, err)
		return resp, err
	}
}

// StreamServerInterceptor is UnaryServerInterceptor for streams. The span ends when
// the method returns.
func StreamServerInterceptor(t *spur.Tracer, opts ...Option) grpc.StreamServerInterceptor {
	c := newConfig(t, false, opts)
	return func(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		failed := false // a filter
		if info == nil || !c.traces(info.FullMethod, &failed) {
			return handler(srv, ss)
		}
		ctx, span := c.startServer(ss.Context(), info.FullMethod, failed)
		returned := false
		defer caught(&returned, func(p any) { c.panicked(span, p) })
		c.tagCaller(ctx, span)
		err := handler(srv, &serverStream{ServerStream: ss, ctx: ctx, span: span, events: c.events})
		returned = true
		c.finish(ctx, span, err)
		return err
	}
}

// tagCaller sets the caller's address.
func (c *config) tagCaller(ctx context.Context, span *spur.Span) {
	if !span.IsRecording() {
		return
	}
	if p, ok := peer.FromContext(ctx); ok {
		c.tagPeer(span, p.Addr)
	}
}

// serverStream is a stream whose context holds the span.
type serverStream struct {
	grpc.ServerStream
	ctx            context.Context
	span           *spur.Span
	events         bool
	sent, received atomic.Int64
}

// Context implements grpc.ServerStream.
func (s *serverStream) Context() context.Context { return s.ctx }

// SendMsg implements grpc.ServerStream.
func (s *serverStream) SendMsg(m any) error {
	err := s.ServerStream.SendMsg(m)
	if s.events && err == nil {
		logObject(s.span, sent, s.sent.Add(1), m)
	}
	return err
}

// RecvMsg implements grpc.ServerStream.
func (s *serverStream) RecvMsg(m any) error {
	err := s.ServerStream.RecvMsg(m)
	if s.events && err == nil {
		logObject(s.span, received, s.received.Add(1), m)
	}
	return err
}
