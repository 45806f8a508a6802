// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
	"github.com/go-spur/spur/transport"
)

// echo answers with the trace header it got.
func echo(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/fail":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
		default:
			fmt.Fprint(w, r.Header.Get("uber-trace-id"))
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func request(ctx context.Context, t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTransportTellsTheServer(t *testing.T) {
	s := echo(t)
	tracer, spans := spurtest.New(t)
	ctx, parent := tracer.Start(context.Background(), "parent")
	r := request(ctx, t, s.URL+"/path?secret=1")
	r.URL.User = url.UserPassword("ada", "secret")
	r.Header.Set("X-Mine", "kept")
	resp, err := spurhttp.Client(s.Client()).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(spans.Spans()); n != 0 {
		t.Errorf("%d spans before the body was read", n)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := spans.Spans()
	if len(got) != 1 {
		t.Fatalf("%d spans after the body was read", len(got))
	}
	resp.Body.Close() // the span ends once
	parent.Finish()
	span := got[0]
	if !strings.Contains(string(body), span.SpanID.String()) || span.ParentID != parent.SpanContext().SpanID() {
		t.Errorf("the server got %q from span %v under %v", body, span.Context, parent)
	}
	if len(r.Header) != 1 {
		t.Errorf("the request was changed: %v", r.Header)
	}
	for key, want := range map[string]string{
		"span.kind": "client", "component": "net/http", "http.method": "GET", "http.url": s.URL + "/path",
		"peer.hostname": "127.0.0.1", "http.status_code": "200", "http.response_size": fmt.Sprint(len(body)), "error": "",
	} {
		if got := tag(&span, key); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
	if n := len(spans.Spans()); n != 2 {
		t.Errorf("%d spans in the end", n)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Redirects and repetitions are siblings under the caller's span.
func TestTransportRedirectsAreSiblings(t *testing.T) {
	s := echo(t)
	tracer, spans := spurtest.New(t)
	ctx, parent := tracer.Start(context.Background(), "parent")
	resp, err := spurhttp.Client(s.Client()).Do(request(ctx, t, s.URL+"/redirect"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	parent.Finish()
	for _, s := range spans.ByOperation("GET") {
		if s.ParentID != parent.SpanContext().SpanID() {
			t.Errorf("parent %v, want %v", s.ParentID, parent)
		}
	}
	if n := len(spans.ByOperation("GET")); n != 2 {
		t.Errorf("%d spans, want 2", n)
	}
}

func TestTransportWithoutAParent(t *testing.T) {
	s := echo(t)
	tracer, spans := spurtest.New(t)
	for _, test := range []struct {
		name   string
		global opentracing.Tracer
		opts   []spurhttp.TransportOption
		want   int
	}{
		{"nobody", opentracing.NoopTracer{}, nil, 0},
		{"global tracer", tracer, nil, 1},
		{"tracer by option", opentracing.NoopTracer{}, []spurhttp.TransportOption{spurhttp.WithTracer(tracer)}, 1},
		{"parent required", tracer, []spurhttp.TransportOption{spurhttp.WithTracer(tracer), spurhttp.WithRequiredParent()}, 0},
		{"filtered", tracer, []spurhttp.TransportOption{spurhttp.WithFilter(func(*http.Request) bool { return false })}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			spans.Reset()
			before := opentracing.GlobalTracer()
			opentracing.SetGlobalTracer(test.global)
			defer opentracing.SetGlobalTracer(before)
			resp, err := spurhttp.Client(s.Client(), test.opts...).Get(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if n := len(spans.Spans()); n != test.want || (len(b) > 0) != (test.want > 0) {
				t.Errorf("%d spans, want %d; the server got %q", n, test.want, b)
			}
		})
	}
}

// A span of another tracer's, or none at all, in the context does not keep ours
// from tracing.
func TestTransportWithAForeignParent(t *testing.T) {
	s := echo(t)
	tracer, spans := spurtest.New(t)
	noop := opentracing.NoopTracer{}.StartSpan("foreign")
	for _, ctx := range []context.Context{
		opentracing.ContextWithSpan(context.Background(), noop),
		spur.ContextWithSpan(context.Background(), nil),
	} {
		for _, opts := range [][]spurhttp.TransportOption{
			{spurhttp.WithTracer(tracer)},
			{spurhttp.WithTracer(tracer), spurhttp.WithRequiredParent()},
		} {
			spans.Reset()
			resp, err := spurhttp.Client(s.Client(), opts...).Do(request(ctx, t, s.URL))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if n := len(spans.Spans()); n != 2-len(opts) {
				t.Errorf("%d spans with %d options", n, len(opts))
			}
		}
	}
}

func TestTransportPhases(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	tracer, spans := spurtest.New(t)
	client := spurhttp.Client(s.Client(), spurhttp.WithTracer(tracer), spurhttp.WithPhases())
	for range 2 {
		resp, err := client.Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	got := spans.Spans()
	first, second := logs(&got[0]), logs(&got[1])
	if want := []string{"connect start", "connect", "tls start", "tls", "got connection", "wrote request", "first byte"}; !slices.Equal(first, want) {
		t.Errorf("first request: %q, want %q", first, want)
	}
	if want := []string{"got connection", "wrote request", "first byte"}; !slices.Equal(second, want) {
		t.Errorf("second request: %q, want %q", second, want)
	}
	if st := tracer.Stats(); st.Spans.UseAfterFinish != 0 {
		t.Errorf("%d logs on finished spans", st.Spans.UseAfterFinish)
	}
}

func TestTransportClosesIdleConnections(t *testing.T) {
	closed := 0
	c := &http.Client{Transport: spurhttp.Transport(closer{func() { closed++ }})}
	c.CloseIdleConnections()
	if closed != 1 {
		t.Errorf("closed %d times", closed)
	}
}

type closer struct{ close func() }

func (closer) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no") }
func (c closer) CloseIdleConnections()                         { c.close() }

// With an instrumented http.DefaultTransport spur's own requests are not traced.
func TestExportersAreNotTraced(t *testing.T) {
	asked := make(chan string, 10)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path + " " + r.Header.Get("uber-trace-id")
		if r.URL.Path == "/sampling" {
			fmt.Fprint(w, `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1}}`)
		}
	}))
	defer s.Close()
	http1, err := transport.NewHTTP(s.URL+"/api/traces", transport.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	delivery, err := reporter.NewBatching(http1, reporter.BatchingOptions{})
	if err != nil {
		t.Fatal(err)
	}
	remote, err := sampler.NewRemote("self", sampler.RemoteOptions{Endpoint: s.URL + "/sampling", Initial: sampler.NewConst(true)})
	if err != nil {
		t.Fatal(err)
	}
	tracer, err := spur.New("self", spur.WithSampler(remote), spur.WithReporter(delivery))
	if err != nil {
		t.Fatal(err)
	}
	before := http.DefaultTransport
	http.DefaultTransport = spurhttp.Transport(before, spurhttp.WithTracer(tracer))
	defer func() { http.DefaultTransport = before }()
	tracer.StartSpan("work").Finish()
	if err := tracer.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for len(seen) < 2 {
		seen[<-asked] = true
	}
	if err := tracer.Close(); err != nil {
		t.Fatal(err)
	}
	if !seen["/sampling "] || !seen["/api/traces "] || tracer.Stats().Spans.Started != 1 {
		t.Errorf("requests %v, %d spans", seen, tracer.Stats().Spans.Started)
	}
}
