// SPDX-License-Identifier: Apache-2.0

package emit

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	jaegerhttp "github.com/uber/jaeger-client-go/transport"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// openTracing are spur and the client that it replaces. Each has a number of its own, which is in
// its ids.
func openTracing() []Sender {
	udp := func(f transport.Format) func(string) (transport.Transport, error) {
		return func(to string) (transport.Transport, error) {
			return transport.NewUDP(to, transport.UDPOptions{Format: f})
		}
	}
	post := func(o transport.HTTPOptions) func(string) (transport.Transport, error) {
		return func(to string) (transport.Transport, error) { return transport.NewHTTP(to, o) }
	}
	plain, zipped := post(transport.HTTPOptions{}), post(transport.HTTPOptions{Gzip: true})
	jUDP := func(to string) (jaeger.Transport, error) { return jaeger.NewUDPTransport(to, 0) }
	jHTTP := func(to string) (jaeger.Transport, error) {
		return jaegerhttp.NewHTTPTransport(to + "?format=jaeger.thrift"), nil
	}
	return []Sender{
		bySpur(1, "spur-compact", Compact, "thrift/spur-compact-values.bin", udp(transport.JaegerCompact), true),
		bySpur(2, "spur-64bit", Compact, "thrift/spur-compact-64bit.bin", udp(transport.JaegerCompact), false),
		bySpur(3, "spur-binary", Binary, "thrift/spur-binary-values.bin", udp(transport.JaegerBinary), true),
		bySpur(4, "spur-http", ThriftHTTP, "thrift/spur-http-values.bin", plain, true),
		bySpur(5, "spur-otlp", OTLPHTTP, "otlp/spur-values.pb", plain, true),
		bySpur(6, "spur-otlp-64bit", OTLPHTTP, "otlp/spur-64bit.pb", plain, false),
		again("spur-http-gzip", bySpur(4, "spur-http", ThriftHTTP, "", zipped, true)),
		again("spur-otlp-gzip", bySpur(5, "spur-otlp", OTLPHTTP, "", zipped, true)),
		byJaeger(7, "jaegergo-compact", Compact, "thrift/jaegergo-compact-values.bin", jUDP, true),
		byJaeger(8, "jaegergo-64bit", Compact, "thrift/jaegergo-compact-64bit.bin", jUDP, false),
		byJaeger(9, "jaegergo-http", ThriftHTTP, "thrift/jaegergo-http-values.bin", jHTTP, true),
	}
}

// again names a sender of what another one sends, too.
func again(name string, s Sender) Sender {
	s.Name = name
	return s
}

// ids are numbered, and begin with the sender's number.
type ids struct {
	sender uint64
	n      atomic.Uint64
}

func (g *ids) low() uint64            { return 0x7a<<56 | g.sender<<48 | g.n.Add(1) }
func (g *ids) high() uint64           { return 0x0051<<48 | g.sender }
func (g *ids) SpanID() model.SpanID   { return model.SpanID(g.low()) }
func (g *ids) TraceID() model.TraceID { return model.TraceID{High: g.high(), Low: g.low()} }

// sent sends a request's spans by the tracer.
func sent(n uint64, tracer opentracing.Tracer, closer io.Closer) error {
	request(tracer, n)
	return closer.Close()
}

func bySpur(n uint64, service string, wire Wire, file string, dial func(string) (transport.Transport, error), wide bool) Sender {
	return Sender{Name: service, Wire: wire, Services: []string{service}, Spans: 10, File: file, Send: func(_ context.Context, to string) error {
		t, err := dial(to)
		if err != nil {
			return err
		}
		b, err := reporter.NewBatching(t, reporter.BatchingOptions{Shards: 1, FlushInterval: time.Minute})
		if err != nil {
			return err
		}
		tracer, err := spur.New(
			service, spur.WithReporter(b), spur.WithSampler(sampler.NewConst(true)), spur.WithIDGenerator(&ids{sender: n}), spur.WithTraceID128(wide),
			spur.WithTags(
				opentracing.Tag{Key: "hostname", Value: "host-1"}, opentracing.Tag{Key: "ip", Value: "10.0.0.7"}, opentracing.Tag{Key: "client-uuid", Value: "0123456789abcdef"},
				opentracing.Tag{Key: "zone", Value: "eu"}, opentracing.Tag{Key: "n", Value: 7}, opentracing.Tag{Key: "raw", Value: []byte{1}},
			),
		)
		if err != nil {
			return err
		}
		return sent(n, tracer, tracer)
	}}
}

func byJaeger(n uint64, service string, wire Wire, file string, dial func(string) (jaeger.Transport, error), wide bool) Sender {
	return Sender{Name: service, Wire: wire, Services: []string{service}, Spans: 10, File: file, Send: func(_ context.Context, to string) error {
		t, err := dial(to)
		if err != nil {
			return err
		}
		g := &ids{sender: n}
		options := []jaeger.TracerOption{
			jaeger.TracerOptions.RandomNumber(g.low), jaeger.TracerOptions.Tag("ip", "10.0.0.7"), jaeger.TracerOptions.Tag("zone", "eu"),
			jaeger.TracerOptions.Tag("n", 7), jaeger.TracerOptions.Tag("raw", []byte{1}), jaeger.TracerOptions.MaxTagValueLength(1000),
		}
		if wide {
			options = append(options, jaeger.TracerOptions.Gen128Bit(true), jaeger.TracerOptions.HighTraceIDGenerator(g.high))
		}
		tracer, closer := jaeger.NewTracer(service, jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(t, jaeger.ReporterOptions.BufferFlushInterval(time.Minute)), options...)
		return sent(n, tracer, closer)
	}}
}
