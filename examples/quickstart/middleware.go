// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
)

// traced makes a span of each request, and the handler finds it in the request's
// context. When the headers name a caller's span the new one becomes its child;
// when they do not, Extract returns an error and the new span begins a trace.
func traced(tracer *spur.Tracer, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, _ := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header))
		ctx, span := tracer.Start(r.Context(), r.Method+" "+r.URL.Path, ext.RPCServerOption(caller))
		defer span.Finish()

		w.Header().Set("Trace-Id", span.SpanContext().TraceID().String())
		handler.ServeHTTP(w, r.WithContext(ctx))
	})
}

// fetch gets a URL within a span of its own, and tells the server about it in the
// request's headers.
func fetch(ctx context.Context, tracer *spur.Tracer, url string) (string, error) {
	ctx, span := tracer.Start(ctx, "fetch", ext.SpanKindRPCClient)
	defer span.Finish()

	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	span.SetString("http.path", r.URL.Path)
	if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header)); err != nil {
		span.SetError(err) // the server then begins a trace of its own
	}
	body, _, err := do(r)
	span.SetError(err) // a nil error sets nothing
	return body, err
}

// visit is a browser: it knows nothing of tracing.
func visit(ctx context.Context, url string) (answer, traceID string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", "", err
	}
	answer, header, err := do(r)
	return answer, header.Get("Trace-Id"), err
}

func do(r *http.Request) (string, http.Header, error) {
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, body)
	}
	return string(body), resp.Header, err
}
