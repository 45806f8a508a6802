// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestWires(t *testing.T) {
	for _, tc := range []struct{ vars, want string }{
		{"", "agent localhost:6831 default used"},
		{"OTEL_TRACES_EXPORTER=none", ""},
		{"OTEL_TRACES_EXPORTER=console", ""},
		{"OTEL_TRACES_EXPORTER=none JAEGER_AGENT_HOST=h JAEGER_AGENT_PORT=1", "agent h:1 JAEGER_AGENT_HOST"},
		{"OTEL_TRACES_EXPORTER=otlp", "otlp http://localhost:4318/v1/traces OTEL_TRACES_EXPORTER used"},
		{"JAEGER_AGENT_PORT=1", "agent localhost:1 JAEGER_AGENT_PORT used"},
		{"JAEGER_DISABLED=1", "agent localhost:6831 default"},
		{"JAEGER_ENDPOINT=http://c JAEGER_AGENT_HOST=h OTEL_EXPORTER_OTLP_ENDPOINT=http://o", "collector http://c JAEGER_ENDPOINT used, agent h:6831 JAEGER_AGENT_HOST aside, otlp http://o/v1/traces OTEL_EXPORTER_OTLP_ENDPOINT"},
		{"JAEGER_ENDPOINT=http://c JAEGER_AGENT_HOST=h JAEGER_AGENT_PORT=1", "collector http://c JAEGER_ENDPOINT used, agent h:1 JAEGER_AGENT_HOST"},
		{"JAEGER_ENDPOINT=http://c JAEGER_AGENT_HOST=h OTEL_TRACES_SAMPLER=always_on", "collector http://c JAEGER_ENDPOINT used, agent h:6831 JAEGER_AGENT_HOST"},
		{"JAEGER_ENDPOINT=c:1", ""}, // New returns an error
		{"JAEGER_ENDPOINT=c:1 JAEGER_AGENT_PORT=1", "agent localhost:1 JAEGER_AGENT_PORT"},
		{"JAEGER_AGENT_PORT=0", ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://a OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://b", "otlp http://b OTEL_EXPORTER_OTLP_TRACES_ENDPOINT used"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://a OTEL_EXPORTER_OTLP_PROTOCOL=grpc", ""}, // lost
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://a OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_TRACES_EXPORTER=otlp JAEGER_AGENT_HOST=h", "agent h:6831 JAEGER_AGENT_HOST used"},
	} {
		var got []string
		for _, w := range with(strings.Fields(tc.vars)...).wires() {
			text := fmt.Sprint(w.at.Name(), " ", w.at.Address, " ", w.source)
			if w.used {
				text += " used"
			}
			if w.aside {
				text += " aside"
			}
			got = append(got, text)
		}
		if got := strings.Join(got, ", "); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.vars, got, tc.want)
		}
	}
}
