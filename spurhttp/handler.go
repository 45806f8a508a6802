// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"context"
	"net/http"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/propagation"
)

// Handler returns a handler that serves each request with h in a span of t, which
// is the current span of the request's context. The span continues the trace that
// the request's headers name, if they do (see spur.Tracer.Extract), and ends when h
// returns; a connection that h hijacks may live on without it. Its status is the
// first that h wrote, 200 if it wrote none; from 500 on the tag error is set. When h
// panics the span gets the tag error and a log of the panic, and the panic goes on;
// http.ErrAbortHandler is no error when the client has gone.
//
// The span is called:
//
//   - what OperationName returns, if that is not "";
//   - else, when h says by a method Handler(*http.Request) (http.Handler, string)
//     which pattern it will choose, as http.ServeMux does, the request's method and
//     that pattern, as in "GET /orders/{id}";
//   - else method and Request.Pattern, when a ServeMux around this handler has set it;
//   - else the method, until h has ended and Request.Pattern tells which pattern was
//     chosen by a ServeMux within h, if h's middleware passes the same *Request on.
//     (http.StripPrefix, http.TimeoutHandler and all that call Request.WithContext
//     do not: give OperationName a function that asks the mux's Handler method.)
//
// Names of all but the last kind exist before the span starts: per-operation and
// adaptive sampling go by them. A pattern found afterwards only renames the span. A
// request that matches no pattern is called by its method alone; unknown methods
// are called HTTP. A path is never part of a name.
//
// A Handler within another's makes a child of that one's span and does not look at
// the headers again, provided that ResponseWriters between them have the method Unwrap.
//
// The ResponseWriter that h gets implements http.Flusher, http.Hijacker,
// http.Pusher, io.ReaderFrom and http.CloseNotifier if the server's does and not
// otherwise, and has the method Unwrap for http.ResponseController. What nobody
// outside net/http can wrap is lost: http.MaxBytesReader does not close the
// connection of a request that is too large, and trailers that HTTP/1.1 requests
// did not announce do not arrive.
//
// Handler adds nothing to answers. With a nil t it returns h. The result is safe for
// concurrent use if h and the functions among opts are.
func Handler(t *spur.Tracer, h http.Handler, opts ...HandlerOption) http.Handler {
	if t == nil {
		return h
	}
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

// serverKind is boxed once: it is an option of every span.
var serverKind opentracing.StartSpanOption = ext.SpanKindRPCServer

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.filter != nil && !h.filter(r) {
		h.next.ServeHTTP(w, r)
		return
	}
	name := h.startName(r)
	ctx, span := h.start(w, r, name.text)
	own := r.WithContext(ctx)
	if h.edge != spur.TrustCaller {
		own.Header = r.Header.Clone()
		propagation.Remove(propagation.Header(own.Header))
	}
	if span.IsRecording() {
		h.tagRequest(span, own)
	}
	wrapped, state := wrap(w)
	x := exchange{handler: h, span: span, response: state, server: r, request: own, name: name}
	defer x.end()
	h.next.ServeHTTP(wrapped, own)
	x.returned = true
}

// start starts the span: under that of a Handler around this one, if there is one, and
// else under the caller's.
func (h *handler) start(w http.ResponseWriter, r *http.Request, name string) (context.Context, *spur.Span) {
	ctx := r.Context()
	if isWrapped(w) && spur.SpanFromContext(ctx).SpanContext().IsValid() {
		return h.tracer.Start(ctx, name, serverKind)
	}
	caller, _ := h.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header))
	if caller == nil {
		return h.tracer.Start(ctx, name, serverKind)
	}
	return h.tracer.Start(ctx, name, serverKind, h.edge.Reference(caller))
}
