// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/transport"
)

// isFile: any value of these is good until an endpoint needs it.
func isFile(name string) bool {
	return strings.HasPrefix(name, otlpPrefix) && (strings.HasSuffix(name, "CERTIFICATE") || strings.HasSuffix(name, "KEY"))
}

// otlpCases are envCases, for each setting as it holds for all signals and as it
// holds for traces.
func otlpCases() []envCase {
	cases := []envCase{
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "http://h:4318", get: target, want: "otlp otlp http://h:4318/v1/traces"},
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "http://h/", get: target, want: "otlp otlp http://h/v1/traces"},
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "https://u:p@h/a%2Fb/?q=1", get: target, want: "otlp otlp https://h/a%2Fb/v1/traces?q=1 u:p "},
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "http://h/v1/traces", get: target, want: "otlp otlp http://h/v1/traces/v1/traces"}, // as specified
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "http://h", get: source, want: "OTEL_EXPORTER_OTLP_ENDPOINT"},
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "http://h/a/#f", get: sentTo, want: "http://h/a/v1/traces"},
		{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: "http://c:4318", get: sentTo, want: "http://c:4318/v1/traces"},
		{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: "http://c:4318/", get: sentTo, want: "http://c:4318/v1/traces"},
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "h:4317", bad: "not an http or https URL with a host"},
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "grpc://h:4317", bad: "not an http or https URL with a host"},
		{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: "http://h/x?y=z", get: target, want: "otlp otlp http://h/x?y=z"},
		{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: "http://h/x", get: source, want: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"},
		{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: "http://h:0/", bad: "not a port"},
	}
	for _, prefix := range []string{otlpPrefix, otlpTracesPrefix} {
		cases = append(cases, []envCase{
			{name: prefix + "HEADERS", value: "api-key=a%20b%3D, x = y=z,,", get: target, want: "otlp otlp http://localhost:4318/v1/traces Api-Key=a b= X=y=z", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "HEADERS", value: "a=1,b", get: target, want: "agent jaeger-compact localhost:6831", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "HEADERS", value: "a=1,b", get: notes, want: ""}, // where nobody needs them
			{name: prefix + "HEADERS", value: "content-length=1", bad: "pair 1: a header name must be", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "HEADERS", value: "a=1,b", bad: `pair 2: no "=" in it`, with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "HEADERS", value: "a=%4", bad: "pair 1: bad percent-encoding", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "HEADERS", value: "a b=1", bad: "pair 1: a header name must be", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "HEADERS", value: "=1", bad: "pair 1: a header name must be", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "HEADERS", value: "a=1%0d%0ab:2", bad: "pair 1: a header cannot carry the value", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "HEADERS", value: strings.Repeat("a=,", 1001), bad: "more than 1000 pairs", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "COMPRESSION", value: "GZIP", get: target, want: "otlp otlp http://localhost:4318/v1/traces gzip", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "COMPRESSION", value: "none", get: notes, want: ""},
			{name: prefix + "COMPRESSION", value: "zstd", bad: "not one of gzip, none"},
			{name: prefix + "TIMEOUT", value: "2500", get: target, want: "otlp otlp http://localhost:4318/v1/traces 2.5s", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "TIMEOUT", value: "10s", bad: "not a whole number"},
			{name: prefix + "CERTIFICATE", value: "/nowhere", get: notes, want: ""}, // read when it is needed
			{name: prefix + "CLIENT_CERTIFICATE", value: "/nowhere", get: notes, want: ""},
			{name: prefix + "CLIENT_KEY", value: "/nowhere", get: notes, want: ""},
			{name: prefix + "PROTOCOL", value: "HTTP/protobuf", get: target, want: "otlp otlp http://localhost:4318/v1/traces", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "PROTOCOL", value: "grpc", get: target, want: "agent jaeger-compact localhost:6831", with: "OTEL_TRACES_EXPORTER=otlp"},
			{name: prefix + "PROTOCOL", value: "thrift", bad: "not one of http/protobuf, grpc, http/json"},
			{name: prefix + "INSECURE", value: "true", get: notes, want: "no use for"},
			{name: prefix + "INSECURE", value: "maybe", bad: "neither true nor false"},
		}...)
	}
	return cases
}

func TestFromEnvEndpointOrder(t *testing.T) {
	const (
		collector  = "JAEGER_ENDPOINT=http://c/api/traces"
		jaegerOTLP = "JAEGER_ENDPOINT=http://c/v1/traces"
		agent      = "JAEGER_AGENT_HOST=a"
		traces     = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://t/x"
		general    = "OTEL_EXPORTER_OTLP_ENDPOINT=http://g"
		exporter   = "OTEL_TRACES_EXPORTER=otlp"
	)
	after := WithEndpoint("udp://after")
	for _, tc := range []struct {
		name   string
		vars   []string
		before Option
		after  Option
		want   string // target
		source string
		log    string // a part of it; "" when nothing is logged
	}{
		{"nothing", nil, nil, nil, "agent jaeger-compact localhost:6831", "default", ""},
		{"exporter", []string{exporter}, nil, nil, "otlp otlp http://localhost:4318/v1/traces", "OTEL_TRACES_EXPORTER", ""},
		{"general", []string{exporter, general}, nil, nil, "otlp otlp http://g/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT", ""},
		{"traces", []string{exporter, general, traces}, nil, nil, "otlp otlp http://t/x", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""},
		{"wrong traces", []string{general, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=t"}, nil, nil, "otlp otlp http://g/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT", "wrong setting ignored"},
		{"agent", []string{exporter, general, traces, agent}, nil, nil, "agent jaeger-compact a:6831", "JAEGER_AGENT_HOST", ""},
		{"agent's port", []string{traces, "JAEGER_AGENT_PORT=1"}, nil, nil, "agent jaeger-compact localhost:1", "JAEGER_AGENT_PORT", ""},
		{"collector", []string{exporter, general, traces, agent, collector}, nil, nil, "collector jaeger-batch http://c/api/traces", "JAEGER_ENDPOINT", ""},
		{"option", []string{exporter, general, traces, agent, collector}, nil, after, "agent jaeger-compact after:6831", "WithEndpoint", ""},
		{"option before", []string{collector}, after, nil, "collector jaeger-batch http://c/api/traces", "JAEGER_ENDPOINT", ""},
		{"options around", []string{collector}, WithEndpoint("udp://before"), after, "agent jaeger-compact after:6831", "WithEndpoint", ""},
		{"options around nothing", nil, WithEndpoint("udp://before"), after, "agent jaeger-compact before:6831, agent jaeger-compact after:6831", "WithEndpoint", ""},
		{"none", []string{"OTEL_TRACES_EXPORTER=none", collector}, after, nil, "", "OTEL_TRACES_EXPORTER", ""},
		{"none and an option", []string{"OTEL_TRACES_EXPORTER=none"}, nil, after, "agent jaeger-compact after:6831", "WithEndpoint", ""},
		{"jaeger, not OTLP", []string{"OTEL_TRACES_EXPORTER=jaeger", general}, nil, nil, "agent jaeger-compact localhost:6831", "default", ""},

		{
			"gRPC",
			[]string{general, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"},
			nil, nil, "agent jaeger-compact localhost:6831", "default",
			"WARN spur: OTLP endpoint not used [variable OTEL_EXPORTER_OTLP_PROTOCOL value grpc error this version speaks http/protobuf only endpoint http://g/v1/traces]",
		},
		{"gRPC for others", []string{general, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf"}, nil, nil, "otlp otlp http://g/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT", ""},
		{"JSON for traces", []string{exporter, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json"}, after, nil, "agent jaeger-compact after:6831", "WithEndpoint", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL value http/json"},
		{"gRPC where nobody wants OTLP", []string{agent, general, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"}, nil, nil, "agent jaeger-compact a:6831", "JAEGER_AGENT_HOST", ""},

		{"the settings of traces win", []string{
			traces, "OTEL_EXPORTER_OTLP_TRACES_HEADERS=b=2", "OTEL_EXPORTER_OTLP_HEADERS=a=1", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION=none",
			"OTEL_EXPORTER_OTLP_COMPRESSION=gzip", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=2", "OTEL_EXPORTER_OTLP_TIMEOUT=1",
		}, nil, nil, "otlp otlp http://t/x 2ms B=2", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""},
		{"credentials", []string{collector, "JAEGER_USER=u", "JAEGER_PASSWORD=p"}, nil, nil, "collector jaeger-batch http://c/api/traces u:p ", "JAEGER_ENDPOINT", ""},
		{"token", []string{collector, "JAEGER_AUTH_TOKEN=t"}, nil, nil, "collector jaeger-batch http://c/api/traces : t", "JAEGER_ENDPOINT", ""},
		{"the URL's user is replaced", []string{"JAEGER_ENDPOINT=http://x:y@c", "JAEGER_USER=u", "JAEGER_PASSWORD=p"}, nil, nil, "collector jaeger-batch http://c u:p ", "JAEGER_ENDPOINT", ""},
		{
			"no credentials for others",
			[]string{general, "JAEGER_USER=u", "JAEGER_PASSWORD=p", "JAEGER_AUTH_TOKEN=t"},
			nil, nil, "otlp otlp http://g/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT",
			"[variables [JAEGER_USER JAEGER_PASSWORD JAEGER_AUTH_TOKEN]]",
		},
		{
			"OTLP at JAEGER_ENDPOINT",
			[]string{jaegerOTLP, "OTEL_EXPORTER_OTLP_COMPRESSION=gzip", "OTEL_EXPORTER_OTLP_TIMEOUT=7"},
			nil, nil,
			"otlp otlp http://c/v1/traces gzip 7ms", "JAEGER_ENDPOINT", "",
		},
		{
			"and nobody else's secrets",
			[]string{jaegerOTLP, "OTEL_EXPORTER_OTLP_HEADERS=key=secret", "OTEL_EXPORTER_OTLP_CLIENT_KEY=/nowhere"},
			nil, nil,
			"otlp otlp http://c/v1/traces", "JAEGER_ENDPOINT", "WARN spur: not sent to JAEGER_ENDPOINT: these variables are meant for the endpoints of OTEL_EXPORTER_OTLP_… [variables [OTEL_EXPORTER_OTLP_HEADERS OTEL_EXPORTER_OTLP_CLIENT_KEY]]",
		},
		{"OTLP settings for Thrift", []string{collector, "OTEL_EXPORTER_OTLP_COMPRESSION=gzip", "OTEL_EXPORTER_OTLP_HEADERS=key=secret"}, nil, nil, "collector jaeger-batch http://c/api/traces", "JAEGER_ENDPOINT", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := readEnv(tc.vars, tc.before)
			if tc.after != nil {
				tc.after.apply(c)
			}
			if err := c.validate(); err != nil {
				t.Fatal(err)
			}
			if got := target(c); got != tc.want || c.source != tc.source {
				t.Errorf("to %q because of %s, want %q because of %s", got, c.source, tc.want, tc.source)
			}
			if log := notesOf(c); !strings.Contains(log, tc.log) || tc.log == "" && log != "" || strings.Count(log, "\n") > 1 {
				t.Errorf("logged %q, want %q", log, tc.log)
			}
		})
	}
	err := readEnv([]string{collector, "JAEGER_AUTH_TOKEN=t", "JAEGER_USER=u", "JAEGER_PASSWORD=p"}).validate()
	checkConfigError(t, err, "JAEGER_AUTH_TOKEN", "only one of them")
}

// JAEGER_REPORTER_TIMEOUT wins over OpenTelemetry's.
func TestFromEnvTimeouts(t *testing.T) {
	c := readEnv([]string{"OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_TIMEOUT=7000", "JAEGER_REPORTER_TIMEOUT=3000"})
	if c.sending.timeout != 3*time.Second || c.endpoints[0].http.Timeout != 7*time.Second || c.sending.proxy == nil {
		t.Errorf("sending %+v, endpoints %+v", c.sending, c.endpoints)
	}
}

// What protects the spans is never left out: an endpoint whose certificates
// cannot be used is not used either.
func TestFromEnvCertificates(t *testing.T) {
	cert, key := writePair(t)
	rubbish := filepath.Join(t.TempDir(), "rubbish.pem")
	if err := os.WriteFile(rubbish, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	const udp, tls = "agent jaeger-compact localhost:6831", "otlp otlp https://h/v1/traces"
	for _, tc := range []struct {
		name, vars, want, log string
	}{
		{"authorities", "CERTIFICATE=" + cert, tls, ""},
		{"pair", "CLIENT_CERTIFICATE=" + cert + " CLIENT_KEY=" + key, tls, ""},
		{"traces win", "CERTIFICATE=/nowhere TRACES_CERTIFICATE=" + cert, tls, ""},
		{"no file", "CERTIFICATE=/nowhere", udp, "variable OTEL_EXPORTER_OTLP_CERTIFICATE value /nowhere"},
		{"headers", "HEADERS=x", udp, "variable OTEL_EXPORTER_OTLP_HEADERS value *** error pair 1"},
		{"traces' headers, and not everybody's", "TRACES_HEADERS=x HEADERS=authorization=canary", udp, "variable OTEL_EXPORTER_OTLP_TRACES_HEADERS value *** error pair 1"},
		{"traces' headers are right", "TRACES_HEADERS=x=y HEADERS=x", tls + " X=y", ""},
		{"no file for traces", "CERTIFICATE=" + cert + " TRACES_CERTIFICATE=/nowhere", udp, "variable OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE value /nowhere"},
		{"PEM for authorities", "CERTIFICATE=-----BEGIN\x00canary", udp, "value *** error transport: bad option: CAFile looks like PEM, but the path"},
		{"PEM for a key", "CLIENT_CERTIFICATE=" + cert + " CLIENT_KEY=-----BEGIN\x00canary", udp, "KeyFile looks like PEM"},
		{"PEM for a certificate", "CLIENT_CERTIFICATE=-----BEGIN\x00canary CLIENT_KEY=" + key, udp, "variable OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE value *** error"},
		{"PEM for a key alone", "TRACES_CLIENT_KEY=-----BEGIN\x00canary", udp, "variable OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY value *** error"},
		{"no certificate", "CERTIFICATE=" + rubbish, udp, "variable OTEL_EXPORTER_OTLP_CERTIFICATE"},
		{"certificate alone", "CLIENT_CERTIFICATE=" + cert, udp, "OTEL_EXPORTER_OTLP_CLIENT_KEY must be set with it"},
		{"key alone", "TRACES_CLIENT_KEY=" + key, udp, "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE must be set with it"},
		{"no pair", "CLIENT_CERTIFICATE=" + key + " CLIENT_KEY=" + cert, udp, "variable OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			vars := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=https://h"}
			for _, v := range strings.Fields(tc.vars) {
				vars = append(vars, otlpPrefix+strings.ReplaceAll(v, "\x00", " PRIVATE KEY-----\n"))
			}
			c := readEnv(vars)
			if got := target(c); got != tc.want {
				t.Errorf("to %q, want %q", got, tc.want)
			}
			if log := notesOf(c); !strings.Contains(log, tc.log) || strings.Contains(log, "canary") || tc.log == "" && log != "" || tc.log != "" && !strings.HasPrefix(log, "WARN spur: OTLP endpoint not used") {
				t.Errorf("logged %q, want %q", log, tc.log)
			}
		})
	}
	c := readEnv([]string{"JAEGER_ENDPOINT=https://h/v1/traces", "OTEL_EXPORTER_OTLP_CERTIFICATE=/nowhere"})
	if got := target(c); got != tls || c.endpoints[0].http.CAFile != "" || c.endpoints[0].format != transport.OTLP {
		t.Errorf("to %q, %+v", got, c.endpoints)
	}
}

// writePair makes a certificate that signs itself.
func writePair(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"h"}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}
