// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/propagation"
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

func TestTransportEnds(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name   string
		body   io.ReadCloser
		use    func(b io.ReadCloser)
		status int
		opts   []spurhttp.TransportOption
		failed bool
	}{
		{"closed unread", io.NopCloser(strings.NewReader("abc")), func(b io.ReadCloser) { b.Close() }, 200, nil, false},
		{"no body", http.NoBody, func(io.ReadCloser) {}, 204, nil, false},
		{"nil body", nil, func(io.ReadCloser) {}, 204, nil, false},
		{"body breaks", io.NopCloser(errReader{broken}), func(b io.ReadCloser) { _, _ = io.ReadAll(b); b.Close() }, 200, nil, true},
		{"status 404", http.NoBody, func(io.ReadCloser) {}, 404, nil, false},
		{"status 404, semantic names", http.NoBody, func(io.ReadCloser) {}, 404, []spurhttp.TransportOption{spurhttp.SemanticNames()}, true},
		{"status 503", http.NoBody, func(io.ReadCloser) {}, 503, nil, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tracer, spans := spurtest.New(t)
			rt := roundTrip(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: test.status, Body: test.body}, nil
			})
			opts := append([]spurhttp.TransportOption{spurhttp.Tracer(tracer)}, test.opts...)
			resp, err := spurhttp.Transport(rt, opts...).RoundTrip(request(context.Background(), t, "http://x/"))
			if err != nil {
				t.Fatal(err)
			}
			test.use(resp.Body)
			got := spans.Spans()
			if len(got) != 1 || (tag(&got[0], "error") == "true") != test.failed {
				t.Errorf("got %v", got)
			}
		})
	}
}

// A RoundTripper that breaks its contract, or panics, breaks nothing of ours.
func TestTransportMisbehaves(t *testing.T) {
	secret := &url.Error{Op: "Get", URL: "http://x/?token=secret", Err: errors.New("no route")}
	for name, next := range map[string]roundTrip{
		"neither answer nor error": func(*http.Request) (*http.Response, error) { return nil, nil },
		"error with a URL":         func(*http.Request) (*http.Response, error) { return nil, secret },
		"panic":                    func(*http.Request) (*http.Response, error) { panic("no milk") },
	} {
		t.Run(name, func(t *testing.T) {
			tracer, spans := spurtest.New(t)
			func() {
				defer func() {
					if p := recover(); (p != nil) != (name == "panic") {
						t.Errorf("recovered %v", p)
					}
				}()
				resp, err := spurhttp.Transport(next, spurhttp.Tracer(tracer), spurhttp.SemanticNames()).RoundTrip(request(context.Background(), t, "http://x/"))
				if resp != nil || (err != nil) != (name == "error with a URL") {
					t.Errorf("got %v, %v", resp, err)
				}
			}()
			got := spans.Spans()
			if len(got) != 1 || name != "panic" && tag(&got[0], "error") != "true" {
				t.Fatalf("spans %v", got)
			}
			if text := spans.Tree(); strings.Contains(text, "secret") {
				t.Error(text)
			}
		})
	}
}

// Closing a body while it is read is how programs give an answer up.
func TestTransportCloseDuringRead(t *testing.T) {
	tracer, spans := spurtest.New(t)
	reader, writer := io.Pipe()
	rt := roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, ContentLength: -1, Body: reader}, nil
	})
	resp, err := spurhttp.Transport(rt, spurhttp.Tracer(tracer)).RoundTrip(request(context.Background(), t, "http://x/"))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := resp.Body.Read(make([]byte, 1))
		if err == nil {
			_, err = resp.Body.Read(make([]byte, 1))
		}
		done <- err
	}()
	if _, err := writer.Write([]byte("a")); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if err := <-done; err == nil {
		t.Error("the read went on")
	}
	if got := spans.Spans(); len(got) != 1 || tag(&got[0], "error") != "" {
		t.Errorf("got %v", got)
	}
}

// The same over HTTP/2: bodies, no bodies, HEAD, and a body that is left.
func TestTransportOverHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/empty" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprint(w, "hello")
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	tracer, spans := spurtest.New(t)
	client := spurhttp.Client(s.Client(), spurhttp.Tracer(tracer), spurhttp.SemanticNames())
	for _, test := range []struct {
		method, path string
		atOnce       bool
	}{{"GET", "/", false}, {"GET", "/empty", true}, {"HEAD", "/", true}} {
		spans.Reset()
		r := request(context.Background(), t, s.URL+test.path)
		r.Method = test.method
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(spans.Spans()); (n == 1) != test.atOnce {
			t.Errorf("%s %s: %d spans before the body is closed", test.method, test.path, n)
		}
		resp.Body.Close()
		got := spans.Spans()
		if len(got) != 1 || tag(&got[0], "network.protocol.version") != "2" || tag(&got[0], "error") != "" {
			t.Errorf("%s %s: %v", test.method, test.path, got)
		}
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTransportErrors(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	listener.Close()
	tracer, spans := spurtest.New(t)
	if resp, err := spurhttp.Client(nil, spurhttp.Tracer(tracer)).Get(url); err == nil {
		resp.Body.Close()
		t.Fatal("somebody answered")
	}
	got := spans.Spans()
	if len(got) != 1 || tag(&got[0], "error") != "true" || !strings.Contains(strings.Join(logs(&got[0]), " "), "refused") {
		t.Errorf("got %v", got)
	}
}

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
		{"tracer by option", opentracing.NoopTracer{}, []spurhttp.TransportOption{spurhttp.Tracer(tracer)}, 1},
		{"parent required", tracer, []spurhttp.TransportOption{spurhttp.Tracer(tracer), spurhttp.RequireParent()}, 0},
		{"filtered", tracer, []spurhttp.TransportOption{spurhttp.Filter(func(*http.Request) bool { return false })}, 0},
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
			{spurhttp.Tracer(tracer)},
			{spurhttp.Tracer(tracer), spurhttp.RequireParent()},
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

func TestTransportHosts(t *testing.T) {
	s := echo(t)
	for pattern, told := range map[string]bool{"127.0.0.1": true, "*.example.com": false} {
		hosts, err := propagation.ParseHosts(pattern)
		if err != nil {
			t.Fatal(err)
		}
		tracer, spans := spurtest.New(t)
		resp, err := spurhttp.Client(s.Client(), spurhttp.Tracer(tracer), spurhttp.Hosts(hosts)).Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if (len(b) > 0) != told || len(spans.Spans()) != 1 {
			t.Errorf("%s: the server got %q; %d spans", pattern, b, len(spans.Spans()))
		}
	}
}

// A reverse proxy copies its caller's headers. What they say of a trace is replaced,
// and hosts that are not to know of ours do not hear of the caller's either.
func TestTransportThroughAProxy(t *testing.T) {
	var got http.Header
	backend := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Clone() }))
	defer backend.Close()
	target, err := url.Parse(backend.URL)
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := propagation.ParseHosts("*.internal")
	if err != nil {
		t.Fatal(err)
	}
	for name, opts := range map[string][]spurhttp.TransportOption{"told": nil, "not told": {spurhttp.Hosts(nobody)}} {
		t.Run(name, func(t *testing.T) {
			tracer, _ := spurtest.New(t)
			proxy := httputil.NewSingleHostReverseProxy(target)
			proxy.Transport = spurhttp.Transport(nil, opts...)
			front := httptest.NewServer(spurhttp.Handler(tracer, proxy, spurhttp.Edge(spur.IgnoreCaller)))
			defer front.Close()
			r := request(context.Background(), t, front.URL)
			for key, value := range map[string]string{
				"Uber-Trace-Id": "abc:def:0:1", "Uberctx-Role": "admin", "Baggage": "role=admin", "Jaeger-Baggage": "role=admin",
				"Jaeger-Debug-Id": "x", "Tracestate": "a=b", "Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
				"B3": "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-d", "X-Mine": "kept",
			} {
				r.Header.Set(key, value)
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			var trace []string
			for key := range got {
				switch key {
				case "Accept-Encoding", "User-Agent", "X-Forwarded-For", "X-Mine":
				default:
					trace = append(trace, key)
				}
			}
			slices.Sort(trace)
			var want []string
			if name == "told" {
				want = []string{"Traceparent", "Uber-Trace-Id"}
			}
			if !slices.Equal(trace, want) || strings.HasPrefix(got.Get("Uber-Trace-Id"), "0000000000000abc") || got.Get("X-Mine") != "kept" {
				t.Errorf("the backend got %v", got)
			}
		})
	}
}

// Hosts holds for requests without a span as well, and a request without a URL is for
// the next RoundTripper to refuse.
func TestTransportHostsWithoutASpan(t *testing.T) {
	tracer, _ := spurtest.New(t)
	refused := errors.New("no URL")
	var got http.Header
	rt := roundTrip(func(r *http.Request) (*http.Response, error) {
		if got = r.Header; r.URL == nil {
			return nil, refused
		}
		return &http.Response{StatusCode: 204, Body: http.NoBody}, nil
	})
	for _, opt := range []spurhttp.TransportOption{
		spurhttp.RequireParent(), spurhttp.Filter(func(*http.Request) bool { return false }),
	} {
		r := request(context.Background(), t, "http://x/")
		r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
		r.Header.Set("baggage", "user=secret")
		tr := spurhttp.Transport(rt, spurhttp.Tracer(tracer), spurhttp.Hosts(nil), opt)
		if _, err := tr.RoundTrip(r); err != nil || len(got) != 0 || len(r.Header) != 2 {
			t.Errorf("sent %v, the request has %v, %v", got, r.Header, err)
		}
		if _, err := tr.RoundTrip(&http.Request{}); !errors.Is(err, refused) {
			t.Errorf("without a URL: %v", err)
		}
	}
}

// What the program itself put into the headers stays, when they name no other trace;
// and a disabled tracer passes everything on.
func TestTransportLeavesOtherHeaders(t *testing.T) {
	sent := func(opt spur.Option, header map[string]string) http.Header {
		tracer, err := spur.New("test", spur.WithReporter(reporter.Null{}), opt)
		if err != nil {
			t.Fatal(err)
		}
		defer tracer.Close()
		var got http.Header
		rt := roundTrip(func(r *http.Request) (*http.Response, error) {
			got = r.Header
			return &http.Response{StatusCode: 204, Body: http.NoBody}, nil
		})
		r := request(context.Background(), t, "http://x/")
		for key, value := range header {
			r.Header.Set(key, value)
		}
		if _, err := spurhttp.Transport(rt, spurhttp.Tracer(tracer)).RoundTrip(r); err != nil {
			t.Fatal(err)
		}
		return got
	}
	own := map[string]string{"Baggage": "k=v", "Uberctx-A": "b", "Baggage-Claim": "lost", "X-B3-Sampled": "1"}
	got := sent(spur.WithSampler(sampler.NewConst(true)), own)
	for key, want := range own {
		if got.Get(key) != want {
			t.Errorf("%s = %q, want %q", key, got.Get(key), want)
		}
	}
	if got.Get("Traceparent") == "" {
		t.Errorf("no trace in %v", got)
	}
	caller := map[string]string{"Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "Tracestate": "a=b", "Baggage": "k=v"}
	got = sent(spur.WithDisabled(true), caller)
	for key, want := range caller {
		if got.Get(key) != want {
			t.Errorf("disabled: %s = %q, want %q", key, got.Get(key), want)
		}
	}
}

func TestTransportPhases(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	tracer, spans := spurtest.New(t)
	client := spurhttp.Client(s.Client(), spurhttp.Tracer(tracer), spurhttp.Phases())
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
	http.DefaultTransport = spurhttp.Transport(before, spurhttp.Tracer(tracer))
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
