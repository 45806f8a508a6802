// SPDX-License-Identifier: Apache-2.0

package env

import (
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// FuzzEnv sets two variables to anything: an error names one of them, only JAEGER_*
// variables are errors, and a tracer can be built from what passed.
func FuzzEnv(f *testing.F) {
	index := func(name string) uint8 {
		for i, v := range table {
			if v.name == name {
				return uint8(i)
			}
		}
		f.Fatalf("no variable %s", name)
		return 0
	}
	for _, s := range [][4]string{
		{"JAEGER_TAGS", "a", "JAEGER_DISABLED", "yes"},                            // jaeger-client-go panics
		{"OTEL_BSP_MAX_QUEUE_SIZE", "-5", "OTEL_BSP_SCHEDULE_DELAY", "0"},         // OpenTelemetry's SDK panics
		{"OTEL_BSP_MAX_QUEUE_SIZE", "99999999999", "JAEGER_AGENT_PORT", "0x1"},    // and allocates until it dies
		{"OTEL_TRACES_SAMPLER", "traceidratio", "OTEL_TRACES_SAMPLER_ARG", "NaN"}, // and samples everything
		{"JAEGER_AGENT_HOST", "::1", "JAEGER_AGENT_PORT", "6831"},                 // too many colons
		{"JAEGER_SAMPLER_TYPE", "ratelimiting", "JAEGER_SAMPLER_PARAM", "1e-320"}, // ten milliards of years
		{"JAEGER_SAMPLER_TYPE", "Const", "JAEGER_SAMPLER_PARAM", "-0"},
		{"JAEGER_SAMPLER_HOST", "::%eth0", "JAEGER_SAMPLER_SAMPLING_PATH", "a:b?%zz"},
		{"JAEGER_ENDPOINT", "http://[::1%25x]:1/", "JAEGER_PASSWORD", "\xff"},
		{"JAEGER_REPORTER_FLUSH_INTERVAL", "1ns", "JAEGER_PROPAGATION", ","},
		{"JAEGER_ENDPOINT", "https://u:%zz@h/v1/traces", "OTEL_EXPORTER_OTLP_HEADERS", "a=b"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://h/%2f?q#f", "OTEL_EXPORTER_OTLP_HEADERS", "a=%0a,b"},
		{"OTEL_TRACES_EXPORTER", "otlp", "OTEL_EXPORTER_OTLP_HEADERS", "host=x,content-length=-1"},
		{"OTEL_TRACES_EXPORTER", "otlp", "OTEL_EXPORTER_OTLP_CERTIFICATE", "/dev/null"},
		{"OTEL_TRACES_EXPORTER", "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
		{"OTEL_RESOURCE_ATTRIBUTES", "service.name=%ff,%", "JAEGER_TAGS", "${A:="},
		{"OTEL_PROPAGATORS", "none,xray", "JAEGER_PROPAGATION", "none"},
	} {
		f.Add(index(s[0]), s[1], index(s[2]), s[3])
	}
	f.Fuzz(func(t *testing.T, i uint8, value string, j uint8, value2 string) {
		one, two := table[int(i)%len(table)].name, table[int(j)%len(table)].name
		s := read(one+"="+value, two+"="+value2)
		for _, e := range s.Errors {
			if e.Name != one && e.Name != two || !strings.HasPrefix(e.Name, "JAEGER_") || len(e.Value) > 128 || len(e.Err.Error()) > 1000 {
				t.Fatalf("%s and %s: error %v", one, two, e)
			}
		}
		if log := dump(Settings{Warnings: s.Warnings}); len(log) > 4000 {
			t.Errorf("the log is %.5000q", log)
		}
		if len(s.Errors) > 0 {
			return
		}
		checkBuilds(t, s)
		for _, n := range []int{s.QueueSpans, s.MaxOperations, s.TagsPerSpan, s.LogsPerSpan, s.FieldsPerLog, s.RefsPerSpan, int(s.FlushInterval), int(s.RetryBudget), int(s.Timeout), int(s.RefreshInterval)} {
			if n < 0 {
				t.Errorf("%s", dump(s))
			}
		}
	})
}

// checkBuilds makes what the root makes of the settings.
func checkBuilds(t *testing.T, s Settings) {
	t.Helper()
	var err error
	switch s.Sampler {
	case "ratelimiting":
		_, err = sampler.NewRateLimiting(s.SamplerParam)
	case "probabilistic", "remote":
		_, err = sampler.NewProbabilistic(s.SamplerParam)
	}
	if err != nil {
		t.Errorf("sampler: %v", err)
	}
	if at := s.SamplingEndpoint; at != "" {
		if !strings.Contains(at, "://") {
			at = "http://" + at
		}
		if _, _, err := address.URL(at); err != nil {
			t.Errorf("sampling server %q: %v", s.SamplingEndpoint, err)
		}
	}
	e := s.Endpoint
	if e == nil {
		return
	}
	if e.UDP() {
		_, err = transport.NewUDP(e.Address, transport.UDPOptions{})
	} else {
		_, err = transport.NewHTTP(e.Address, e.HTTP)
	}
	if err != nil {
		t.Errorf("%s: %v", e.SetBy, err)
	}
	if strings.HasPrefix(e.SetBy, "JAEGER_") && (e.HTTP.Header != nil || e.HTTP.CertFile != "" || e.HTTP.CAFile != "") {
		t.Errorf("%s: what is meant for another host would go to %+v", e.SetBy, e)
	}
}
