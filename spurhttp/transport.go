// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/propagation"
)

// Transport returns a RoundTripper that sends each request with rt in a span of its
// own: a child of the current span of the request's context, else a root (see WithTracer
// and WithRequiredParent). A nil rt is what http.DefaultTransport is when Transport is
// called. A request that is sent again, after a redirect or by code that tries again,
// gets a span each time, all children of the same one.
//
// The span is called what WithOperationName returns, else by the request's method. It
// ends when the answer's body has been read to its end, could not be, or is closed,
// or when the request's context ends, whichever comes first; at once when there is no
// answer.
//
// An error of rt's or of a body, a panic of theirs, which goes on, and status 500 and
// above set the tag error. A request that is given up by its own context, because that
// was cancelled, is no error but has the event "request cancelled"; a deadline that has
// passed is one.
//
// The server is told of the span in headers of a copy of the request. Headers that
// name another trace, as those do that a reverse proxy copies, are replaced, with
// their baggage, in the formats that the tracer writes; others are sent as they are.
// See WithEdgePolicy for callers that are not trusted.
//
// The result is safe for concurrent use. It has CloseIdleConnections, which calls
// that of rt, and Unwrap and WrappedRoundTripper, which return rt. spur's own exporters
// never use it, also as http.DefaultTransport: they have connections of their own.
func Transport(rt http.RoundTripper, opts ...TransportOption) http.RoundTripper {
	if rt == nil {
		rt = http.DefaultTransport //nolint:forbidigo // the program's own requests, not the tracer's
	}
	t := &transport{next: rt}
	for _, o := range opts {
		if o != nil {
			o.applyTransport(&t.config)
		}
	}
	return t
}

// Client returns a copy of c, or of http.DefaultClient when that is nil, that sends
// its requests with Transport.
func Client(c *http.Client, opts ...TransportOption) *http.Client {
	var traced http.Client
	if c = cmp.Or(c, http.DefaultClient); c != nil { //nolint:forbidigo // the program's own requests, not the tracer's
		traced = *c
	}
	traced.Transport = Transport(traced.Transport, opts...)
	return &traced
}

type transport struct {
	config
	next http.RoundTripper
}

// Unwrap returns the RoundTripper that sends the requests.
func (t *transport) Unwrap() http.RoundTripper { return t.next }

// WrappedRoundTripper is Unwrap, as Kubernetes' clients call it.
func (t *transport) WrappedRoundTripper() http.RoundTripper { return t.next }

// CloseIdleConnections is what http.Client's method of that name looks for.
func (t *transport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.next == nil {
		if r != nil && r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, errors.New("spurhttp: no RoundTripper: http.DefaultTransport was nil when Transport was called")
	}
	if r == nil || r.URL == nil { // which next complains about
		return t.next.RoundTrip(r)
	}
	told := t.tell == nil || t.tell(r.URL.Host)
	if !told {
		r = untold(r)
	}
	failed := false // a function of the program's
	if !t.keeps(r, &failed) {
		return t.next.RoundTrip(r)
	}
	ctx, span := t.start(r, failed)
	if span == nil {
		return t.next.RoundTrip(r)
	}
	c := &call{span: span, ctx: r.Context(), semantic: t.semantic}
	if span.IsRecording() {
		t.tagRequest(span, r)
		if t.phases {
			c.phases = &phases{span: span}
			ctx = httptrace.WithClientTrace(ctx, c.phases.trace())
		}
	}
	returned := false
	defer c.caught(&returned)
	resp, err := t.next.RoundTrip(outgoing(ctx, r, span, told))
	returned = true
	switch {
	case err != nil:
		c.end(err)
	case resp == nil: // a mistake of next's
		c.end(errors.New("spurhttp: neither an answer nor an error"))
	default:
		if span.IsRecording() {
			t.tagResponse(span, resp)
		}
		resp.Body = follow(resp, r.Method, c)
	}
	return resp, err
}

// nobody is the span that records nothing and has no tracer of anybody's.
var nobody = spur.SpanFromContext(context.Background())

// clientKind is boxed once: it is an option of every span.
var clientKind opentracing.StartSpanOption = ext.SpanKindRPCClient

// start starts the span, or returns nil when there is to be none.
func (t *transport) start(r *http.Request, failed bool) (context.Context, *spur.Span) {
	ctx := r.Context()
	parent := spur.SpanFromContext(ctx)
	tracer := t.tracer
	switch {
	case parent != nobody: // also of a disabled tracer, which passes contexts on
		tracer = nil
	case t.requireParent:
		return nil, nil
	}
	text := cmp.Or(t.operation(r, &failed), methodName(r.Method))
	opts := [...]opentracing.StartSpanOption{clientKind, nil}
	if failed {
		opts[1] = hookPanic{}
	}
	if tracer != nil {
		return tracer.Start(ctx, text, opts[:]...)
	}
	ctx, span := spur.StartSpanFromContext(ctx, text, opts[:]...)
	if span == nobody {
		return nil, nil
	}
	return ctx, span
}

// untold returns a copy of the request without headers of a trace.
func untold(r *http.Request) *http.Request {
	r = r.WithContext(r.Context())
	r.Header = r.Header.Clone()
	propagation.Remove(propagation.Header(r.Header))
	return r
}

// outgoing returns the request as it is sent.
func outgoing(ctx context.Context, r *http.Request, span *spur.Span, told bool) *http.Request {
	r = r.WithContext(ctx)
	if !told {
		return r
	}
	if r.Header = r.Header.Clone(); r.Header == nil {
		r.Header = http.Header{}
	}
	// Its errors speak of the carrier and the context, and both are right.
	_ = span.Tracer().Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header))
	return r
}
