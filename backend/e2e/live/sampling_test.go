// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package live

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	jaegerconfig "github.com/uber/jaeger-client-go/config"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/backend/e2e/live/emit"
)

// TestNoSettings: a service that is told nothing but where the ports are is recorded
// whole, because 5778 says so.
func TestNoSettings(t *testing.T) {
	ours := startOurs(t)
	tracer := fromEnv(t, ours)
	await(t, func() (bool, any) {
		s := tracer.Stats().Sampling
		return s.Fetched > 0 && s.Param == 1, s
	})
	for range 50 {
		tracer.StartSpan("all").Finish()
	}
	if err := tracer.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	ours.awaitTraces(t, "nothing-set", map[string]int{"all": 50})
}

// TestStrategies: what stands in the strategies file is what clients do.
func TestStrategies(t *testing.T) {
	file := filepath.Join(t.TempDir(), "strategies.json")
	if err := os.WriteFile(file, []byte(`{
		"service_strategies": [
			{"service": "nothing-set", "type": "probabilistic", "param": 0, "operation_strategies": [{"operation": "wanted", "type": "probabilistic", "param": 1}]},
			{"service": "jaegergo-remote", "type": "probabilistic", "param": 0, "operation_strategies": [{"operation": "wanted", "type": "probabilistic", "param": 1}]}
		],
		"default_strategy": {"type": "probabilistic", "param": 0.5}
	}`), 0o644); err != nil {
		t.Fatal(err)
	}
	ours := startOurs(t, file)
	tracer := fromEnv(t, ours)
	jTracer, closer, err := jaegerconfig.Configuration{
		ServiceName: "jaegergo-remote",
		Sampler: &jaegerconfig.SamplerConfig{
			Type: jaeger.SamplerTypeRemote, Param: 0, SamplingServerURL: ours.sampling, SamplingRefreshInterval: 50 * time.Millisecond,
		},
		Reporter: &jaegerconfig.ReporterConfig{LocalAgentHostPort: ours.wires[emit.Compact]},
	}.NewTracer()
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]int{}
	for service, tr := range map[string]opentracing.Tracer{"nothing-set": tracer, "jaegergo-remote": jTracer} {
		await(t, func() (bool, any) { // until then hardly any are sampled
			yes := sampled(tr.StartSpan("wanted"))
			if yes {
				wanted[service]++
			}
			return yes, service + " has no strategies"
		})
		sampled(tr.StartSpan("unwanted")) // the first one of an operation jaeger-client-go samples in any case
		for range 50 {
			if !sampled(tr.StartSpan("wanted")) || sampled(tr.StartSpan("unwanted")) {
				t.Errorf("%s does not sample as the file says", service)
			}
			wanted[service]++
		}
	}
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := tracer.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for service, n := range wanted {
		ours.awaitOperation(t, service, "wanted", n)
	}
}

// sampled finishes s, and reports whether it is sampled.
func sampled(s opentracing.Span) bool {
	defer s.Finish()
	if s, ok := s.(*spur.Span); ok {
		return s.SpanContext().IsSampled()
	}
	return s.Context().(jaeger.SpanContext).IsSampled()
}

// fromEnv is the tracer of a service that is configured by the environment alone.
func fromEnv(t *testing.T, to *receiver) *spur.Tracer {
	t.Helper()
	host, port, err := net.SplitHostPort(to.wires[emit.Compact])
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("JAEGER_AGENT_HOST", host)
	t.Setenv("JAEGER_AGENT_PORT", port)
	t.Setenv("JAEGER_SAMPLING_ENDPOINT", to.sampling)
	t.Setenv("JAEGER_SAMPLER_REFRESH_INTERVAL", "1s")
	tracer, err := spur.New("nothing-set", spur.FromEnv())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
	})
	return tracer
}

// awaitTraces waits until a service has exactly these numbers of spans, by name.
func (r *receiver) awaitTraces(t *testing.T, service string, want map[string]int) {
	t.Helper()
	await(t, func() (bool, any) {
		got := r.operations(t, service)
		return fmt.Sprint(got) == fmt.Sprint(want), got
	})
}

// awaitOperation waits until a service has n spans of a name.
func (r *receiver) awaitOperation(t *testing.T, service, operation string, n int) {
	t.Helper()
	await(t, func() (bool, any) {
		got := r.operations(t, service)
		return got[operation] == n, fmt.Sprintf("%s: %v, not %d", service, got, n)
	})
}

// operations counts a service's spans by name.
func (r *receiver) operations(t *testing.T, service string) map[string]int {
	t.Helper()
	got := map[string]int{}
	for f, name := range r.recent(t, service) {
		if f.Field == "operationName" {
			got[name[1:len(name)-1]]++ // JSON
		}
	}
	return got
}
