// SPDX-License-Identifier: Apache-2.0

package transport_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-spur/spur/spurtest"
	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/transport"
)

func arrived(t *testing.T, c *spurtest.Collector, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.Wait(ctx, n); err != nil {
		t.Fatal(err)
	}
}

// trips counts what it lets through.
type trips struct{ n atomic.Int64 }

func (r *trips) RoundTrip(req *http.Request) (*http.Response, error) {
	r.n.Add(1)
	return http.DefaultTransport.RoundTrip(req)
}

// What a program sets is sent, whoever sends it.
func TestHTTPTransport(t *testing.T) {
	for name, tt := range map[string]struct {
		byHand bool
		auth   bool
		trips  bool
	}{
		"spur": {}, "round tripper": {trips: true}, "by hand": {byHand: true},
		"spur, credentials": {auth: true}, "round tripper, credentials": {auth: true, trips: true}, "by hand, credentials": {auth: true, byHand: true},
	} {
		t.Run(name, func(t *testing.T) {
			collector, rt := spurtest.NewCollector(t), &trips{}
			options := []transport.HTTPOption{
				transport.HTTPHeaders(map[string]string{"x-tenant": "acme", "authorization": "Bearer x"}), nil,
			}
			authorization := "Bearer x"
			if tt.auth {
				options, authorization = append(options, transport.HTTPBasicAuth("bender", "robot")), "Basic YmVuZGVyOnJvYm90"
			}
			if tt.trips {
				options = append(options, transport.HTTPRoundTripper(rt))
			}
			var tp jaeger.Transport = transport.NewHTTPTransport(collector.ThriftURL()+"?format=jaeger.thrift", options...)
			if tt.byHand {
				tp = struct{ jaeger.Transport }{tp}
			}
			tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(tp))
			tracer.StartSpan("a").Finish()
			tracer.StartSpan("b").Finish()
			_ = closer.Close()
			arrived(t, collector, 2)
			var operations []string // in no order: goroutines on two processors fill two batches
			for _, s := range collector.Spans() {
				operations = append(operations, s.Operation)
			}
			slices.Sort(operations)
			if !slices.Equal(operations, []string{"a", "b"}) {
				t.Errorf("operations %q", operations)
			}
			r := collector.Requests()[0]
			if r.Header.Get("X-Tenant") != "acme" || r.Header.Get("Authorization") != authorization ||
				r.Header.Get("Content-Type") != "application/x-thrift" || !strings.HasSuffix(r.Target, "?format=jaeger.thrift") {
				t.Errorf("%+v", r)
			}
			if n := rt.n.Load(); (n > 0) != tt.trips {
				t.Errorf("%d round trips", n)
			}
		})
	}
}

// What takes OTLP alone, as newer backends do, gets OTLP.
func TestOTLP(t *testing.T) {
	collector := spurtest.NewCollector(t)
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(transport.NewHTTPTransport(collector.OTLPURL())))
	tracer.StartSpan("a").SetTag("n", 1).Finish()
	_ = closer.Close()
	arrived(t, collector, 1)
	if r := collector.Requests()[0]; r.Header.Get("Content-Type") != "application/x-protobuf" || spurtest.Tag(collector.Spans()[0], "n") != int64(1) {
		t.Errorf("%+v: %+v", r, collector.Spans())
	}
}

// A program may call the transport by itself.
func TestHTTPTransportByHand(t *testing.T) {
	collector := spurtest.NewCollector(t)
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewNullReporter())
	defer closer.Close()
	s := tracer.StartSpan("op").(*jaeger.Span)
	tp := transport.NewHTTPTransport(collector.ThriftURL(), transport.HTTPBatchSize(2))
	for i, want := range []int{0, 2, 0} {
		if n, err := tp.Append(s); n != want || err != nil {
			t.Errorf("Append %d: %d, %v", i, n, err)
		}
	}
	collector.FailNext(500, 302)
	for _, want := range []string{"error from collector: 500", "error from collector: 302"} {
		if n, err := tp.Flush(); n != 1 || err == nil || err.Error() != want {
			t.Errorf("Flush: %d, %v, want %s", n, err, want)
		}
		if _, err := tp.Append(s); err != nil {
			t.Error(err)
		}
	}
	if n, err := tp.Flush(); n != 1 || err != nil {
		t.Errorf("Flush: %d, %v", n, err)
	}
	if n, err := tp.Flush(); n != 0 || err != nil {
		t.Errorf("empty Flush: %d, %v", n, err)
	}
	arrived(t, collector, 3)
	bad := transport.NewHTTPTransport("://", transport.HTTPBatchSize(1))
	if n, err := bad.Append(s); n != 1 || err == nil {
		t.Errorf("without a scheme: %d, %v", n, err)
	}
	if err := tp.Close(); err != nil {
		t.Error(err)
	}
}

// failing fails until it has done so often enough.
type failing struct {
	left atomic.Int64
	with func(*http.Request) (*http.Response, error)
}

func (f *failing) RoundTrip(req *http.Request) (*http.Response, error) {
	if f.left.Add(-1) >= 0 {
		return f.with(req)
	}
	return http.DefaultTransport.RoundTrip(req)
}

// With the program's http.RoundTripper, too, batches are sent again.
func TestRoundTripperRetries(t *testing.T) {
	for name, with := range map[string]func(*http.Request) (*http.Response, error){
		"error": func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") },
		"503": func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 503, Header: http.Header{"Retry-After": {"0"}}, Body: http.NoBody, Request: req}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			collector, rt := spurtest.NewCollector(t), &failing{with: with}
			rt.left.Store(1)
			tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true),
				jaeger.NewRemoteReporter(transport.NewHTTPTransport(collector.ThriftURL(), transport.HTTPRoundTripper(rt)),
					jaeger.ReporterOptions.BufferFlushInterval(10*time.Millisecond)))
			tracer.StartSpan("op").Finish()
			arrived(t, collector, 1)
			if err := closer.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A batch that the collector calls too large is split.
func TestRoundTripperTooLarge(t *testing.T) {
	collector := spurtest.NewCollector(t)
	collector.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.ContentLength > 100_000 {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return true
		}
		return false
	})
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true),
		jaeger.NewRemoteReporter(transport.NewHTTPTransport(collector.ThriftURL(), transport.HTTPRoundTripper(http.DefaultTransport))))
	const n = 500
	for range n {
		tracer.StartSpan(strings.Repeat("x", 1000)).Finish()
	}
	_ = closer.Close()
	arrived(t, collector, n)
}

// What spur's transport does not take, a transport by hand does.
func TestHeadersThatSpurDoesNotSend(t *testing.T) {
	collector := spurtest.NewCollector(t)
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(
		transport.NewHTTPTransport(collector.ThriftURL(), transport.HTTPHeaders(map[string]string{"Content-Type": "application/vnd.apache.thrift.binary"}))))
	tracer.StartSpan("op").Finish()
	_ = closer.Close()
	arrived(t, collector, 1)
	if got := collector.Requests()[0].Header.Get("Content-Type"); got != "application/vnd.apache.thrift.binary" {
		t.Error(got)
	}
}

// tracked embeds a transport, and does something else than that.
type tracked struct {
	*transport.HTTPTransport
	spans atomic.Int64
}

func (t *tracked) Append(s *jaeger.Span) (int, error) {
	t.spans.Add(1)
	return t.HTTPTransport.Append(s)
}

func TestEmbeddedTransport(t *testing.T) {
	collector := spurtest.NewCollector(t)
	tp := &tracked{HTTPTransport: transport.NewHTTPTransport(collector.ThriftURL())}
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(tp))
	tracer.StartSpan("op").Finish()
	_ = closer.Close()
	arrived(t, collector, 1)
	if n := tp.spans.Load(); n != 1 {
		t.Errorf("Append was called %d times", n)
	}
	zero := &transport.HTTPTransport{}
	if r := jaeger.NewRemoteReporter(struct{ *transport.HTTPTransport }{zero}); r == nil {
		t.Error("no reporter")
	} else {
		r.Close()
	}
}

func TestHTTPBatchSize(t *testing.T) {
	collector := spurtest.NewCollector(t)
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(
		transport.NewHTTPTransport(collector.ThriftURL(), transport.HTTPBatchSize(2)), jaeger.ReporterOptions.BufferFlushInterval(time.Hour)))
	for range 5 {
		tracer.StartSpan("op").Finish()
	}
	arrived(t, collector, 4) // before Close
	_ = closer.Close()
	arrived(t, collector, 5)
	for i, r := range collector.Requests() {
		if want := []int{2, 2, 1}[i]; r.Spans != want {
			t.Errorf("request %d has %d spans, want %d", i, r.Spans, want)
		}
	}
}

// A round tripper that panics costs the batch that it was given.
func TestRoundTripperPanics(t *testing.T) {
	collector := spurtest.NewCollector(t)
	rt := &failing{with: func(*http.Request) (*http.Response, error) { panic("no") }}
	rt.left.Store(1)
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(
		transport.NewHTTPTransport(collector.ThriftURL(), transport.HTTPRoundTripper(rt), transport.HTTPBatchSize(1),
			transport.HTTPTimeout(time.Second)))) // net/http leaves a goroutine behind for so long
	for range 3 {
		tracer.StartSpan("op").Finish()
	}
	_ = closer.Close()
	arrived(t, collector, 2)
}
