// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
)

// findings returns lines such as "warn JAEGER_TYPO: unknown, and ignored".
func findings(vars ...string) (lines []string) {
	for _, f := range with(vars...).configuration().Findings {
		lines = append(lines, fmt.Sprintf("%v %s: %s", f.Status, f.Subject, f.Text))
	}
	return lines
}

func TestFindings(t *testing.T) {
	for _, tc := range []struct{ vars, want string }{
		{"", ""},
		{"JAEGER_SERVICE_NAME=a JAEGER_AGENT_HOST=h JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1", ""},
		{"JAEGER_TYPO=1", "warn JAEGER_TYPO: unknown, and ignored"},
		{"JAEGER_AGENT_HOTS=1", "warn JAEGER_AGENT_HOTS: unknown, and ignored: did you mean JAEGER_AGENT_HOST?"},
		{"OTEL_FOO=1", "warn OTEL_FOO: unknown, and ignored"},
		{"OTEL_EXPORTER_JAEGER_AGENT_HOST=h", "warn OTEL_EXPORTER_JAEGER_AGENT_HOST: unknown, and ignored: did you mean JAEGER_AGENT_HOST?"},
		{"OTEL_EXPORTER_JAEGER_X=h", "warn OTEL_EXPORTER_JAEGER_X: unknown, and ignored"},
		{"OTEL_METRICS_EXPORTER=none", "ok OTEL_METRICS_EXPORTER: not for a tracer"},
		{"OTEL_BSP_MAX_QUEUE=1", "warn OTEL_BSP_MAX_QUEUE: unknown, and ignored"},
		{"JAEGER_AGENT_SERVICE_HOST=10.0.0.1", ""}, // Kubernetes sets it
		{"JAEGER_AGENT_PORT=tcp://10.0.0.1:6831", "warn JAEGER_AGENT_PORT: variable ignored: Kubernetes sets it for a service of that name"},
		{"JAEGER_SAMPLER_TYPE=konst", "FAIL JAEGER_SAMPLER_TYPE: New returns an error: not one of const, probabilistic, ratelimiting, remote (value konst)"},
		{"JAEGER_AUTH_TOKEN=cana\x01ry JAEGER_ENDPOINT=http://h", "FAIL JAEGER_AUTH_TOKEN: New returns an error: contains characters that a header cannot carry (value ***)"},
		{"OTEL_BSP_SCHEDULE_DELAY=1s", "warn OTEL_BSP_SCHEDULE_DELAY: wrong setting ignored (value 1s, error not a whole number from 1 to 86400000)"},
		{"JAEGER_RPC_METRICS=true", "warn JAEGER_RPC_METRICS: this version has no use for these variables"},
		{"JAEGER_SERVICE_NAME=a OTEL_SERVICE_NAME=b", "warn OTEL_SERVICE_NAME: not used, since variables that win say something else"},
		{"JAEGER_SERVICE_NAME=a OTEL_RESOURCE_ATTRIBUTES=service.name=b", "warn OTEL_RESOURCE_ATTRIBUTES: its service.name, b, is not used: another variable names the service a"},
		{"OTEL_SERVICE_NAME=a OTEL_RESOURCE_ATTRIBUTES=service.name=a", ""},
		{"JAEGER_TAGS=a=1,b=2 OTEL_RESOURCE_ATTRIBUTES=a=1,b=canary", "warn OTEL_RESOURCE_ATTRIBUTES: not used for keys that JAEGER_TAGS has with other values: b"},
		{"JAEGER_TAGS=a=${X} X=1 OTEL_RESOURCE_ATTRIBUTES=a=1", ""},
		{"JAEGER_ENDPOINT=http://h JAEGER_AGENT_PORT=1", "warn JAEGER_AGENT_PORT: spans do not go where these variables say, since JAEGER_ENDPOINT is set"},
		{"JAEGER_ENDPOINT=http://h JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=1m", "warn JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL: not used: spans do not go to an agent"},
		{"JAEGER_REPORTER_TIMEOUT=1", "warn JAEGER_REPORTER_TIMEOUT: not used: spans go to an agent, over UDP"},
		{"JAEGER_ENDPOINT=http://h OTEL_EXPORTER_OTLP_TRACES_HEADERS=a=b", "warn OTEL_EXPORTER_OTLP_TRACES_HEADERS: not used: spans are not sent in OTLP"},
		{"JAEGER_PASSWORD=canary", "warn JAEGER_PASSWORD: not used: these variables go with JAEGER_ENDPOINT, which is not set"},
		{"OTEL_TRACES_SAMPLER=always_on JAEGER_SAMPLING_ENDPOINT=http://h", "warn JAEGER_SAMPLING_ENDPOINT: not used: the sampler asks no server"},
		{"JAEGER_SAMPLING_ENDPOINT=http://h JAEGER_SAMPLER_PORT=1", "warn JAEGER_SAMPLER_PORT: not used: another variable has the whole address of the sampling server"},
		{"OTEL_TRACES_SAMPLER=jaeger_remote OTEL_TRACES_SAMPLER_ARG=endpoint=http://a JAEGER_SAMPLING_ENDPOINT=http://b", "warn OTEL_TRACES_SAMPLER_ARG: its endpoint is not used: another variable names the sampling server"},
		{"OTEL_TRACES_SAMPLER=jaeger_remote OTEL_TRACES_SAMPLER_ARG=pollingIntervalMs=5000 JAEGER_SAMPLER_REFRESH_INTERVAL=1m", "warn OTEL_TRACES_SAMPLER_ARG: its pollingIntervalMs is not used: JAEGER_SAMPLER_REFRESH_INTERVAL is set"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://h OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=1000 JAEGER_REPORTER_TIMEOUT=2000", "warn OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: not used: JAEGER_REPORTER_TIMEOUT is set"},
		{"JAEGER_SAMPLER_TYPE=const OTEL_TRACES_SAMPLER=always_on", "warn OTEL_TRACES_SAMPLER: not used, since JAEGER_SAMPLER_TYPE or JAEGER_SAMPLER_PARAM is set"},
		{"JAEGER_SAMPLING_ENDPOINT=h:14250", "warn environment: port 14250 speaks gRPC; Jaeger says how to sample over HTTP at port 5778 (endpoint h:14250)"},
		{"JAEGER_DISABLED=1 JAEGER_SAMPLING_ENDPOINT=http://h JAEGER_REPORTER_TIMEOUT=1", ""},
		{"JAEGER_TAGS=a=1,a=2", "warn JAEGER_TAGS: keys set more than once, the last value is used (keys [a])"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://h OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "warn OTEL_EXPORTER_OTLP_PROTOCOL: OTLP endpoint not used, and spans that have no other destination are lost (value grpc, error spur sends http/protobuf: set http/protobuf, and port 4318 instead of 4317, endpoint http://h/v1/traces)"},
	} {
		if got := strings.Join(findings(strings.Fields(tc.vars)...), "\n"); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.vars, got, tc.want)
		}
	}
}

func TestUnknownAreBounded(t *testing.T) {
	var vars []string
	for i := range 10_000 {
		vars = append(vars, fmt.Sprintf("JAEGER_X%d=canary", i))
	}
	lines := findings(vars...)
	if len(lines) != maxFindings+1 || lines[maxFindings] != "warn environment: 9900 more unknown variables" {
		t.Errorf("%d lines, the last %s", len(lines), lines[len(lines)-1])
	}
}

func TestVariablesOfTheClient(t *testing.T) {
	c := with("JAEGER_AGENT_HOST=h", "OTEL_SERVICE_NAME=a", "JAEGER_PROPAGATION=jaeger").configuration()
	for _, imported := range []bool{false, true} {
		c.Findings = nil
		c.unreadByClient(imported)
		if len(c.Findings) != 1 || c.Findings[0].Subject != "OTEL_SERVICE_NAME, JAEGER_PROPAGATION" || (c.Findings[0].Status == warn) != imported {
			t.Errorf("imported %v: %+v", imported, c.Findings)
		}
	}
	c = with("JAEGER_AGENT_HOST=h").configuration()
	if c.unreadByClient(true); len(c.Findings) != 0 {
		t.Errorf("found %+v", c.Findings)
	}
}

// FuzzConfiguration wants lines that a terminal shows as they are, whatever the
// environment holds.
func FuzzConfiguration(f *testing.F) {
	f.Add("JAEGER_\x1b[31m", "x")
	f.Add("JAEGER_SERVICE_NAME", "a\nb\x1b]0;x\a\u202e\xff")
	f.Add("JAEGER_ENDPOINT", "http://h/\x7f\r")
	f.Add("OTEL_RESOURCE_ATTRIBUTES", "service.name=%0a%1b,%0a=%00")
	f.Add("JAEGER_TAGS", "a\x1b=${JAEGER_TAGS:\n}")
	f.Add("OTEL_TRACES_SAMPLER_ARG", "endpoint=\x1b")
	f.Add("JAEGER_SAMPLING_ENDPOINT", strings.Repeat("é\u2028", 10_000))
	f.Fuzz(func(t *testing.T, name, value string) {
		r := report{Configuration: with(name+"="+value, "OTEL_TRACES_SAMPLER=jaeger_remote").configuration()}
		var text strings.Builder
		if err := r.write(&text); err != nil {
			t.Fatal(err)
		}
		for _, c := range text.String() {
			if c != '\n' && !unicode.IsPrint(c) {
				t.Fatalf("%q=%q: a line has %q:\n%q", name, value, c, &text)
			}
		}
		if text.Len() > 64<<10 {
			t.Errorf("%d bytes", text.Len())
		}
	})
}
