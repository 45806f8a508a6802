// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// narrow is a ResponseWriter that hides what another can do.
type narrow struct{ http.ResponseWriter }

// bold is one that pretends to be able to flush.
type bold struct{ narrow }

func (bold) Flush() {}

// late is one that holds everything back.
type late struct {
	http.ResponseWriter
	body   bytes.Buffer
	status int
}

func (l *late) Write(b []byte) (int, error) { return l.body.Write(b) }
func (l *late) WriteHeader(status int)      { l.status = max(l.status, status) }
func (l *late) Flush()                      {}

func TestServerSuiteFindsFaults(t *testing.T) {
	type middleware = func(*spur.Tracer, http.Handler) http.Handler
	within := func(change func(next http.Handler, w http.ResponseWriter, r *http.Request)) middleware {
		return func(tracer *spur.Tracer, h http.Handler) http.Handler {
			return spurhttp.Handler(tracer, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { change(h, w, r) }))
		}
	}
	around := func(change func(next http.Handler, w http.ResponseWriter, r *http.Request)) middleware {
		return func(tracer *spur.Tracer, h http.Handler) http.Handler {
			traced := spurhttp.Handler(tracer, h)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { change(traced, w, r) })
		}
	}
	for _, tc := range []struct {
		name string
		wrap middleware
		want map[string]string
	}{
		{"none", func(tracer *spur.Tracer, h http.Handler) http.Handler { return spurhttp.Handler(tracer, h) }, nil},
		{
			"no span", func(_ *spur.Tracer, h http.Handler) http.Handler { return h },
			map[string]string{"continues the caller's trace": "0 spans, want 1", "current span": "0 spans, want 2", "panic": "want one span"},
		},
		{"ignores the caller", func(tracer *spur.Tracer, h http.Handler) http.Handler {
			return spurhttp.Handler(tracer, h, spurhttp.WithEdgePolicy(spur.IgnoreCaller))
		}, map[string]string{"continues the caller's trace": "want the caller's", "decision of the caller": "", "concurrent requests": "no caller's"}},
		{"two spans", func(tracer *spur.Tracer, h http.Handler) http.Handler {
			return spurhttp.Handler(tracer, spurhttp.Handler(tracer, h))
		}, map[string]string{"begins a trace": "4 spans, want 2"}},
		{"hides the span", within(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(opentracing.ContextWithSpan(r.Context(), nil)))
		}), map[string]string{"current span": "1 spans, want 2"}},
		{
			"loses Flusher", within(func(next http.Handler, w http.ResponseWriter, r *http.Request) { next.ServeHTTP(narrow{w}, r) }),
			map[string]string{"streams": "is no http.Flusher", "what the writer can do": "", "hijack": "Hijack: feature not supported"},
		},
		{
			"pretends", within(func(next http.Handler, w http.ResponseWriter, r *http.Request) { next.ServeHTTP(bold{narrow{w}}, r) }),
			map[string]string{"what the writer can do": "pretends to be able to: http.Flusher", "streams": "nothing arrives"},
		},
		{"buffers", within(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			l := &late{ResponseWriter: w, status: 200}
			next.ServeHTTP(l, r)
			w.WriteHeader(l.status)
			_, _ = w.Write(l.body.Bytes())
		}), map[string]string{"streams": "nothing arrives before the handler returns", "answers as without": "early hints"}},
		{"swallows panics", around(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			defer func() { _ = recover() }()
			next.ServeHTTP(w, r)
		}), map[string]string{"panic": "the handler panics with a panic, the middleware with <nil>"}},
		{"adds a header", around(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Trace", "1")
			next.ServeHTTP(w, r)
		}), map[string]string{"answers as without": "X-Trace"}},
		{"a context of its own", within(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithoutCancel(r.Context())))
		}), map[string]string{"client gone": "does not end when the client goes"}},
		{"knows no status", func(tracer *spur.Tracer, h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx, span := tracer.Start(r.Context(), "x", ext.SpanKindRPCServer)
				defer span.Finish()
				h.ServeHTTP(w, r.WithContext(ctx))
			})
		}, map[string]string{"status": "500: the tag error is <nil>", "panic": "with the tag error"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			piece := serverPiece{tc.wrap, patienceFor(tc.want)}
			wantFailing(t, failingChecks(piece, serverChecks, tc.want), tc.want)
		})
	}
}

// rounds is a RoundTripper.
type rounds func(*http.Request) (*http.Response, error)

func (f rounds) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestClientSuiteFindsFaults(t *testing.T) {
	type wrapper = func(*spur.Tracer, http.RoundTripper) http.RoundTripper
	good := func(tracer *spur.Tracer, rt http.RoundTripper) http.RoundTripper {
		return spurhttp.Transport(rt, spurhttp.WithTracer(tracer), spurhttp.WithPhases())
	}
	around := func(change func(rt http.RoundTripper, r *http.Request) (*http.Response, error)) wrapper {
		return func(tracer *spur.Tracer, rt http.RoundTripper) http.RoundTripper {
			traced := good(tracer, rt)
			return rounds(func(r *http.Request) (*http.Response, error) { return change(traced, r) })
		}
	}
	// ends makes a client that finishes its span when it is told to.
	ends := func(finish func(span *spur.Span, resp *http.Response)) wrapper {
		return func(tracer *spur.Tracer, rt http.RoundTripper) http.RoundTripper {
			return rounds(func(r *http.Request) (*http.Response, error) {
				ctx, span := tracer.Start(r.Context(), "x", ext.SpanKindRPCClient)
				out := r.Clone(ctx)
				if out.Header == nil {
					out.Header = http.Header{}
				}
				_ = tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(out.Header))
				resp, err := rt.RoundTrip(out)
				finish(span, resp)
				return resp, err
			})
		}
	}
	for _, tc := range []struct {
		name string
		wrap wrapper
		want map[string]string
	}{
		{"none", good, nil},
		{
			"no span", func(_ *spur.Tracer, rt http.RoundTripper) http.RoundTripper { return rt },
			map[string]string{"child of the current span": "0 spans of requests finished, want 1"},
		},
		{"changes the request", around(func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			if r.Header != nil {
				r.Header.Set("X-Evil", "1")
			}
			return rt.RoundTrip(r)
		}), map[string]string{"the request is not changed": "the request's header was"}},
		{"tells nobody", func(tracer *spur.Tracer, rt http.RoundTripper) http.RoundTripper {
			return spurhttp.Transport(rt, spurhttp.WithTracer(tracer), spurhttp.WithHosts(nil))
		}, map[string]string{"child of the current span": "the server was told of", "the request is not changed": "no headers are added"}},
		{"always a root", around(func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			return rt.RoundTrip(r.WithContext(opentracing.ContextWithSpan(r.Context(), nil)))
		}), map[string]string{"child of the current span": "not a child of", "redirects": "redirects are siblings"}},
		{"never finishes", ends(func(*spur.Span, *http.Response) {}), map[string]string{"the body's end": "the span is open: true, want false", "errors": "0 spans of requests"}},
		{
			"finishes early", ends(func(span *spur.Span, _ *http.Response) { span.Finish() }),
			map[string]string{"the body's end": "finished before anything is read", "errors": "the tag error is <nil>", "status": "the span has status <nil>"},
		},
		{
			"finishes twice", ends(func(span *spur.Span, _ *http.Response) { span.Finish(); span.Finish() }),
			map[string]string{"child of the current span": "1 spans were finished twice"},
		},
		{"asks twice", around(func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			if resp, err := rt.RoundTrip(r); err == nil {
				_ = resp.Body.Close()
			}
			return rt.RoundTrip(r)
		}), map[string]string{"the request is not changed": "was called 2 times"}},
		{"an error of its own", around(func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			resp, err := rt.RoundTrip(r)
			if err != nil {
				err = io.ErrUnexpectedEOF
			}
			return resp, err
		}), map[string]string{"errors": "want no answer today", "cancelled": "want context canceled"}},
		{"hides the connection", around(func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			resp, err := rt.RoundTrip(r)
			if err == nil {
				resp.Body = struct{ io.ReadCloser }{resp.Body}
			}
			return resp, err
		}), map[string]string{"upgrade": "which cannot be written to"}},
		{"a context of its own", around(func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			ctx := opentracing.ContextWithSpan(context.Background(), opentracing.SpanFromContext(r.Context()))
			return rt.RoundTrip(r.WithContext(ctx))
		}), map[string]string{"the request is not changed": "lacks the values"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			piece := clientPiece{tc.wrap, patienceFor(tc.want)}
			wantFailing(t, failingChecks(piece, clientChecks, tc.want), tc.want)
		})
	}
}
