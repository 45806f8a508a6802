// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

// http.DefaultTransport may be one of ours, made of itself, and more than once.
func TestTransportAsTheDefault(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	transport, client := http.DefaultTransport, http.DefaultClient
	defer func() { http.DefaultTransport, http.DefaultClient = transport, client }()
	tracer, spans := spurtest.New(t)
	early := spurhttp.Client(nil, spurhttp.WithTracer(tracer))
	for n := range 2 {
		spans.Reset()
		http.DefaultTransport = spurhttp.Transport(nil, spurhttp.WithTracer(tracer))
		http.DefaultClient = spurhttp.Client(nil, spurhttp.WithTracer(tracer))
		for _, c := range []*http.Client{early, {}, http.DefaultClient} {
			resp, err := c.Get(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			c.CloseIdleConnections()
		}
		if got, want := len(spans.Spans()), []int{4, 6}[n]; got != want {
			t.Errorf("%d spans, want %d", got, want)
		}
	}
}

func TestTransportUnwraps(t *testing.T) {
	next := &http.Transport{}
	rt := spurhttp.Transport(next)
	if u, ok := rt.(interface{ Unwrap() http.RoundTripper }); !ok || u.Unwrap() != http.RoundTripper(next) {
		t.Error("no Unwrap")
	}
	if u, ok := rt.(interface{ WrappedRoundTripper() http.RoundTripper }); !ok || u.WrappedRoundTripper() != http.RoundTripper(next) {
		t.Error("no WrappedRoundTripper")
	}
}

// Nothing panics that works without this package, and what does not work is refused by
// whoever refuses it without.
func TestNil(t *testing.T) {
	tracer, spans := spurtest.New(t)
	nothing := []any{
		spurhttp.WithOperationName(nil), spurhttp.WithFilter(nil), spurhttp.WithSemanticNames(), spurhttp.WithTracer(nil), spurhttp.WithHosts(nil),
		spurhttp.WithoutProbes(), spurhttp.WithEdgePolicy(spur.IgnoreCaller), spurhttp.WithPhases(), nil,
	}
	var forHandler []spurhttp.HandlerOption
	forTransport := []spurhttp.TransportOption{spurhttp.WithTracer(tracer)}
	for _, o := range nothing {
		if h, ok := o.(spurhttp.HandlerOption); ok || o == nil {
			forHandler = append(forHandler, h)
		}
		if tr, ok := o.(spurhttp.TransportOption); ok || o == nil {
			forTransport = append(forTransport, tr)
		}
	}
	requests := map[string]*http.Request{
		"empty": {}, "no URL": {Method: http.MethodGet, Header: http.Header{"User-Agent": {"x"}}}, "no header": {Method: "GET", URL: &url.URL{Path: "/healthz"}},
		"CONNECT": {Method: http.MethodConnect, Host: "x:1"}, "empty URL": {URL: &url.URL{}},
	}
	for name, r := range requests {
		for _, h := range []http.Handler{http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }), routes{}} {
			for _, opts := range [][]spurhttp.HandlerOption{nil, {spurhttp.WithSemanticNames()}, forHandler} {
				w := httptest.NewRecorder()
				spurhttp.Handler(tracer, h, opts...).ServeHTTP(w, r)
				if w.Code != http.StatusNoContent {
					t.Errorf("%s: status %d", name, w.Code)
				}
			}
		}
		answers := roundTrip(func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 204}, nil })
		for _, opts := range [][]spurhttp.TransportOption{{spurhttp.WithTracer(tracer)}, forTransport} {
			if resp, err := spurhttp.Transport(answers, opts...).RoundTrip(r); err != nil || resp.StatusCode != 204 {
				t.Errorf("%s: answer %v, %v", name, resp, err)
			}
		}
	}
	refuses := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.ErrUnsupported })
	if _, err := spurhttp.Transport(refuses).RoundTrip(nil); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("no request: %v", err)
	}
	spans.Reset()
}

// routes is a router that needs a URL.
type routes struct{}

func (routes) Handler(r *http.Request) (http.Handler, string) {
	return nil, "/" + r.URL.Path[:0]
}

func (routes) ServeHTTP(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }

// Without a default there is nothing to send with, and an error says so.
func TestNoDefaults(t *testing.T) {
	transport, client, mux := http.DefaultTransport, http.DefaultClient, http.DefaultServeMux
	defer func() { http.DefaultTransport, http.DefaultClient, http.DefaultServeMux = transport, client, mux }()
	http.DefaultTransport, http.DefaultClient, http.DefaultServeMux = nil, nil, http.NewServeMux()
	c := spurhttp.Client(nil)
	c.CloseIdleConnections()
	if resp, err := c.Get("http://x/"); err == nil {
		resp.Body.Close()
		t.Error("no error")
	}
	if _, err := spurhttp.Transport(nil).RoundTrip(nil); err == nil {
		t.Error("no error")
	}
	http.HandleFunc("GET /default", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "default") })
	tracer, spans := spurtest.New(t)
	for _, tr := range []*spur.Tracer{nil, tracer} {
		w := httptest.NewRecorder()
		spurhttp.Handler(tr, nil).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/default", nil))
		if w.Body.String() != "default" {
			t.Errorf("got %q", w.Body)
		}
	}
	if got := spans.Spans(); len(got) != 1 || got[0].Operation != "GET /default" {
		t.Errorf("got %v", got)
	}
}
