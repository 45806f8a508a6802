// SPDX-License-Identifier: Apache-2.0

// Command thrift writes the datagrams and bodies that spur and jaeger-client-go send
// of the same two traces. It is run in the module internal/conformance, which has
// both. usage: thrift DIRECTORY
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"
	jaegerhttp "github.com/uber/jaeger-client-go/transport"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

var start = time.Date(2026, 11, 28, 12, 0, 0, 123456000, time.UTC)

func at(us int) opentracing.StartTime {
	return opentracing.StartTime(start.Add(time.Duration(us) * time.Microsecond))
}

func finish(s opentracing.Span, us int, logs ...opentracing.LogRecord) {
	s.FinishWithOptions(opentracing.FinishOptions{FinishTime: start.Add(time.Duration(us) * time.Microsecond), LogRecords: logs})
}

func logged(us int, fields ...otlog.Field) opentracing.LogRecord {
	return opentracing.LogRecord{Timestamp: start.Add(time.Duration(us) * time.Microsecond), Fields: fields}
}

type stringer struct{ a, b int }

// emit traces a request. n makes the ids that arrive from outside.
func emit(t opentracing.Tracer, n uint64) {
	extract := func(flags string) opentracing.SpanContext {
		c, err := t.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"uber-trace-id": fmt.Sprintf("%016x%016x:%016x:0:%s", 0x5107<<48|n, 0xf1f1<<48|n, 0xaaaa<<48|n, flags)})
		check(err)
		return c
	}
	root := t.StartSpan("GET /x", at(0), ext.SpanKindRPCServer, opentracing.Tags{"http.method": "GET"})
	for _, tag := range []opentracing.Tag{
		{Key: "bool.true", Value: true},
		{Key: "bool.false", Value: false},
		{Key: "int", Value: -7},
		{Key: "int8", Value: int8(-8)},
		{Key: "uint16", Value: uint16(16)},
		{Key: "int64.min", Value: int64(math.MinInt64)},
		{Key: "int64.max", Value: int64(math.MaxInt64)},
		{Key: "int64.beyond_double", Value: int64(1<<53 + 1)},
		{Key: "uint64.max", Value: uint64(math.MaxUint64)},
		{Key: "float32", Value: float32(0.25)},
		{Key: "float64", Value: 1.0 / 3},
		{Key: "float64.max", Value: math.MaxFloat64},
		{Key: "float64.whole", Value: 3.0},
		{Key: "float64.minus_zero", Value: math.Copysign(0, -1)},
		{Key: "text", Value: "plain"},
		{Key: "text.empty", Value: ""},
		{Key: "text.unicode", Value: "Grüße, 世界 🚀 \u202e"},
		{Key: "text.hostile", Value: "</script><img src=x>' OR 1=1 --\x00\r\n\"{{7*7}}"},
		{Key: "text.not_utf8", Value: "a\xff\xfeb"},
		{Key: "text.long", Value: strings.Repeat("0123456789", 60)},
		{Key: "text.json", Value: `{"a":[1,{"b":null}]}`},
		{Key: "bytes", Value: []byte{0, 1, 0x7f, 0x80, 0xff}},
		{Key: "bytes.empty", Value: []byte{}},
		{Key: "nil", Value: nil},
		{Key: "error.value", Value: errors.New("an error")},
		{Key: "struct", Value: stringer{1, 2}},
		{Key: "", Value: "no key"},
		{Key: "ключ\n\"key\"", Value: "odd key"},
		{Key: "twice", Value: "first"},
		{Key: "twice", Value: "second"},
		{Key: "twice", Value: 3},
		{Key: "http.status_code", Value: uint16(500)},
	} {
		root.SetTag(tag.Key, tag.Value)
	}
	child := t.StartSpan("SELECT", at(100), ext.SpanKindRPCClient, opentracing.ChildOf(root.Context()), opentracing.FollowsFrom(extract("1")), opentracing.Tag{Key: "peer.service", Value: "db"})
	ext.Error.Set(child, true)
	finish(child, 900,
		logged(200, otlog.Event("error"), otlog.String("message", "boom"), otlog.Error(errors.New("deadlock")), otlog.Int("attempt", 2)),
		logged(300, otlog.Bool("b", true), otlog.Int32("i32", -32), otlog.Int64("i64", math.MinInt64), otlog.Uint32("u32", 32), otlog.Uint64("u64", 64),
			otlog.Float32("f32", 0.5), otlog.Float64("f64", 0.1), otlog.Object("o", stringer{3, 4}), otlog.String("text", "ß"), otlog.String("text", "twice"), otlog.Object("raw", []byte{0xff})),
		logged(-50, otlog.String("event", "before its span")),
	)
	finish(t.StartSpan("follows", at(1000), opentracing.FollowsFrom(root.Context())), 1200)
	finish(t.StartSpan("no time", at(1000), opentracing.ChildOf(root.Context())), 1000)
	finish(t.StartSpan("outlives its parent", at(1000), opentracing.ChildOf(root.Context())), 5_000_000)
	finish(t.StartSpan("producer", at(1100), ext.SpanKindProducer, opentracing.ChildOf(root.Context()), opentracing.Tag{Key: "error", Value: "true"}), 1150)
	finish(t.StartSpan("<b>\"näme\"</b>\n'; DROP TABLE span;--", at(1200), opentracing.ChildOf(root.Context())), 1300)
	finish(root, 2000)

	// The second trace came from elsewhere, with flags.
	for i, flags := range []string{"1", "3", "9"} {
		finish(t.StartSpan("flags "+flags, at(3000+i), ext.SpanKindConsumer, opentracing.ChildOf(extract(flags))), 3100)
	}
}

// ids are numbered.
type ids struct{ high, n atomic.Uint64 }

func (g *ids) number() uint64         { return 0x7a<<56 | g.high.Load()<<48 | g.n.Add(1) }
func (g *ids) SpanID() model.SpanID   { return model.SpanID(g.number()) }
func (g *ids) highHalf() uint64       { return 0x0051<<48 | g.high.Load() }
func (g *ids) TraceID() model.TraceID { return model.TraceID{High: g.highHalf(), Low: g.number()} }

func main() {
	log.SetFlags(0)
	// A receiver of datagrams and one of bodies, which keep one delivery each.
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(err)
	came := make(chan []byte, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		check(err)
		came <- b
		if strings.HasSuffix(r.URL.Path, "/api/traces") {
			w.WriteHeader(http.StatusAccepted)
		}
	}))
	go func() {
		for {
			b := make([]byte, 1<<16)
			n, _, err := conn.ReadFrom(b)
			check(err)
			came <- b[:n]
		}
	}()
	agent := conn.LocalAddr().String()

	for i, m := range []struct {
		file, service string
		wide          bool
		to            func() any
	}{
		{"thrift/spur-compact-values.bin", "spur-compact", true, func() any { return udp(agent, transport.JaegerCompact) }},
		{"thrift/spur-compact-64bit.bin", "spur-64bit", false, func() any { return udp(agent, transport.JaegerCompact) }},
		{"thrift/spur-binary-values.bin", "spur-binary", true, func() any { return udp(agent, transport.JaegerBinary) }},
		{"thrift/spur-http-values.bin", "spur-http", true, func() any { return post(server.URL + "/api/traces") }},
		{"otlp/spur-values.pb", "spur-otlp", true, func() any { return post(server.URL + "/v1/traces") }},
		{"otlp/spur-64bit.pb", "spur-otlp-64bit", false, func() any { return post(server.URL + "/v1/traces") }},
		{"thrift/jaegergo-compact-values.bin", "jaegergo-compact", true, func() any {
			u, err := jaeger.NewUDPTransport(agent, 0)
			check(err)
			return u
		}},
		{"thrift/jaegergo-compact-64bit.bin", "jaegergo-64bit", false, func() any {
			u, err := jaeger.NewUDPTransport(agent, 0)
			check(err)
			return u
		}},
		{"thrift/jaegergo-http-values.bin", "jaegergo-http", true, func() any { return jaegerhttp.NewHTTPTransport(server.URL + "/api/traces?format=jaeger.thrift") }},
	} {
		g := &ids{}
		g.high.Store(uint64(i + 1))
		var t opentracing.Tracer
		var closer io.Closer
		switch to := m.to().(type) {
		case transport.Transport:
			b, err := reporter.NewBatching(to, reporter.BatchingOptions{Shards: 1, FlushInterval: time.Minute})
			check(err)
			tracer, err := spur.New(m.service, spur.WithReporter(b), spur.WithSampler(sampler.NewConst(true)), spur.WithIDGenerator(g), spur.WithTraceID128(m.wide),
				spur.WithTags(opentracing.Tag{Key: "hostname", Value: "host-1"}, opentracing.Tag{Key: "ip", Value: "10.0.0.7"}, opentracing.Tag{Key: "client-uuid", Value: "0123456789abcdef"},
					opentracing.Tag{Key: "zone", Value: "eu"}, opentracing.Tag{Key: "n", Value: 7}, opentracing.Tag{Key: "raw", Value: []byte{1}}))
			check(err)
			t, closer = tracer, tracer
		case jaeger.Transport:
			options := []jaeger.TracerOption{
				jaeger.TracerOptions.RandomNumber(g.number), jaeger.TracerOptions.Tag("ip", "10.0.0.7"), jaeger.TracerOptions.Tag("zone", "eu"),
				jaeger.TracerOptions.Tag("n", 7), jaeger.TracerOptions.Tag("raw", []byte{1}), jaeger.TracerOptions.MaxTagValueLength(1000),
			}
			if m.wide {
				options = append(options, jaeger.TracerOptions.Gen128Bit(true), jaeger.TracerOptions.HighTraceIDGenerator(g.highHalf))
			}
			t, closer = jaeger.NewTracer(m.service, jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(to, jaeger.ReporterOptions.BufferFlushInterval(time.Minute)), options...)
		}
		emit(t, uint64(i+1))
		check(closer.Close())
		check(os.WriteFile(filepath.Join(os.Args[1], m.file), <-came, 0o644))
		if len(came) > 0 {
			log.Fatalf("%s came in pieces", m.file)
		}
	}

	// Damage, made of what came: each must cost itself alone.
	good, err := os.ReadFile(filepath.Join(os.Args[1], "thrift/spur-compact-values.bin"))
	check(err)
	check(os.WriteFile(filepath.Join(os.Args[1], "thrift/broken-compact-cut.bin"), good[:len(good)/2], 0o644))
	good, err = os.ReadFile(filepath.Join(os.Args[1], "thrift/spur-http-values.bin"))
	check(err)
	check(os.WriteFile(filepath.Join(os.Args[1], "thrift/broken-http-cut.bin"), good[:len(good)/2], 0o644))
	check(os.WriteFile(filepath.Join(os.Args[1], "thrift/broken-http-huge.bin"), binary.BigEndian.AppendUint32([]byte{15, 0, 2, 12}, math.MaxInt32), 0o644))
}

func udp(agent string, f transport.Format) any {
	u, err := transport.NewUDP(agent, transport.UDPOptions{Format: f})
	check(err)
	return u
}

func post(url string) any {
	h, err := transport.NewHTTP(url, transport.HTTPOptions{})
	check(err)
	return h
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
