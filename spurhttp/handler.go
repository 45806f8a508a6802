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
// returns. A nil h is http.DefaultServeMux; with a nil t Handler returns h.
//
// The span is called by the request's method and its route, as in
// "GET /orders/{id}", or by the method alone when the route is not known; unknown
// methods are called HTTP. A path is never part of a name. The route is the pattern
// of an http.ServeMux, or of any other router with its method
// Handler(*http.Request) (http.Handler, string):
//
//   - of one around this handler, in Request.Pattern;
//   - of h, if it is such a router, and of routers directly below it;
//   - of a ServeMux further within, if it gets this *Request: http.StripPrefix,
//     http.TimeoutHandler and all that call Request.WithContext pass copies on.
//
// Of several the innermost counts, and a route said by SetRoute above all. The first
// two kinds are known before the span starts: per-operation and adaptive sampling go
// by them. Routes found later only rename the span, and only if the program has not
// named it, by OperationName or Span.SetOperationName.
//
// The span has the status that the client was sent, but none when the client had
// gone, the connection was taken over by Hijack, or http.TimeoutHandler answered in
// h's place; from 500 on the tag error is set. When h panics the span gets the tag
// error and a log of the panic, and the panic goes on; http.ErrAbortHandler is no
// error when the client has gone.
//
// A Handler within another's makes a child of that one's span and does not look at
// the headers again, provided that ResponseWriters between them have the method Unwrap.
//
// The ResponseWriter that h gets can do what those of net/http's servers can, as far
// as the server's own can: Flush, Hijack, Push, ReadFrom and CloseNotify. It is found
// out by type assertions and http.ResponseController as without Handler. From other
// writers, with combinations of their own, it may hide all but Flush and Hijack from
// type assertions; it has the method Unwrap. Two things are lost:
// http.MaxBytesReader does not close the connection of a request that is too large,
// and trailers that HTTP/1.1 requests did not announce do not arrive. Files of a
// multipart form are removed when h returns.
//
// Handler adds nothing to answers. The result is safe for concurrent use if h and the
// functions among opts are.
func Handler(t *spur.Tracer, h http.Handler, opts ...HandlerOption) http.Handler {
	if h == nil {
		h = http.DefaultServeMux
	}
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
	text, route, named := h.startName(r)
	ctx, span := h.start(w, r, text)
	x := &exchange{
		handler:  h,
		response: response{ResponseWriter: w, http2: r.ProtoMajor > 1},
		scope:    scope{Context: ctx, span: span, method: r.Method, pattern: r.Pattern, named: named, route: route},
		server:   r,
		form:     r.MultipartForm,
	}
	x.request = r.WithContext(&x.scope)
	defer x.end()
	if h.edge != spur.TrustCaller {
		x.request.Header = r.Header.Clone()
		propagation.Remove(propagation.Header(x.request.Header))
	}
	if span.IsRecording() {
		h.tagRequest(span, x.request)
	}
	h.next.ServeHTTP(writer(&x.response), x.request)
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
