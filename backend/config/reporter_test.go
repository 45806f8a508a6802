// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/config"
)

// TestReporter: the variables of Jaeger's agent say where an agent sends spans, and
// forward.endpoint where it sends them instead.
func TestReporter(t *testing.T) {
	env := []string{
		"REPORTER_GRPC_HOST_PORT=a:1, dns:///b:2", "REPORTER_GRPC_TLS_ENABLED=true", "REPORTER_GRPC_TLS_CA=ca", "REPORTER_GRPC_TLS_SKIP_HOST_VERIFY=true",
		"AGENT_TAGS=zone=${ZONE:b}", "PROCESSOR_JAEGER_COMPACT_SERVER_HOST_PORT=:1", "HTTP_SERVER_HOST_PORT=:2", "ADMIN_HTTP_HOST_PORT=:3", "SPUR_FORWARD_SPOOL=/s",
		// These have no use.
		"REPORTER_TYPE=grpc", "REPORTER_GRPC_RETRY_MAX=5", "PROCESSOR_JAEGER_BINARY_WORKERS=9", "PROCESSOR_ZIPKIN_COMPACT_SERVER_HOST_PORT=:5775", "SPAN_STORAGE_TYPE=memory",
	}
	c, warning, err := config.Parse(config.Agent, nil, env)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"REPORTER_TYPE", "REPORTER_GRPC_RETRY_MAX", "PROCESSOR_JAEGER_BINARY_WORKERS", "PROCESSOR_ZIPKIN_COMPACT_SERVER_HOST_PORT", "SPAN_STORAGE_TYPE"} {
		if !strings.Contains(warning, name) {
			t.Errorf("no %s: %s", name, warning)
		}
	}
	want := config.Default(config.Agent).Forward
	want.Endpoints, want.Protocol, want.Spool = []string{"a:1", "dns:///b:2"}, "jaeger-grpc", "/s"
	want.TLS = config.ClientTLS{Enabled: true, CA: "ca", SkipVerify: true}
	if got := c.Outgoing(); !reflect.DeepEqual(got, want) || !reflect.DeepEqual(c.Asked(), want) {
		t.Errorf("%+v and %+v, want %+v", got, c.Asked(), want)
	}
	if c.Tags["zone"] != "b" || c.CompactUDP != ":1" || c.SamplingHTTP != ":2" || c.AdminHTTP != ":3" {
		t.Errorf("%+v", c)
	}

	c, _, err = config.Parse(config.Agent, []string{"--forward.endpoint=o:4317"}, env)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Outgoing(); got.Endpoints[0] != "o:4317" || got.Protocol != "otlp-grpc" || !reflect.DeepEqual(c.Asked(), want) {
		t.Errorf("%+v and %+v", got, c.Asked())
	}
}

// TestAsked: an agent that was not told which collectors it has.
func TestAsked(t *testing.T) {
	for args, want := range map[string][2]string{ // where spans go, and who is asked
		"":                          {config.DefaultCollector, config.DefaultCollector},
		"--forward.endpoint=o:4317": {"o:4317", ""},
		"--forward.endpoint=http://t:1 --forward.protocol=thrift-http": {"http://t:1", "http://t:1"},
		"--forward.endpoint=g:1 --forward.protocol=jaeger-grpc":        {"g:1", "g:1"},
	} {
		c, _, err := config.Parse(config.Agent, strings.Fields(args), nil)
		if err != nil {
			t.Fatal(args, err)
		}
		if got := [2]string{strings.Join(c.Outgoing().Endpoints, ","), strings.Join(c.Asked().Endpoints, ",")}; got != want {
			t.Errorf("%s: %q", args, got)
		}
	}
}

func TestReporterWrong(t *testing.T) {
	for want, args := range map[string]string{
		"no use without reporter.grpc.tls.enabled": "--reporter.grpc.tls.ca=x",
		"reporter.grpc.tls: cert and key need":     "--reporter.grpc.tls.enabled --reporter.grpc.tls.cert=x",
		"no use without forward.endpoint":          "--forward.protocol=otlp-http",
		"forward.tls: no use":                      "--forward.tls.enabled",
		"unknown flag":                             "--span-storage.type=memory",
	} {
		if _, _, err := config.Parse(config.Agent, strings.Fields(args), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
}
