// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/env"
)

func TestSettings(t *testing.T) {
	for _, tc := range []struct {
		vars string // separated by blanks
		name string
		want string // value | source | note
	}{
		{"", "service", "none: the program must name it | default"},
		{"JAEGER_SERVICE_NAME=a OTEL_SERVICE_NAME=b", "service", "a | JAEGER_SERVICE_NAME"},
		{"OTEL_SERVICE_NAME=b", "service", "b | OTEL_SERVICE_NAME"},
		{"OTEL_RESOURCE_ATTRIBUTES=service.name=c", "service", "c | OTEL_RESOURCE_ATTRIBUTES"},
		{"OTEL_RESOURCE_ATTRIBUTES=service.name=c", "process tags", "none | default"},
		{"OTEL_RESOURCE_ATTRIBUTES=b=canary JAEGER_TAGS=a=canary", "process tags", "b, a | JAEGER_TAGS, OTEL_RESOURCE_ATTRIBUTES"},
		{"JAEGER_DISABLED=1", "disabled", "yes | JAEGER_DISABLED | no span is recorded or sent"},
		{"OTEL_SDK_DISABLED=false", "disabled", "no | OTEL_SDK_DISABLED"},
		{"JAEGER_TRACEID_128BIT=false", "trace ids", "64 bits | JAEGER_TRACEID_128BIT"},
		{"", "headers", "reads jaeger, w3c, b3; writes jaeger, w3c | default"},
		{"JAEGER_PROPAGATION=b3 OTEL_PROPAGATORS=jaeger", "headers", "reads and writes b3 | JAEGER_PROPAGATION"},
		{"OTEL_PROPAGATORS=none", "headers", "none is read or written | OTEL_PROPAGATORS"},

		{"", "sampler", "remote: 0.001 until the server answers | default"},
		{"JAEGER_SAMPLER_PARAM=0.5", "sampler", "remote: 0.5 until the server answers | JAEGER_SAMPLER_PARAM"},
		{"JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1", "sampler", "const: all new traces | JAEGER_SAMPLER_TYPE, JAEGER_SAMPLER_PARAM"},
		{"JAEGER_SAMPLER_TYPE=const", "sampler", "const: none | JAEGER_SAMPLER_TYPE | no new trace is recorded, since JAEGER_SAMPLER_PARAM is not set"},
		{"JAEGER_SAMPLER_TYPE=probabilistic JAEGER_SAMPLER_PARAM=0", "sampler", "probabilistic: 0 of new traces | JAEGER_SAMPLER_TYPE, JAEGER_SAMPLER_PARAM | no new trace is recorded"},
		{"JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=2", "sampler", "ratelimiting: 2 new traces a second | JAEGER_SAMPLER_TYPE, JAEGER_SAMPLER_PARAM"},
		{"JAEGER_SAMPLER_TYPE=konst", "sampler", "remote: 0.001 until the server answers | default"},
		{"OTEL_TRACES_SAMPLER=always_on", "sampler", "const: all new traces, whatever callers decided | OTEL_TRACES_SAMPLER"},
		{"OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=0.25", "sampler", "probabilistic: 0.25 of new traces, whatever callers decided | OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG"},
		{"OTEL_TRACES_SAMPLER=always_on", "sampling server", "not asked | OTEL_TRACES_SAMPLER"},
		{"JAEGER_DISABLED=1", "sampling server", "not asked | JAEGER_DISABLED"},
		{"", "sampling server", "http://127.0.0.1:5778/sampling | default"},
		{"JAEGER_AGENT_HOST=h", "sampling server", "http://h:5778/sampling | JAEGER_AGENT_HOST"},
		{"JAEGER_AGENT_HOST=h JAEGER_SAMPLER_PORT=1", "sampling server", "http://h:1/sampling | JAEGER_SAMPLER_PORT, JAEGER_AGENT_HOST"},
		{"JAEGER_AGENT_HOST=h JAEGER_SAMPLER_HOST=s", "sampling server", "http://s:5778/sampling | JAEGER_SAMPLER_HOST"},
		{"JAEGER_AGENT_HOST=h JAEGER_SAMPLING_ENDPOINT=http://u:canary@s/", "sampling server", "http://***@s/ | JAEGER_SAMPLING_ENDPOINT"},
		{"JAEGER_SAMPLER_MANAGER_HOST_PORT=s:1", "sampling server", "s:1 | JAEGER_SAMPLER_MANAGER_HOST_PORT"},
		{"OTEL_TRACES_SAMPLER=jaeger_remote OTEL_TRACES_SAMPLER_ARG=endpoint=http://s,pollingIntervalMs=5000", "sampling server", "http://s | OTEL_TRACES_SAMPLER_ARG"},
		{"OTEL_TRACES_SAMPLER=jaeger_remote OTEL_TRACES_SAMPLER_ARG=endpoint=http://s,pollingIntervalMs=5000", "refresh interval", "5s | OTEL_TRACES_SAMPLER_ARG"},
		{"JAEGER_SAMPLER_REFRESH_INTERVAL=3s", "refresh interval", "3s | JAEGER_SAMPLER_REFRESH_INTERVAL"},
		{"JAEGER_SAMPLER_MAX_OPERATIONS=7", "max operations", "7 | JAEGER_SAMPLER_MAX_OPERATIONS"},

		{"", "destination", "localhost:6831, Thrift over UDP | default"},
		{"JAEGER_AGENT_HOST=h", "destination", "h:6831, Thrift over UDP | JAEGER_AGENT_HOST"},
		{"JAEGER_ENDPOINT=http://u:canary@h/api/traces JAEGER_AGENT_HOST=h", "destination", "http://h/api/traces, Thrift over HTTP, user and password | JAEGER_ENDPOINT"},
		{"JAEGER_ENDPOINT=h:14268", "destination", "none | JAEGER_ENDPOINT | New returns an error"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://h OTEL_EXPORTER_OTLP_HEADERS=a=canary OTEL_EXPORTER_OTLP_COMPRESSION=gzip", "destination", "http://h/v1/traces, OTLP over HTTP, 1 header, gzip | OTEL_EXPORTER_OTLP_ENDPOINT"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://h OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "destination", "nowhere: they are lost | OTEL_EXPORTER_OTLP_PROTOCOL | http://h/v1/traces cannot be used as this variable wants it"},
		{"OTEL_TRACES_EXPORTER=none", "destination", "nowhere | OTEL_TRACES_EXPORTER | no span leaves the program"},
		{"OTEL_TRACES_EXPORTER=console", "destination", "the standard output | OTEL_TRACES_EXPORTER"},
		{"OTEL_TRACES_EXPORTER=otlp,console", "destination", "http://localhost:4318/v1/traces, OTLP over HTTP, and the standard output | OTEL_TRACES_EXPORTER"},
		{"JAEGER_AGENT_HOST=h OTEL_TRACES_EXPORTER=jaeger,console", "destination", "h:6831, Thrift over UDP, and the standard output | JAEGER_AGENT_HOST, OTEL_TRACES_EXPORTER"},

		{"JAEGER_REPORTER_LOG_SPANS=true", "log spans", "yes | JAEGER_REPORTER_LOG_SPANS"},
		{"OTEL_BSP_MAX_QUEUE_SIZE=x JAEGER_REPORTER_MAX_QUEUE_SIZE=9", "queue size", "9 spans, 16 MiB | JAEGER_REPORTER_MAX_QUEUE_SIZE"},
		{"OTEL_BSP_MAX_QUEUE_SIZE=x", "queue size", "1000000 spans, 16 MiB | default"},
		{"OTEL_BSP_SCHEDULE_DELAY=250", "flush interval", "250ms | OTEL_BSP_SCHEDULE_DELAY"},
		{"OTEL_BSP_EXPORT_TIMEOUT=2000", "retry budget", "2s | OTEL_BSP_EXPORT_TIMEOUT"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://h OTEL_EXPORTER_OTLP_TIMEOUT=2000", "request timeout", "2s | OTEL_EXPORTER_OTLP_TIMEOUT"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://h OTEL_EXPORTER_OTLP_TIMEOUT=2000 JAEGER_REPORTER_TIMEOUT=1000", "request timeout", "1s | JAEGER_REPORTER_TIMEOUT"},
		{"JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED=1", "agent lookups", "once | JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED"},
		{"JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=1m", "agent lookups", "every 1m0s | JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL"},
		{"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=9", "tag value length", "9 characters | OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"},
		{"", "log value length", "16384 bytes | default"},
		{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=2 OTEL_ATTRIBUTE_COUNT_LIMIT=1", "tags per span", "2 | OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"},
		{"OTEL_SPAN_EVENT_COUNT_LIMIT=3", "logs per span", "3 | OTEL_SPAN_EVENT_COUNT_LIMIT"},
		{"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT=4", "fields per log", "4 | OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT"},
		{"OTEL_SPAN_LINK_COUNT_LIMIT=5", "references per span", "5 | OTEL_SPAN_LINK_COUNT_LIMIT"},
	} {
		got := ""
		for _, s := range with(strings.Fields(tc.vars)...).settings() {
			if s.Name == tc.name {
				got = strings.TrimSuffix(s.Value+" | "+s.Source+" | "+s.Note, " | ")
			}
			if (s.Note != "") != (s.Status != ok) {
				t.Errorf("%s: %s is %v, with the note %q", tc.vars, s.Name, s.Status, s.Note)
			}
		}
		if got != tc.want {
			t.Errorf("%s: %s is\n %s, want\n %s", tc.vars, tc.name, got, tc.want)
		}
	}
}

// TestSettingsNameEveryVariable finds variables that came into the table later.
func TestSettingsNameEveryVariable(t *testing.T) {
	asked := map[string]bool{}
	for _, vars := range []string{ // what is looked at depends on these
		"", "JAEGER_SAMPLER_PARAM=1", "OTEL_TRACES_SAMPLER=jaeger_remote", "JAEGER_ENDPOINT=http://h", "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED=1",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://h OTEL_EXPORTER_OTLP_TIMEOUT=1",
	} {
		e := with(strings.Fields(vars)...)
		lookup := e.lookup
		e.lookup = func(name string) (string, bool) {
			asked[name] = true
			return lookup(name)
		}
		e.settings()
	}
	for _, v := range env.Variables() {
		switch {
		case asked[v.Name]:
		case strings.HasPrefix(v.Name, "OTEL_EXPORTER_OTLP_"), strings.HasPrefix(v.Name, "JAEGER_USER"), v.Name == "JAEGER_PASSWORD", v.Name == "JAEGER_AUTH_TOKEN":
			// the destination says it in words
		case v.Name == "JAEGER_ENDPOINT", v.Name == "JAEGER_AGENT_PORT", v.Name == "OTEL_TRACES_EXPORTER":
			// Settings.Source says it
		case v.Unused:
		default:
			t.Errorf("no setting comes from %s", v.Name)
		}
	}
}
