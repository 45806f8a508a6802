// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"context"
	"net/http"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
)

// Handler returns a handler that serves each request with h in a span of t, which
// is the current span of the request's context. The span continues the trace that
// the request's headers name, if they do (see spur.Tracer.Extract), and ends when h
// returns; a connection that h hijacks may live on without it. Its status is the
// first that h wrote, 200 if it wrote none; from 500 on the tag error is set. When h
// panics the span gets the tag error and a log of the panic, and the panic goes on.
//
// The span is called:
//
//   - what OperationName returns, if that is not "";
//   - else, when h says by a method Handler(*http.Request) (http.Handler, string)
//     which pattern it will choose, as http.ServeMux does, the request's method and
//     that pattern, as in "GET /orders/{id}";
//   - else the method, until h has returned and Request.Pattern tells which pattern
//     was chosen by a ServeMux within h, if h's middleware passes the same *Request
//     on.
//
// Names of the first two kinds exist before the span starts: per-operation and
// adaptive sampling go by them. A pattern found afterwards only renames the span. A
// request that matches no pattern is called by its method alone; unknown methods
// are called HTTP. A path is never part of a name.
//
// The ResponseWriter that h gets implements http.Flusher, http.Hijacker,
// http.Pusher, io.ReaderFrom and http.CloseNotifier if the server's does and not
// otherwise, and has the method Unwrap for http.ResponseController.
//
// Handler itself adds nothing to answers. The result is safe for concurrent use if h
// and the functions among opts are.
func Handler(t *spur.Tracer, h http.Handler, opts ...HandlerOption) http.Handler {
	wrapped := &handler{tracer: t, next: h}
	wrapped.router, _ = h.(router)
	for _, o := range opts {
		if o != nil {
			o.applyHandler(wrapped)
		}
	}
	return wrapped
}

// handler is what Handler makes.
type handler struct {
	common
	tracer *spur.Tracer
	next   http.Handler
	router router // next, or nil
	edge   spur.EdgePolicy
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.filter != nil && !h.filter(r) {
		h.next.ServeHTTP(w, r)
		return
	}
	name, final := h.startName(r)
	caller, _ := h.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header))
	ctx, span := h.start(r, name, caller)
	r = r.WithContext(ctx)
	if span.IsRecording() {
		h.tagRequest(span, r)
	}
	wrapped, state := wrap(w)
	returned := false
	defer func() {
		if returned {
			return
		}
		p := recover() // nil after runtime.Goexit
		h.abort(span, state, p)
		if p != nil {
			panic(p)
		}
	}()
	h.next.ServeHTTP(wrapped, r)
	returned = true
	if !final && r.Pattern != "" {
		span.SetOperationName(routeName(r.Method, r.Pattern))
	}
	h.finish(span, state, r)
}

// start starts the span.
func (h *handler) start(r *http.Request, name string, caller opentracing.SpanContext) (ctx context.Context, span *spur.Span) {
	if h.edge == spur.TrustCaller {
		return h.tracer.Start(r.Context(), name, ext.RPCServerOption(caller))
	}
	return h.tracer.Start(r.Context(), name, ext.SpanKindRPCServer, h.edge.Reference(caller))
}

// abort ends the span of a handler that panicked, or ended its goroutine when p is
// nil.
func (h *handler) abort(span *spur.Span, state *response, p any) {
	switch p {
	case nil:
		span.LogFields(log.Event("goroutine ended"))
	case http.ErrAbortHandler: // how handlers end a connection on purpose
		span.SetBool(string(ext.Error), true)
		span.LogFields(log.Event("aborted"))
	default:
		span.LogPanic(p)
	}
	if span.IsRecording() {
		h.tagResponse(span, state, state.status)
	}
	span.Finish()
}

// finish ends the span of a handler that returned.
func (h *handler) finish(span *spur.Span, state *response, r *http.Request) {
	if span.IsRecording() {
		status := state.status
		switch {
		case state.hijacked:
			span.LogFields(log.Event("hijacked"))
		case status == 0 && r.Context().Err() != nil:
			// The client has gone: nobody was told anything.
		case status == 0:
			status = http.StatusOK
		}
		if r.Context().Err() != nil {
			span.LogFields(log.Event("request cancelled"))
		}
		h.tagResponse(span, state, status)
		if h.semantic && r.Pattern != "" {
			span.SetString("http.route", patternPath(r.Pattern))
		}
		if status >= http.StatusInternalServerError {
			span.SetBool(string(ext.Error), true)
		}
	}
	span.Finish()
}
