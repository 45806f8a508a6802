// SPDX-License-Identifier: Apache-2.0

package spurgrpc

import (
	"cmp"
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

// traces reports whether an RPC gets a span, as far as its method decides. A filter
// that panics has nothing against it, and sets failed.
func (c *config) traces(fullMethod string, failed *bool) bool {
	if c.tracer == nil {
		return false
	}
	for _, trace := range c.filters {
		wanted := true
		if !try(func() { wanted = trace(fullMethod) }) {
			*failed = true
		}
		if !wanted {
			return false
		}
	}
	return true
}

// startServer starts the span of a method that the server has, and makes it the
// current one. failed says that a filter has panicked.
func (c *config) startServer(ctx context.Context, fullMethod string, failed bool) (context.Context, *spur.Span) {
	operation := c.operation(fullMethod, &failed)
	ctx, span := c.serve(ctx, operation, failed)
	c.tagMethod(span, fullMethod)
	return ctx, span
}

// unknown makes the span of an RPC whose method the server does not have.
func (c *config) unknown(ctx context.Context, fullMethod string, failed bool) {
	_, span := c.serve(ctx, unknownMethod, failed)
	c.tagUnknown(span, fullMethod)
	c.tagCaller(ctx, span)
	c.finish(ctx, span, status.Error(codes.Unimplemented, unknownMethod))
}

// serve starts a server's span. A span that ctx holds already, such as that of an
// HTTP server in front, is the parent; else the caller's, as the policy admits.
func (c *config) serve(ctx context.Context, operation string, failed bool) (context.Context, *spur.Span) {
	opts := c.options(failed)
	if !spur.SpanFromContext(ctx).SpanContext().IsValid() {
		opts[3] = c.caller(ctx)
	}
	return c.tracer.Start(ctx, operation, opts[:]...)
}

// options are those of every span, with room for one more.
func (c *config) options(failed bool) [4]opentracing.StartSpanOption {
	opts := [4]opentracing.StartSpanOption{c.start[0], c.start[1]}
	if failed {
		opts[2] = hookPanic{}
	}
	return opts
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
func (c *config) startClient(ctx context.Context, fullMethod string, failed bool) (context.Context, *spur.Span) {
	if c.requireParent && !spur.SpanFromContext(ctx).SpanContext().IsValid() {
		return ctx, nil
	}
	operation := c.operation(fullMethod, &failed)
	opts := c.options(failed)
	ctx, span := c.tracer.Start(ctx, operation, opts[:]...)
	c.tagMethod(span, fullMethod)
	ctx, err := inject(ctx, c.tracer, span)
	if err != nil { // the tracer does not know the format
		span.LogFields(log.Event("inject failed"), log.Error(err))
	}
	return ctx, span
}

// operation is what WithOperationName says, else the method. A panic sets failed.
func (c *config) operation(fullMethod string, failed *bool) (name string) {
	if c.name != nil && !try(func() { name = c.name(fullMethod) }) {
		*failed = true
	}
	return cmp.Or(name, fullMethod)
}

// hookPanic is a start option for the span of an RPC for which a function of the
// program's has panicked: the tracer counts panics of start options.
type hookPanic struct{}

// Apply implements opentracing.StartSpanOption.
func (hookPanic) Apply(*opentracing.StartSpanOptions) {
	panic("spurgrpc: in a function of the program")
}

// try calls code of the program's and reports whether it returned. It does not stop
// runtime.Goexit.
func try(f func()) (ok bool) {
	defer func() {
		if !ok {
			_ = recover()
		}
	}()
	f()
	return true
}
