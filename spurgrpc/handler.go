// SPDX-License-Identifier: Apache-2.0

package spurgrpc

import (
	"context"
	"sync/atomic"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur"
)

// ServerHandler returns a handler for grpc.StatsHandler: every RPC the server
// handles, unary or stream, gets one span, from before the first interceptor to
// after the last. The span descends from the caller's, and the method finds it in
// its context. It ends when the method has returned, for whatever reason.
//
// An RPC for a method that the server does not have gets a span when the server
// says so, called "unknown method" from the start, so that samplers do not see the
// names that callers invent. It gets none if the caller has gone before: grpc
// (v1.84) does not tell the end of such an RPC. If the server has a
// grpc.UnknownServiceHandler, it has all methods: see WithOperationName.
//
// As grpc tells only then that it has the method, the span starts with the RPC's
// stats.Begin, and is in the context from there on: the TagRPC of a handler behind
// this one does not find it.
//
// A nil t traces nothing.
func ServerHandler(t *spur.Tracer, opts ...Option) stats.Handler {
	return &handler{newConfig(t, false, opts)}
}

// ClientHandler returns a handler for grpc.WithStatsHandler: every RPC, unary or
// stream, gets one span, a child of the current span in its context, and carries
// its context to the server in the metadata.
//
// The span covers one attempt: it starts when grpc has resolved the target's name
// and starts the attempt. RPCs that fail before have none, and those that grpc
// repeats have one for each attempt, with the server's span below it. The span
// ends when grpc considers the attempt finished: when RecvMsg has returned a
// status or io.EOF, the context is done or the connection is closed. A stream that
// the program abandons without any of these is never finished, by grpc neither.
//
// When the server ends a stream while the program is still sending, and SendMsg
// returns io.EOF before anything was received, grpc (v1.84) tells its handlers
// that all is well, whatever the status is that RecvMsg returns later. If the RPC
// has a single answer and none came, the span says Unknown; a bidirectional stream
// cannot be told from one that went well. StreamClientInterceptor gets these right.
//
// A nil t traces nothing.
func ClientHandler(t *spur.Tracer, opts ...Option) stats.Handler {
	return &handler{newConfig(t, true, opts)}
}

// errLostStatus stands for a status that grpc does not tell: see ClientHandler.
var errLostStatus = status.Error(codes.Unknown, "the server ended the RPC while the client was sending")

type handler struct{ *config }

// call is one RPC, or an attempt at one, and the RPC's context. Its key in there is
// its handler, since a context may hold calls of several.
type call struct {
	context.Context
	handler        *handler
	span           *spur.Span // nil: not traced, or a server's that has not begun
	ended          atomic.Bool
	sent, received atomic.Int64

	// A client's, set before anything else happens.
	collects bool // sends many messages and gets one

	// A server's, used by the goroutine that handles the RPC alone.
	method   string
	waits    bool // for the method to begin; then it gets its span
	failed   bool // a filter has panicked
	answered bool // the status is on its way

	// A server's context with its span, and whether it is there: others may use
	// the context while the method begins.
	inner context.Context
	begun atomic.Bool
}

// Value implements context.Context.
func (c *call) Value(key any) any {
	switch h, ok := key.(*handler); {
	case ok && h == c.handler:
		return c
	case c.begun.Load():
		return c.inner.Value(key)
	}
	return c.Context.Value(key)
}

// find returns the call of an RPC's context, or nil if that has no span.
func (h *handler) find(ctx context.Context) *call {
	if c, ok := ctx.Value(h).(*call); ok && c.span != nil {
		return c
	}
	return nil
}

// TagRPC implements stats.Handler: it starts a client's span, and prepares a
// server's.
func (h *handler) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	failed := false // a filter
	traces := h.traces(info.FullMethodName, &failed)
	waits := traces && !h.client
	var span *spur.Span
	if traces && h.client {
		ctx, span = h.startClient(ctx, info.FullMethodName, failed)
	}
	if span == nil && !waits && h.find(ctx) == nil {
		return ctx
	}
	// An RPC that is made on behalf of another, such as to fetch credentials, must
	// not be taken for that one: it has a call even when it has no span.
	return &call{Context: ctx, handler: h, span: span, method: info.FullMethodName, waits: waits, failed: failed}
}

// HandleRPC implements stats.Handler: it tags, logs and finishes the span, and
// starts a server's.
func (h *handler) HandleRPC(ctx context.Context, event stats.RPCStats) {
	switch e := event.(type) {
	case *stats.OutHeader:
		if !h.client {
			return
		}
		if c := h.find(ctx); c != nil {
			h.tagPeer(c.span, e.RemoteAddr)
		}
	case *stats.Begin:
		h.begin(ctx, e)
	case *stats.OutTrailer:
		if c, ok := ctx.Value(h).(*call); ok && !h.client {
			c.trailer()
		}
	case *stats.InPayload:
		if !h.client && !h.events {
			return
		}
		if c := h.find(ctx); c != nil {
			n := c.received.Add(1)
			if h.events && c.logs() {
				logMessage(c.span, received, n, e.Length, e.CompressedLength)
			}
		}
	case *stats.OutPayload:
		if !h.events {
			return
		}
		if c := h.find(ctx); c != nil && c.logs() {
			logMessage(c.span, sent, c.sent.Add(1), e.Length, e.CompressedLength)
		}
	case *stats.End:
		if c := h.find(ctx); c != nil {
			c.end(ctx, e.Error)
		}
	}
}

// TagConn implements stats.Handler. Connections are not traced.
func (h *handler) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// HandleConn implements stats.Handler. Connections are not traced.
func (h *handler) HandleConn(context.Context, stats.ConnStats) {}

// begin notes what kind of RPC it is, and starts a server's span.
func (h *handler) begin(ctx context.Context, e *stats.Begin) {
	c, ok := ctx.Value(h).(*call)
	switch {
	case !ok:
	case h.client:
		c.collects = e.IsClientStream && !e.IsServerStream
	case c.waits:
		c.waits = false
		c.inner, c.span = h.startServer(c.Context, c.method, c.failed)
		c.begun.Store(true)
		h.tagCaller(c.Context, c.span)
	}
}

// logs reports whether a log would be kept.
func (c *call) logs() bool { return c.span.IsRecording() && !c.ended.Load() }

// trailer notes that the server answers. When it does so without having begun the
// RPC it does not know the method, and nothing else will follow.
func (c *call) trailer() {
	c.answered = true
	if !c.waits {
		return
	}
	c.waits = false
	c.ended.Store(true)
	c.handler.unknown(c.Context, c.method, c.failed)
}

// end finishes the span, once.
func (c *call) end(ctx context.Context, err error) {
	if c.ended.Swap(true) {
		return
	}
	h := c.handler
	switch {
	case err != nil:
	case h.client && c.collects && c.received.Load() == 0:
		err = errLostStatus
	case !h.client && !c.answered && ctx.Err() == nil:
		// While a method panics its server ends the RPC as if all were well, but it
		// has not answered, though the caller is still there.
		h.panicked(c.span, nil)
		return
	}
	h.finish(ctx, c.span, err)
}
