// SPDX-License-Identifier: Apache-2.0

package spurgrpc

import (
	"context"

	"google.golang.org/grpc"

	"github.com/go-spur/spur"
)

// UnaryClientInterceptor returns an interceptor that gives every unary RPC a span,
// a child of the current span in its context, and carries its context to the server
// in the metadata. It covers the interceptors behind this one, all attempts
// included. Its tag peer.address is the target of the ClientConn. Use it or
// ClientHandler, not both.
//
// A nil t traces nothing.
func UnaryClientInterceptor(t *spur.Tracer, opts ...Option) grpc.UnaryClientInterceptor {
	c := newConfig(t, true, opts)
	return func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoker grpc.UnaryInvoker, opts ...grpc.CallOption) error {
		ctx, span := c.startCall(ctx, method, cc)
		if span == nil {
			return invoker(ctx, method, req, reply, cc, opts...)
		}
		returned := false
		defer caught(&returned, func(p any) { c.panicked(span, p) })
		c.logObject(span, sent, req)
		err := invoker(ctx, method, req, reply, cc, opts...)
		returned = true
		if err == nil {
			c.logObject(span, received, reply)
		}
		c.finish(ctx, span, err)
		return err
	}
}

// StreamClientInterceptor is UnaryClientInterceptor for streams. The span ends with
// the RPC, as grpc.OnFinish reports it: when RecvMsg has returned a status or io.EOF,
// the context is done or the connection is closed. If an interceptor behind this one
// serves the stream itself, without grpc, what RecvMsg and SendMsg return and the
// context end the span.
func StreamClientInterceptor(t *spur.Tracer, opts ...Option) grpc.StreamClientInterceptor {
	c := newConfig(t, true, opts)
	return func(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, streamer grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
		ctx, span := c.startCall(ctx, method, cc)
		if span == nil {
			return streamer(ctx, desc, cc, method, opts...)
		}
		s := &clientStream{config: c, ctx: ctx, desc: desc, span: span}
		returned := false
		defer caught(&returned, s.panicked)
		n := len(opts)
		cs, err := streamer(ctx, desc, cc, method, append(opts[:n:n], grpc.OnFinish(s.end))...)
		returned = true
		if err != nil {
			s.end(err)
			return cs, err
		}
		s.ClientStream = cs
		s.watch()
		return s, nil
	}
}

// startCall starts a client's span, nil if the RPC is not traced, and says whom it
// calls.
func (c *config) startCall(ctx context.Context, method string, cc *grpc.ClientConn) (context.Context, *spur.Span) {
	failed := false // a filter
	if !c.traces(method, &failed) {
		return ctx, nil
	}
	ctx, span := c.startClient(ctx, method, failed)
	if span != nil && cc != nil {
		span.SetString("peer.address", cc.Target())
	}
	return ctx, span
}
