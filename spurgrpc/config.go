// SPDX-License-Identifier: Apache-2.0

package spurgrpc

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/propagation"
)

// config is what the options say. It does not change once it is made.
type config struct {
	tracer        *spur.Tracer // nil: nothing is traced
	client        bool         // else a server
	filters       []func(fullMethod string) bool
	name          func(fullMethod string) string // nil: the full method
	policy        spur.EdgePolicy
	events        bool
	requireParent bool
	semantic      bool

	start [2]opentracing.StartSpanOption // component and kind, boxed once
}

func newConfig(t *spur.Tracer, client bool, opts []Option) *config {
	c := &config{tracer: t, client: client}
	for _, o := range opts {
		if o != nil {
			o.apply(c)
		}
	}
	kind := ext.SpanKindRPCServer
	if client {
		kind = ext.SpanKindRPCClient
	}
	c.start = [...]opentracing.StartSpanOption{opentracing.Tag{Key: string(ext.Component), Value: "gRPC"}, kind}
	return c
}

// traces reports whether an RPC gets a span, as far as its method decides.
func (c *config) traces(fullMethod string) bool {
	if c.tracer == nil {
		return false
	}
	for _, trace := range c.filters {
		if !trace(fullMethod) {
			return false
		}
	}
	return true
}

// startServer starts the span of a method that the server has, and makes it the
// current one.
func (c *config) startServer(ctx context.Context, fullMethod string) (context.Context, *spur.Span) {
	ctx, span := c.serve(ctx, c.operation(fullMethod))
	c.tagMethod(span, fullMethod)
	return ctx, span
}

// unknown makes the span of an RPC whose method the server does not have.
func (c *config) unknown(ctx context.Context, fullMethod string) {
	_, span := c.serve(ctx, unknownMethod)
	c.tagUnknown(span, fullMethod)
	c.tagCaller(ctx, span)
	c.finish(ctx, span, status.Error(codes.Unimplemented, unknownMethod))
}

// serve starts a server's span. A span that ctx holds already, such as that of an
// HTTP server in front, is the parent; else the caller's, as the policy admits.
func (c *config) serve(ctx context.Context, operation string) (context.Context, *spur.Span) {
	opts := [...]opentracing.StartSpanOption{c.start[0], c.start[1], nil}
	if !spur.SpanFromContext(ctx).SpanContext().IsValid() {
		opts[2] = c.caller(ctx)
	}
	return c.tracer.Start(ctx, operation, opts[:]...)
}

// caller is the reference to the caller's span, nil when it sent none that can be
// read. The tracer's Stats count what could not.
func (c *config) caller(ctx context.Context) opentracing.StartSpanOption {
	md, ok := metadata.FromIncomingContext(ctx)
	if !ok {
		return nil
	}
	caller, err := c.tracer.Extract(opentracing.HTTPHeaders, propagation.Metadata(md))
	if err != nil {
		return nil
	}
	return c.policy.Reference(caller)
}

// startClient starts a client's span, unless it lacks the parent it needs, makes
// it the current one and adds its context to a copy of the outgoing metadata. The
// span is nil when there is none.
func (c *config) startClient(ctx context.Context, fullMethod string) (context.Context, *spur.Span) {
	if c.requireParent && !spur.SpanFromContext(ctx).SpanContext().IsValid() {
		return ctx, nil
	}
	ctx, span := c.tracer.Start(ctx, c.operation(fullMethod), c.start[:]...)
	c.tagMethod(span, fullMethod)
	ctx, err := inject(ctx, c.tracer, span)
	if err != nil { // the tracer does not know the format
		span.LogFields(log.Event("inject failed"), log.Error(err))
	}
	return ctx, span
}

func (c *config) operation(fullMethod string) string {
	if c.name != nil {
		if name := c.name(fullMethod); name != "" {
			return name
		}
	}
	return fullMethod
}
