// SPDX-License-Identifier: Apache-2.0

package hops

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/propagation"
)

// Route is a service with spur that calls another service for each request.
type Route struct {
	*OpenTracing
	URL     string
	to      string
	through chan Passage
}

// Passage is what became of one request: spur's two spans, and what the service
// behind has seen.
type Passage struct{ Server, Client, Served Seen }

// NewRoute starts the service, and the one behind it. The tracer writes its
// default formats and what the other library needs.
func NewRoute(t testing.TB, sample bool, to Library, needs ...propagation.Format) *Route {
	t.Helper()
	var opts []spur.Option
	if len(needs) > 0 {
		opts = append(opts, spur.WithFormats(
			[]propagation.Format{propagation.FormatJaeger, propagation.FormatW3C, propagation.FormatB3},
			append([]propagation.Format{propagation.FormatJaeger, propagation.FormatW3C}, needs...)))
	}
	r := &Route{OpenTracing: NewSpur(t, sample, opts...), to: to.Serve(t), through: make(chan Passage, 1)}
	r.URL = serve(t, r.forward)
	return r
}

// forward is what a service does that is instrumented by hand.
func (r *Route) forward(t testing.TB, h http.Header) any {
	remote, err := r.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
	if err != nil {
		t.Errorf("spur extracts from %q: %v", h, err)
	}
	server := r.StartSpan("server", ext.RPCServerOption(remote))
	defer server.Finish()
	client := r.StartSpan("client", opentracing.ChildOf(server.Context()), ext.SpanKindRPCClient)
	defer client.Finish()
	p := Passage{Server: r.read(server.Context()), Client: r.read(client.Context())}
	p.Server.Header = h
	fetch(t, r.to, r.headers(t, client), &p.Served)
	r.through <- p
	return struct{}{}
}

// Send sends a request with these headers.
func (r *Route) Send(t testing.TB, h http.Header) Passage {
	t.Helper()
	fetch(t, r.URL, h, new(any))
	return r.Passed(t)
}

// Passed returns what became of the last request, which has been answered.
func (r *Route) Passed(t testing.TB) Passage {
	t.Helper()
	select {
	case p := <-r.through:
		return p
	default:
		t.Fatal("no request came through")
		return Passage{}
	}
}

// serve starts a server on the loopback interface that answers in JSON.
func serve(t testing.TB, answer func(testing.TB, http.Header) any) (url string) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if err := json.NewEncoder(w).Encode(answer(t, req.Header)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}
