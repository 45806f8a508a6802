// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// TestJaegerShowsWhatWasTraced sends the same trace through real Jaegers in every
// way there is and compares what their query services say with what was done.
func TestJaegerShowsWhatWasTraced(t *testing.T) {
	for _, version := range []string{"1.62", "2"} {
		t.Run("Jaeger "+version, func(t *testing.T) {
			r := start(t, version)
			for _, way := range ways() {
				t.Run(way.name, func(t *testing.T) {
					service := fmt.Sprintf("e2e-%016x", rand.Uint64())
					tracer, closer := way.tracer(t, r, service)
					tr := newTrace(tracer)
					tr.finish()
					if err := closer.Close(); err != nil {
						t.Fatal(err)
					}
					got := r.spans(t, service, len(tr.want))
					for name, want := range tr.want {
						compare(t, name, facts(got[name]), want)
						compare(t, name+"'s process", process(got[name]), way.process(service))
					}
				})
			}
		})
	}
}

// way is how a trace gets to a Jaeger.
type way struct {
	name    string
	tracer  func(t *testing.T, r rig, service string) (opentracing.Tracer, io.Closer)
	version string // what the process says of the client
	n       string // process tag n
}

func ways() []way {
	ours := "Jaeger-Go-spur-" + spur.Version
	udp := func(agent string, format transport.Format, opts ...spur.Option) func(*testing.T, rig, string) (opentracing.Tracer, io.Closer) {
		return func(t *testing.T, r rig, service string) (opentracing.Tracer, io.Closer) {
			u, err := transport.NewUDP(r[agent], transport.UDPOptions{Format: format})
			if err != nil {
				t.Fatal(err)
			}
			b, err := reporter.NewBatching(u, reporter.BatchingOptions{})
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
	}
	return []way{
		{"compact", udp("E2E_AGENT_COMPACT", transport.JaegerCompact), ours, "intValue 7"},
		{"binary", udp("E2E_AGENT_BINARY", transport.JaegerBinary), ours, "intValue 7"},
		{"64-bit trace ids", udp("E2E_AGENT_COMPACT", transport.JaegerCompact, spur.WithTraceID128(false)), ours, "intValue 7"},
		{"environment", fromEnv, ours, "stringValue 7"},
		{"jaeger-client-go", fromJ, "Jaeger-" + jaeger.JaegerClientVersion, "intValue 7"},
	}
}

func (w *way) process(service string) map[string]string {
	return map[string]string{
		"service.name": "stringValue " + service, "zone": "stringValue eu", "n": w.n,
		"opencensus.exporterversion": "stringValue " + w.version,
	}
}

// fromEnv is the tracer of a service that is configured as its users know it.
func fromEnv(t *testing.T, r rig, service string) (opentracing.Tracer, io.Closer) {
	host, port, err := net.SplitHostPort(r["E2E_AGENT_COMPACT"])
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"JAEGER_SERVICE_NAME": service, "JAEGER_TAGS": "zone=eu, n=${E2E_NONE:7}",
		"JAEGER_AGENT_HOST": host, "JAEGER_AGENT_PORT": port,
		"JAEGER_SAMPLER_TYPE": "const", "JAEGER_SAMPLER_PARAM": "1",
	} {
		t.Setenv(name, value)
	}
	tracer, err := spur.New("", spur.FromEnv())
	if err != nil {
		t.Fatal(err)
	}
	return tracer, tracer
}

// fromJ is the client that spur replaces. What is wanted of spur is what Jaeger
// shows of this one.
func fromJ(t *testing.T, r rig, service string) (opentracing.Tracer, io.Closer) {
	u, err := jaeger.NewUDPTransport(r["E2E_AGENT_COMPACT"], 0)
	if err != nil {
		t.Fatal(err)
	}
	return jaeger.NewTracer(service, jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(u),
		jaeger.TracerOptions.Gen128Bit(true), jaeger.TracerOptions.Tag("zone", "eu"), jaeger.TracerOptions.Tag("n", 7))
}

// process is what a span's resource says, but for what only this host knows.
func process(s span) map[string]string {
	m := texts(s.resource)
	for _, key := range []string{"host.name", "client-uuid"} {
		if m[key] == "" {
			m["missing "+key] = "yes"
		}
		delete(m, key)
	}
	delete(m, "ip") // a host may have none that others know it by
	return m
}
