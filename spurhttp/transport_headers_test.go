// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

func TestTransportHosts(t *testing.T) {
	s := echo(t)
	for pattern, told := range map[string]bool{"127.0.0.1": true, "*.example.com": false} {
		hosts, err := propagation.ParseHosts(pattern)
		if err != nil {
			t.Fatal(err)
		}
		tracer, spans := spurtest.New(t)
		resp, err := spurhttp.Client(s.Client(), spurhttp.WithTracer(tracer), spurhttp.WithHosts(hosts)).Get(s.URL)
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
	for name, opts := range map[string][]spurhttp.TransportOption{"told": nil, "not told": {spurhttp.WithHosts(nobody)}} {
		t.Run(name, func(t *testing.T) {
			tracer, _ := spurtest.New(t)
			proxy := httputil.NewSingleHostReverseProxy(target)
			proxy.Transport = spurhttp.Transport(nil, opts...)
			front := httptest.NewServer(spurhttp.Handler(tracer, proxy, spurhttp.WithEdgePolicy(spur.IgnoreCaller)))
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

// WithHosts holds for requests without a span as well, and a request without a URL is for
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
		spurhttp.WithRequiredParent(), spurhttp.WithFilter(func(*http.Request) bool { return false }),
	} {
		r := request(context.Background(), t, "http://x/")
		r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
		r.Header.Set("baggage", "user=secret")
		tr := spurhttp.Transport(rt, spurhttp.WithTracer(tracer), spurhttp.WithHosts(nil), opt)
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
		if _, err := spurhttp.Transport(rt, spurhttp.WithTracer(tracer)).RoundTrip(r); err != nil {
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
