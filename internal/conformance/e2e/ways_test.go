// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"cmp"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	jaegerhttp "github.com/uber/jaeger-client-go/transport"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// way is how a trace gets to a receiver.
type way struct {
	name    string
	kind    string // words for it, see difference
	format  string // what the destination calls it
	tracer  newTracer
	version string // what the process says of the client
	n       string // process tag n
	large   bool   // try a large span, too
	refuses string // a receiver that refuses what comes so
}

func ways() []way {
	httpOnly := transport.HTTPOptions{}
	all := []way{
		{large: true, name: "compact", kind: "thrift udp spur", tracer: udp("E2E_AGENT_COMPACT", transport.JaegerCompact)},
		{large: true, name: "binary", kind: "thrift udp spur", tracer: udp("E2E_AGENT_BINARY", transport.JaegerBinary)},
		{name: "64 bits", kind: "thrift udp spur", tracer: udp("E2E_AGENT_COMPACT", transport.JaegerCompact, spur.WithTraceID128(false))},
		{large: true, name: "http", kind: "thrift http spur", tracer: post("E2E_COLLECTOR_HTTP", httpOnly)},
		{
			name: "http gzip", kind: "thrift http spur", tracer: post("E2E_COLLECTOR_HTTP", transport.HTTPOptions{Gzip: true}),
			refuses: "Jaeger 1.62", // it does not know what gzip is
		},
		{large: true, name: "otlp", kind: "otlp http spur", tracer: post("E2E_OTLP_HTTP", httpOnly)},
		{name: "otlp gzip", kind: "otlp http spur", tracer: post("E2E_OTLP_HTTP", transport.HTTPOptions{Gzip: true})},
		{name: "otlp 64 bits", kind: "otlp http spur", tracer: post("E2E_OTLP_HTTP", httpOnly, spur.WithTraceID128(false))},
		{
			name: "otlp with current names and stats", kind: "otlp http spur options",
			tracer: func(t *testing.T, r rig, service string) (opentracing.Tracer, io.Closer) {
				h, err := transport.NewHTTP(r["E2E_OTLP_HTTP"], httpOnly)
				return reporting(t, service, h, err, reporter.BatchingOptions{SemanticNames: true, InBandStats: true})
			},
		},
		{name: "JAEGER_AGENT_HOST", kind: "thrift udp spur", tracer: fromEnv(func(t *testing.T, r rig) map[string]string {
			host, port, err := net.SplitHostPort(r["E2E_AGENT_COMPACT"])
			if err != nil {
				t.Fatal(err)
			}
			return map[string]string{"JAEGER_AGENT_HOST": host, "JAEGER_AGENT_PORT": port}
		})},
		{name: "JAEGER_ENDPOINT", kind: "thrift http spur", tracer: fromEnv(func(t *testing.T, r rig) map[string]string {
			return map[string]string{
				"JAEGER_ENDPOINT": guarded(t, r["E2E_COLLECTOR_HTTP"]), "JAEGER_USER": guardUser, "JAEGER_PASSWORD": guardPassword,
			}
		})},
		{name: "JAEGER_ENDPOINT otlp", kind: "otlp http spur", tracer: fromEnv(func(t *testing.T, r rig) map[string]string {
			return map[string]string{"JAEGER_ENDPOINT": r["E2E_OTLP_HTTP"]}
		})},
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", kind: "otlp http spur", tracer: fromEnv(func(t *testing.T, r rig) map[string]string {
			base, _ := strings.CutSuffix(guarded(t, r["E2E_OTLP_HTTP"]), "/v1/traces")
			return map[string]string{
				"OTEL_EXPORTER_OTLP_ENDPOINT": base, "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
				"OTEL_EXPORTER_OTLP_HEADERS": "authorization=Basic%20" + base64.StdEncoding.EncodeToString([]byte(guardUser+":"+guardPassword)),
			}
		})},
		{name: "jaeger-client-go", kind: "thrift udp", tracer: fromJ(func(t *testing.T, r rig) jaeger.Transport {
			u, err := jaeger.NewUDPTransport(r["E2E_AGENT_COMPACT"], 0)
			if err != nil {
				t.Fatal(err)
			}
			return u
		}), version: jaeger.JaegerClientVersion},
		{name: "jaeger-client-go over http", kind: "thrift http", tracer: fromJ(func(_ *testing.T, r rig) jaeger.Transport {
			return jaegerhttp.NewHTTPTransport(r["E2E_COLLECTOR_HTTP"])
		}), version: jaeger.JaegerClientVersion},
	}
	for i := range all {
		w := &all[i]
		w.version = cmp.Or(w.version, "Go-spur-"+spur.Version)
		words := strings.Fields(w.kind)
		w.format = map[string]string{"thrift udp": "jaeger-compact", "thrift http": "jaeger-batch", "otlp http": "otlp"}[words[0]+" "+words[1]]
		if w.name == "binary" {
			w.format = "jaeger-binary"
		}
		w.n = "intValue 7"
		if strings.Contains(w.name, "_") {
			w.n = "stringValue 7" // environment variables know texts only
		}
	}
	return all
}

type newTracer = func(t *testing.T, r rig, service string) (opentracing.Tracer, io.Closer)

func udp(agent string, format transport.Format, opts ...spur.Option) newTracer {
	return func(t *testing.T, r rig, service string) (opentracing.Tracer, io.Closer) {
		u, err := transport.NewUDP(r[agent], transport.UDPOptions{Format: format})
		return reporting(t, service, u, err, reporter.BatchingOptions{}, opts...)
	}
}

func post(url string, o transport.HTTPOptions, opts ...spur.Option) newTracer {
	return func(t *testing.T, r rig, service string) (opentracing.Tracer, io.Closer) {
		h, err := transport.NewHTTP(r[url], o)
		return reporting(t, service, h, err, reporter.BatchingOptions{}, opts...)
	}
}

// reporting is the tracer that sends by way of a transport.
func reporting(t *testing.T, service string, to transport.Transport, err error, o reporter.BatchingOptions, opts ...spur.Option) (opentracing.Tracer, io.Closer) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b, err := reporter.NewBatching(to, o)
	if err != nil {
		t.Fatal(err)
	}
	tracer, err := spur.New(service, append([]spur.Option{
		spur.WithReporter(b), spur.WithSampler(sampler.NewConst(true)),
		spur.WithTags(opentracing.Tag{Key: "zone", Value: "eu"}, opentracing.Tag{Key: "n", Value: 7}),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return tracer, tracer
}

// fromEnv is the tracer of a service that is configured as its users know it.
func fromEnv(where func(*testing.T, rig) map[string]string) newTracer {
	return func(t *testing.T, r rig, service string) (opentracing.Tracer, io.Closer) {
		vars := where(t, r)
		vars["JAEGER_SERVICE_NAME"], vars["JAEGER_TAGS"] = service, "zone=eu, n=${E2E_NONE:7}"
		vars["JAEGER_SAMPLER_TYPE"], vars["JAEGER_SAMPLER_PARAM"] = "const", "1"
		for name, value := range vars {
			t.Setenv(name, value)
		}
		tracer, err := spur.New("", spur.FromEnv())
		if err != nil {
			t.Fatal(err)
		}
		return tracer, tracer
	}
}

// Who may pass a guard.
const (
	guardUser     = "ada"
	guardPassword = "pässword"
)

// guarded returns the URL of a proxy that hands on what comes with the right user
// and password: Jaeger takes everything.
func guarded(t *testing.T, receiver string) string {
	t.Helper()
	to, err := url.Parse(receiver)
	if err != nil {
		t.Fatal(err)
	}
	path := to.Path
	to.Path = ""
	proxy := httputil.NewSingleHostReverseProxy(to)
	guard := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if user, password, ok := req.BasicAuth(); !ok || user != guardUser || password != guardPassword {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		proxy.ServeHTTP(w, req)
	}))
	t.Cleanup(guard.Close)
	return guard.URL + path
}

// fromJ is the client that spur replaces. What is wanted of spur is what Jaeger
// shows of this one.
func fromJ(to func(*testing.T, rig) jaeger.Transport) newTracer {
	return func(t *testing.T, r rig, service string) (opentracing.Tracer, io.Closer) {
		return jaeger.NewTracer(service, jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(to(t, r)),
			jaeger.TracerOptions.Gen128Bit(true), jaeger.TracerOptions.Tag("zone", "eu"), jaeger.TracerOptions.Tag("n", 7))
	}
}
