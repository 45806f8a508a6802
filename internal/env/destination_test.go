// SPDX-License-Identifier: Apache-2.0

package env

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
)

func TestEndpointOrder(t *testing.T) {
	const (
		collector  = "JAEGER_ENDPOINT=http://c/api/traces"
		jaegerOTLP = "JAEGER_ENDPOINT=http://c/v1/traces"
		agent      = "JAEGER_AGENT_HOST=a"
		traces     = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://t/x"
		general    = "OTEL_EXPORTER_OTLP_ENDPOINT=http://g"
		exporter   = "OTEL_TRACES_EXPORTER=otlp"
		elsewhere  = "spur: spans do not go where these variables say, since "
	)
	for _, tc := range []struct {
		name   string
		vars   []string
		want   string // endpoint; "" when none is chosen
		source string
		log    string // a part of it; "" when nothing is logged
	}{
		{"nothing", nil, "", "", ""},
		{"exporter", []string{exporter}, "otlp http://localhost:4318/v1/traces", "OTEL_TRACES_EXPORTER", ""},
		{"general", []string{exporter, general}, "otlp http://g/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT", ""},
		{"traces", []string{exporter, general, traces}, "otlp http://t/x", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""},
		{"wrong traces", []string{general, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=t"}, "otlp http://g/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT", "wrong setting ignored"},
		{"agent", []string{exporter, general, traces, agent}, "jaeger-compact a:6831", "JAEGER_AGENT_HOST", elsewhere + "JAEGER_AGENT_HOST is set [variables [OTEL_TRACES_EXPORTER OTEL_EXPORTER_OTLP_TRACES_ENDPOINT]]"},
		{"agent's port", []string{traces, "JAEGER_AGENT_PORT=1"}, "jaeger-compact localhost:1", "JAEGER_AGENT_PORT", elsewhere + "JAEGER_AGENT_PORT is set [variables [OTEL_EXPORTER_OTLP_TRACES_ENDPOINT]]"},
		{"agent's host and port", []string{"JAEGER_AGENT_HOST=::1", "JAEGER_AGENT_PORT=5775"}, "jaeger-compact [::1]:5775", "JAEGER_AGENT_HOST", ""},
		{"collector", []string{exporter, general, traces, agent, collector}, "jaeger-batch http://c/api/traces", "JAEGER_ENDPOINT", elsewhere + "JAEGER_ENDPOINT is set [variables [OTEL_TRACES_EXPORTER OTEL_EXPORTER_OTLP_TRACES_ENDPOINT]]"},
		{"collector, general", []string{general, collector}, "jaeger-batch http://c/api/traces", "JAEGER_ENDPOINT", "[OTEL_EXPORTER_OTLP_ENDPOINT]"},
		{"one place twice", []string{exporter, "OTEL_EXPORTER_OTLP_ENDPOINT=http://c", jaegerOTLP}, "otlp http://c/v1/traces", "JAEGER_ENDPOINT", ""},
		{"collector, agent for sampling", []string{agent, collector}, "jaeger-batch http://c/api/traces", "JAEGER_ENDPOINT", ""},
		{"collector, agent", []string{agent, "JAEGER_AGENT_PORT=1", "JAEGER_SAMPLING_ENDPOINT=s:1", collector}, "jaeger-batch http://c/api/traces", "JAEGER_ENDPOINT", "[JAEGER_AGENT_HOST JAEGER_AGENT_PORT]"},
		{"collector, agent, sampling by oneself", []string{agent, "OTEL_TRACES_SAMPLER=always_on", collector}, "jaeger-batch http://c/api/traces", "JAEGER_ENDPOINT", "[JAEGER_AGENT_HOST]"},
		{"none", []string{"OTEL_TRACES_EXPORTER=none", collector, agent, general}, "", "OTEL_TRACES_EXPORTER", elsewhere + "OTEL_TRACES_EXPORTER is set [variables [JAEGER_ENDPOINT JAEGER_AGENT_HOST]]"},
		{"console", []string{"OTEL_TRACES_EXPORTER=console", agent, "JAEGER_AGENT_PORT=1", traces}, "", "OTEL_TRACES_EXPORTER", "[JAEGER_AGENT_HOST JAEGER_AGENT_PORT OTEL_EXPORTER_OTLP_TRACES_ENDPOINT]"},
		{"jaeger, and OTLP for metrics", []string{"OTEL_TRACES_EXPORTER=jaeger", general, agent}, "jaeger-compact a:6831", "JAEGER_AGENT_HOST", ""},
		{"console beside an agent", []string{"OTEL_TRACES_EXPORTER=console,jaeger", agent}, "jaeger-compact a:6831", "JAEGER_AGENT_HOST", ""},
		{"jaeger, not OTLP", []string{"OTEL_TRACES_EXPORTER=jaeger", general}, "", "", ""},

		{
			"gRPC",
			[]string{general, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"},
			"", "",
			"{spur: OTLP endpoint not used, and spans that have no other destination are lost [variable OTEL_EXPORTER_OTLP_PROTOCOL value grpc error spur sends http/protobuf: set http/protobuf, and port 4318 instead of 4317 endpoint http://g/v1/traces]}",
		},
		{"gRPC for others", []string{general, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=HTTP/protobuf"}, "otlp http://g/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT", ""},
		{"JSON for traces", []string{exporter, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json"}, "", "", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL value http/json"},
		{"gRPC where nobody wants OTLP", []string{agent, general, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"}, "jaeger-compact a:6831", "JAEGER_AGENT_HOST", "[OTEL_EXPORTER_OTLP_ENDPOINT]"},
		{"a wrong protocol", []string{general, "OTEL_EXPORTER_OTLP_PROTOCOL=thrift"}, "otlp http://g/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT", "wrong setting ignored"},
		{"a wrong protocol of traces leaves the other", []string{general, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=thrift", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"}, "otlp http://g/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT", "wrong setting ignored"},

		{"settings", []string{exporter, "OTEL_EXPORTER_OTLP_COMPRESSION=GZIP", "OTEL_EXPORTER_OTLP_TIMEOUT=2500"}, "otlp http://localhost:4318/v1/traces gzip 2.5s", "OTEL_TRACES_EXPORTER", ""},
		{"those of traces win", []string{
			traces, "OTEL_EXPORTER_OTLP_TRACES_HEADERS=b=2", "OTEL_EXPORTER_OTLP_HEADERS=a=1", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION=none",
			"OTEL_EXPORTER_OTLP_COMPRESSION=gzip", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=2", "OTEL_EXPORTER_OTLP_TIMEOUT=1",
		}, "otlp http://t/x 2ms B=2", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""},
		{"wrong compression", []string{exporter, "OTEL_EXPORTER_OTLP_COMPRESSION=zstd"}, "otlp http://localhost:4318/v1/traces", "OTEL_TRACES_EXPORTER", "not one of gzip, none"},
		{"wrong time", []string{exporter, "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=10s"}, "otlp http://localhost:4318/v1/traces", "OTEL_TRACES_EXPORTER", "not a whole number"},
		{"of no use", []string{"OTEL_EXPORTER_OTLP_INSECURE=true", "OTEL_EXPORTER_OTLP_TRACES_INSECURE=true"}, "", "", "[OTEL_EXPORTER_OTLP_INSECURE OTEL_EXPORTER_OTLP_TRACES_INSECURE]"},
		{"of no use and wrong", []string{"OTEL_EXPORTER_OTLP_INSECURE=maybe"}, "", "", "neither true nor false"},

		{"credentials", []string{collector, "JAEGER_USER=u", "JAEGER_PASSWORD=p"}, "jaeger-batch http://c/api/traces u:p ", "JAEGER_ENDPOINT", ""},
		{"token", []string{collector, "JAEGER_AUTH_TOKEN=t"}, "jaeger-batch http://c/api/traces : t", "JAEGER_ENDPOINT", ""},
		{"the URL's user is replaced", []string{"JAEGER_ENDPOINT=http://x:y@c", "JAEGER_USER=u", "JAEGER_PASSWORD=p"}, "jaeger-batch http://c u:p ", "JAEGER_ENDPOINT", ""},
		{
			"no credentials for others",
			[]string{general, "JAEGER_USER=u", "JAEGER_PASSWORD=p", "JAEGER_AUTH_TOKEN=t"},
			"otlp http://g/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT", "[variables [JAEGER_USER JAEGER_PASSWORD JAEGER_AUTH_TOKEN]]",
		},
		{"OTLP at JAEGER_ENDPOINT", []string{jaegerOTLP, "OTEL_EXPORTER_OTLP_COMPRESSION=gzip", "OTEL_EXPORTER_OTLP_TIMEOUT=7"}, "otlp http://c/v1/traces gzip 7ms", "JAEGER_ENDPOINT", ""},
		{
			"and nobody else's secrets",
			[]string{jaegerOTLP, "OTEL_EXPORTER_OTLP_HEADERS=key=secret", "OTEL_EXPORTER_OTLP_CLIENT_KEY=/nowhere", "OTEL_EXPORTER_OTLP_CERTIFICATE=/nowhere"},
			"otlp http://c/v1/traces", "JAEGER_ENDPOINT",
			"{spur: not sent to JAEGER_ENDPOINT: these variables are meant for the endpoints of OTEL_EXPORTER_OTLP_… [variables [OTEL_EXPORTER_OTLP_HEADERS OTEL_EXPORTER_OTLP_CERTIFICATE OTEL_EXPORTER_OTLP_CLIENT_KEY]]}",
		},
		{"OTLP settings for Thrift", []string{collector, "OTEL_EXPORTER_OTLP_COMPRESSION=gzip", "OTEL_EXPORTER_OTLP_HEADERS=key=secret"}, "jaeger-batch http://c/api/traces", "JAEGER_ENDPOINT", ""},
	} {
		t.Run(tc.name, func(t *testing.T) { checkEndpoint(t, read(tc.vars...), tc.want, tc.source, tc.log) })
	}
}

func checkEndpoint(t *testing.T, s Settings, want, source, log string) {
	t.Helper()
	got := ""
	if s.Endpoint != nil {
		got = dumpEndpoint(s.Endpoint)
	}
	if got != want || s.Source != source || len(s.Errors) > 0 {
		t.Errorf("to %q because of %s, errors %v; want %q because of %s", got, s.Source, s.Errors, want, source)
	}
	if logged := dump(Settings{Warnings: s.Warnings}); !strings.Contains(logged, log) || log == "" && logged != "" || len(s.Warnings) > 1 {
		t.Errorf("logged %q, want %q", logged, log)
	}
}

func TestOTLPEndpoints(t *testing.T) {
	const base, whole = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	const hint = "spur: /v1/traces is added to OTEL_EXPORTER_OTLP_ENDPOINT, which looks whole already; a whole URL belongs into OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	for _, tc := range []struct{ name, value, want, log string }{
		{base, "http://h:4318", "http://h:4318/v1/traces", ""},
		{base, "http://h/", "http://h/v1/traces", ""},
		{base, "http://h/a/#f", "http://h/a/v1/traces", ""},
		{base, "https://u:p@h/a%2Fb/?q=1", "https://h/a%2Fb/v1/traces?q=1 u:p ", ""},
		{base, "http://h/v1/traces", "http://h/v1/traces/v1/traces", hint}, // as specified
		{base, "http://u:p@h/x/v1/traces/?q=1", "http://h/x/v1/traces/v1/traces?q=1 u:p ", hint + " [variable OTEL_EXPORTER_OTLP_ENDPOINT value http://***@h/x/v1/traces/?*** endpoint http://h/x/v1/traces/v1/traces?***]"},
		{base, "http://h/v1/metrics", "http://h/v1/metrics/v1/traces", hint},
		{base, "http://h/api/traces/", "http://h/api/traces/v1/traces", hint},
		{base, "http://h/v1/tracesx", "http://h/v1/tracesx/v1/traces", ""},
		{whole, "http://h/x?y=z", "http://h/x?y=z", ""},
		{whole, "http://h:4318", "http://h:4318", ""}, // the transport adds the path
		{whole, "http://h/v1/traces/v1/traces", "http://h/v1/traces/v1/traces", ""},
	} {
		checkEndpoint(t, read(tc.name+"="+tc.value), "otlp "+tc.want, tc.name, tc.log)
	}
	for value, reason := range map[string]string{
		"h:4317": "scheme is not http or https", "grpc://h:4317": "scheme is not http or https", "http://h:0/": "port is not within", "http://bad..host": "a part of the host's name", "http://a%3Ab:p@h": "colon",
	} {
		checkWrong(t, read(base+"="+value), base, reason)
		checkWrong(t, read(whole+"="+value), whole, reason)
	}
	// Nobody uses the base, and so nobody needs a hint.
	checkEndpoint(t, read(base+"=http://h/v1/traces", whole+"=http://t/x"), "otlp http://t/x", whole, "")
}

func TestCredentialsThatAreWrong(t *testing.T) {
	const endpoint = "JAEGER_ENDPOINT=http://h"
	for _, tc := range []struct {
		vars         []string
		name, reason string
	}{
		{[]string{endpoint, "JAEGER_USER=u"}, "JAEGER_USER", "JAEGER_PASSWORD must be set with it"},
		{[]string{endpoint, "JAEGER_PASSWORD=p"}, "JAEGER_PASSWORD", "JAEGER_USER must be set with it"},
		{[]string{endpoint, "JAEGER_USER=a:b", "JAEGER_PASSWORD=p"}, "JAEGER_USER", "colon"},
		{[]string{endpoint, "JAEGER_AUTH_TOKEN=t", "JAEGER_USER=u", "JAEGER_PASSWORD=p"}, "JAEGER_AUTH_TOKEN", "only one of them"},
		{[]string{"JAEGER_ENDPOINT=http://u:p@h", "JAEGER_AUTH_TOKEN=t"}, "JAEGER_AUTH_TOKEN", "only one of them"},
		{[]string{endpoint, "JAEGER_AUTH_TOKEN=a b"}, "JAEGER_AUTH_TOKEN", "space"},
		{[]string{endpoint, "JAEGER_AUTH_TOKEN=a\nb"}, "JAEGER_AUTH_TOKEN", "characters that a header cannot carry"},
	} {
		s := read(tc.vars...)
		if len(s.Errors) != 1 || s.Errors[0].Name != tc.name || !strings.Contains(s.Errors[0].Err.Error(), tc.reason) {
			t.Errorf("%q: %v, want %s and %q", tc.vars, s.Errors, tc.name, tc.reason)
		}
	}
}

// What protects the spans is never left out: an endpoint whose certificates cannot be
// used is not used either.
func TestCertificates(t *testing.T) {
	cert, key := writePair(t)
	rubbish := filepath.Join(t.TempDir(), "rubbish.pem")
	if err := os.WriteFile(rubbish, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	const tls = "otlp https://h/v1/traces"
	for _, tc := range []struct{ name, vars, want, log string }{
		{"authorities", "CERTIFICATE=" + cert, tls + cert, ""},
		{"pair", "CLIENT_CERTIFICATE=" + cert + " CLIENT_KEY=" + key, tls + cert + key, ""},
		{"traces win", "CERTIFICATE=/nowhere TRACES_CERTIFICATE=" + cert, tls + cert, ""},
		{"no file", "CERTIFICATE=/nowhere", "", "variable OTEL_EXPORTER_OTLP_CERTIFICATE value /nowhere"},
		{"traces' headers, and not everybody's", "TRACES_HEADERS=x HEADERS=authorization=canary", "", "variable OTEL_EXPORTER_OTLP_TRACES_HEADERS value *** error pair 1"},
		{"traces' headers are right", "TRACES_HEADERS=x=y HEADERS=x", tls + " X=y", ""},
		{"no file for traces", "CERTIFICATE=" + cert + " TRACES_CERTIFICATE=/nowhere", "", "variable OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE value /nowhere"},
		{"PEM for authorities", "CERTIFICATE=-----BEGIN\x00canary", "", "value *** error transport: bad option: CAFile looks like PEM, but the path"},
		{"PEM for a key", "CLIENT_CERTIFICATE=" + cert + " CLIENT_KEY=-----BEGIN\x00canary", "", "KeyFile looks like PEM"},
		{"PEM for a certificate", "CLIENT_CERTIFICATE=-----BEGIN\x00canary CLIENT_KEY=" + key, "", "variable OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE value *** error"},
		{"PEM for a key alone", "TRACES_CLIENT_KEY=-----BEGIN\x00canary", "", "variable OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY value *** error"},
		{"no certificate", "CERTIFICATE=" + rubbish, "", "variable OTEL_EXPORTER_OTLP_CERTIFICATE"},
		{"certificate alone", "CLIENT_CERTIFICATE=" + cert, "", "OTEL_EXPORTER_OTLP_CLIENT_KEY must be set with it"},
		{"key alone", "TRACES_CLIENT_KEY=" + key, "", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE must be set with it"},
		{"no pair", "CLIENT_CERTIFICATE=" + key + " CLIENT_KEY=" + cert, "", "variable OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			vars := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=https://h"}
			for _, v := range strings.Fields(tc.vars) {
				vars = append(vars, otlpPrefix+strings.ReplaceAll(v, "\x00", " PRIVATE KEY-----\n"))
			}
			source := ""
			if tc.want != "" {
				source = "OTEL_EXPORTER_OTLP_ENDPOINT"
			}
			s := read(vars...)
			checkEndpoint(t, s, tc.want, source, tc.log)
			if logged := dump(Settings{Warnings: s.Warnings}); strings.Contains(logged, "canary") {
				t.Errorf("logged %s", logged)
			}
			if got := dump(read(vars[1:]...)); got != "" { // read where they are needed
				t.Errorf("without an endpoint: %s", got)
			}
		})
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
