// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/go-spur/spur"
)

// TestSettingsAreTheTracers compares what is reported with a tracer that FromEnv has
// really made.
func TestSettingsAreTheTracers(t *testing.T) {
	for _, vars := range []string{
		"", "JAEGER_AGENT_HOST=127.0.0.1 JAEGER_AGENT_PORT=7000", "JAEGER_ENDPOINT=http://127.0.0.1:1/api/traces JAEGER_AGENT_HOST=h",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1 OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
		"JAEGER_ENDPOINT=wrong", "JAEGER_SAMPLER_TYPE=konst", "OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=0.5",
		"JAEGER_SAMPLER_TYPE=probabilistic JAEGER_SAMPLER_PARAM=0.5", "JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=3", "OTEL_TRACES_EXPORTER=none",
	} {
		t.Run(vars, func(t *testing.T) {
			for _, v := range strings.Fields(vars) {
				name, value, _ := strings.Cut(v, "=")
				t.Setenv(name, value)
			}
			e := with(strings.Fields(vars)...)
			rows := map[string]setting{}
			for _, s := range e.settings() {
				rows[s.Name] = s
			}
			tracer, err := spur.New("orders", spur.FromEnv(), spur.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
			failed := worst(e.configuration().Findings, func(f finding) status { return f.Status }) == fail
			if (err != nil) != failed {
				t.Errorf("New returns %v, the report has a FAIL: %v", err, failed)
			}
			if err != nil {
				return
			}
			defer tracer.Close()
			stats := tracer.Stats()
			if got := rows["destination"].Source; got != stats.Source {
				t.Errorf("the destination comes from %s, the tracer says %s", got, stats.Source)
			}
			for _, d := range stats.Destinations {
				if got := rows["destination"]; !strings.Contains(got.Value+got.Note, d.Address) {
					t.Errorf("the destination is %+v, the tracer's %s", got, d.Address)
				}
			}
			kind, _, _ := strings.Cut(rows["sampler"].Value, ":")
			if !strings.Contains(stats.Sampling.Description, kind) {
				t.Errorf("the sampler is %s, the tracer's %s", rows["sampler"].Value, stats.Sampling.Description)
			}
		})
	}
}
