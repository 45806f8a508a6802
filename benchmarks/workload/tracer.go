// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"errors"
	"net/http"

	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/internal/bench"
)

// Peer is a way to set up a tracer.
type Peer struct {
	Name string
	New  func(Config) (*Tracer, error)
}

// Config is what differs between measurements.
type Config struct {
	Rate     float64 // the share of roots that are sampled
	UDP      string  // the address of an agent; when empty, spans go nowhere
	HTTP     string  // the URL of a collector, without a path
	Lossless bool    // finishing a span waits rather than lose it
	Refused  bool    // nobody listens at UDP: Flush and Close do not wait
}

// Tracer is one tracer at work. What it cannot do is nil.
type Tracer struct {
	Root, RootAndChild, RPC func()
	Inject, Inject2         func(http.Header) error
	Extract, Extract2       func(http.Header) error
	Open                    func() any                      // starts an RPC, and returns what keeps it alive
	Handler                 func(http.Handler) http.Handler // traces requests
	Flush                   func() error                    // waits until what has finished is sent or lost
	Lost                    func() uint64                   // how many spans the tracer counts as lost
	Sent                    func() uint64                   // how many it counts as sent
	Close                   func() error
	Most                    int // with Lossless, how many spans may finish between two calls of Flush; 0 is any number
}

// FromOpenTracing has everything but Flush, Lost, Sent, Close and Most. The RPCs are children of
// one remote span, which is sampled if t samples.
func FromOpenTracing(t opentracing.Tracer) (*Tracer, error) {
	plain := t.StartSpan("plain").Context()
	loaded := t.StartSpan("loaded").SetBaggageItem("tenant", "acme").SetBaggageItem("user", "42").Context()
	inject := func(c opentracing.SpanContext) func(http.Header) error {
		return func(h http.Header) error {
			return t.Inject(c, opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
		}
	}
	extract := func(h http.Header) error {
		_, err := t.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
		if errors.Is(err, opentracing.ErrSpanContextNotFound) { // as from NoopTracer
			return nil
		}
		return err
	}
	h := http.Header{}
	if err := inject(plain)(h); err != nil {
		return nil, err
	}
	remote, err := t.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
	if errors.Is(err, opentracing.ErrSpanContextNotFound) {
		remote, err = plain, nil
	}
	if err != nil {
		return nil, err
	}
	return &Tracer{
		Root:         func() { bench.Root(t, nil) },
		RootAndChild: func() { bench.RootAndChild(t, nil) },
		RPC:          func() { bench.RPC(t, remote) },
		Inject:       inject(plain),
		Inject2:      inject(loaded),
		Extract:      extract,
		Extract2:     extract,
		Open:         func() any { return bench.StartRPC(t, remote) },
		Handler:      func(h http.Handler) http.Handler { return nethttp.Middleware(t, h) },
	}, nil
}

// otherHeaders are those of an ordinary request.
func otherHeaders() http.Header {
	return http.Header{
		"Accept":          {"text/html,application/json"},
		"Accept-Encoding": {"gzip, deflate, br"},
		"Accept-Language": {"en"},
		"Authorization":   {"Bearer 0123456789abcdef"},
		"Content-Length":  {"512"},
		"Content-Type":    {"application/json"},
		"User-Agent":      {"Go-http-client/1.1"},
		"X-Forwarded-For": {"192.0.2.1"},
	}
}
