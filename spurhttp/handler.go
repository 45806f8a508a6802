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

// Handler returns a handler that serves each request with h in a span of t, the
// current one of the request's context. The span continues the trace that the
// request's headers name, if they do (see spur.Tracer.Extract), and ends when h
// returns. A nil h is http.DefaultServeMux; with a nil t Handler returns h.
//
// The span is called by the request's method and its route, as in
// "GET /orders/{id}", or by the method alone when the route is not known; unknown
// methods are called HTTP. The tag http.route has the route without method and host.
// The route is what SetRoute says, or else the innermost pattern of an http.ServeMux
//
//   - around this handler (Request.Pattern);
//   - that is h, or directly below it; also of other routers with ServeMux's method
//     Handler;
//   - further within, if it gets this *Request and not a copy, as http.StripPrefix,
//     http.TimeoutHandler and all that call Request.WithContext pass on.
//
// Samplers that look at names know the first two kinds. Routes found later rename the
// span, unless the program has named it, by WithOperationName or Span.SetOperationName.
// A span that is not recorded may be called by the method alone (see spur.Namer); one
// that is recorded only because of a later sampling.priority does not know what routers
// other than http.ServeMux would have said.
//
// The span has the status that the client was sent, but none when the client had
// gone before, the connection was hijacked, or an http.TimeoutHandler around it
// answered; from 500 on the tag error is set. A panic of h sets it too, is logged,
// and goes on; http.ErrAbortHandler is no error when the client has gone.
//
// A Handler within another's makes a child of that one's span and does not look at
// the headers again, provided that ResponseWriters between them have the method Unwrap.
//
// The ResponseWriter that h gets can do what those of net/http's servers can, also by
// type assertions; from other writers it may hide all but Flush and Hijack. It does not
// see what is written two levels below it. Two things are lost: http.MaxBytesReader
// does not close the connection of a request that is too large, and trailers that
// HTTP/1.1 requests did not announce do not arrive. Files of a multipart form are
// removed when h returns.
//
// The result is safe for concurrent use if h and the functions among opts are.
func Handler(t *spur.Tracer, h http.Handler, opts ...HandlerOption) http.Handler {
	if h == nil {
		h = http.DefaultServeMux
	}
	if t == nil {
		return h
	}
	wrapped := &handler{next: h}
	wrapped.router, _ = h.(router)
	for _, o := range opts {
		if o != nil {
			o.applyHandler(&wrapped.config)
		}
	}
	wrapped.tracer = t // WithTracer is for transports
	return wrapped
}

type handler struct {
	config
	next   http.Handler
	router router // next, or nil
}

// serverKind is boxed once: it is an option of every span.
var serverKind opentracing.StartSpanOption = ext.SpanKindRPCServer

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	failed := false // a function of the program's
	if !h.keeps(r, &failed) {
		h.next.ServeHTTP(w, r)
		return
	}
	operation := h.operation(r, &failed)
	x := &exchange{
		handler:  h,
		response: response{ResponseWriter: w, http2: r.ProtoMajor > 1},
		scope:    scope{server: r, method: r.Method, pattern: r.Pattern, named: operation != ""},
	}
	if !x.scope.named {
		operation = methodName(r.Method)
	}
	ctx, span := h.start(x, operation, failed)
	x.response.ctx, x.scope.Context, x.scope.span = ctx, ctx, span
	x.request = *r.WithContext(&x.scope)
	defer x.end()
	if h.edge != spur.TrustCaller {
		x.request.Header = r.Header.Clone()
		propagation.Remove(propagation.Header(x.request.Header))
	}
	if span.IsRecording() {
		h.tagRequest(span, &x.request)
	}
	h.next.ServeHTTP(writer(&x.response), &x.request)
	x.returned = true
}

// start starts the span under that of a Handler around this one, else under the caller's.
func (h *handler) start(x *exchange, name string, failed bool) (context.Context, *spur.Span) {
	r := x.scope.server
	ctx := r.Context()
	all := [4]opentracing.StartSpanOption{serverKind, routeNamer{x}}
	opts := all[:2]
	if failed {
		opts = append(opts, hookPanic{})
	}
	current := opentracing.SpanFromContext(ctx)
	if current == nil || !isWrapped(x.response.ResponseWriter) || !spur.SpanFromContext(ctx).SpanContext().IsValid() {
		caller, _ := h.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header))
		if caller != nil {
			opts = append(opts, h.edge.Reference(caller))
		}
	}
	if current != nil {
		return h.tracer.Start(ctx, name, opts...)
	}
	return ctx, h.tracer.StartSpan(name, opts...).(*spur.Span) // the scope makes it the current one
}
