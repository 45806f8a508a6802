// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/sampler"
)

// TestSamplesAsJaegerSays: what a strategies file says of a service is what the
// sampler does, with the answers of an agent 1.62 and with those of v2, which are
// spelled differently; and the query service has the traces that were sampled, all
// of them and no others.
func TestSamplesAsJaegerSays(t *testing.T) {
	for _, version := range []string{"1.62", "2"} {
		t.Run("Jaeger "+version, func(t *testing.T) {
			cases := strategyCases(fmt.Sprintf("e2e-%08x-", rand.Uint32()))
			file := filepath.Join(t.TempDir(), "strategies.json")
			writeStrategies(t, file, cases)
			t.Setenv("E2E_STRATEGIES", file)
			r := start(t, version)
			for i := range cases {
				c := &cases[i]
				t.Run(c.name, func(t *testing.T) { c.check(t, r) })
			}
			t.Run("the file changes", func(t *testing.T) {
				c := &cases[0]
				tracer := c.tracer(t, r)
				awaitSampling(t, tracer, func(s sampler.Status) bool { return s.Type == c.kind && s.Param == c.param })
				c.file.Type, c.file.Param = "ratelimiting", 3
				writeStrategies(t, file, cases)
				awaitSampling(t, tracer, func(s sampler.Status) bool { return s.Type == "ratelimiting" && s.Param == 3 })
			})
		})
	}
}

// strategyCase is an entry of a strategies file, and what is to come of it.
type strategyCase struct {
	name    string
	service string
	file    *fileStrategy // nil: the file does not list the service
	fromEnv bool          // configure the tracer by the environment

	kind, tag  string             // what the sampler's status says, and the tag sampler.type
	param      float64            // likewise, and the tag of operations that are not listed
	operations map[string]float64 // probability by operation
	perSecond  float64            // or a limit, in traces a second
}

// fileStrategy is how Jaeger writes a strategy.
type fileStrategy struct {
	Service    string          `json:"service,omitempty"`
	Operation  string          `json:"operation,omitempty"`
	Type       string          `json:"type"`
	Param      float64         `json:"param"`
	Operations []*fileStrategy `json:"operation_strategies,omitempty"`
}

// health stands in the default strategy, so it counts for every service but those
// with a limit.
const health = "GET /health"

func strategyCases(prefix string) []strategyCase {
	operation := func(name, kind string, param float64) *fileStrategy {
		return &fileStrategy{Operation: name, Type: kind, Param: param}
	}
	perOperation := func() *fileStrategy {
		return &fileStrategy{Type: "probabilistic", Param: 0.3, Operations: []*fileStrategy{
			operation("half", "probabilistic", 0.5),
			operation("rare", "probabilistic", 0.05),
			operation("always", "probabilistic", 1),
			operation("never", "probabilistic", 0),
			operation("limited", "ratelimiting", 1), // Jaeger says so in its log, and leaves it out
		}}
	}
	operations := map[string]float64{"half": 0.5, "rare": 0.05, "always": 1, "never": 0, "limited": 0.3, "other": 0.3, health: 0}
	cases := []strategyCase{
		{
			name: "probabilistic", file: &fileStrategy{Type: "probabilistic", Param: 0.2},
			kind: "peroperation", tag: "probabilistic", param: 0.2, operations: map[string]float64{"some": 0.2, health: 0},
		},
		{
			name: "per operation", file: perOperation(),
			kind: "peroperation", tag: "probabilistic", param: 0.3, operations: operations,
		},
		{
			name: "per operation, environment", file: perOperation(), fromEnv: true,
			kind: "peroperation", tag: "probabilistic", param: 0.3, operations: operations,
		},
		{
			// Jaeger sends the operations of the default strategy along.
			name: "rate limiting", file: &fileStrategy{Type: "ratelimiting", Param: 5},
			kind: "ratelimiting", tag: "ratelimiting", param: 5, perSecond: 5,
		},
		{
			name: "default",
			kind: "peroperation", tag: "probabilistic", param: 0.1, operations: map[string]float64{"any": 0.1, health: 0},
		},
	}
	for i := range cases {
		c := &cases[i]
		c.service = fmt.Sprintf("%s%d", prefix, i)
		if c.file != nil {
			c.file.Service = c.service
		}
	}
	return cases
}

func writeStrategies(t *testing.T, file string, cases []strategyCase) {
	t.Helper()
	strategies := struct {
		Services []*fileStrategy `json:"service_strategies"`
		Default  *fileStrategy   `json:"default_strategy"`
	}{Default: &fileStrategy{
		Type: "probabilistic", Param: 0.1,
		Operations: []*fileStrategy{{Operation: health, Type: "probabilistic", Param: 0}},
	}}
	for _, c := range cases {
		if c.file != nil {
			strategies.Services = append(strategies.Services, c.file)
		}
	}
	text, err := json.MarshalIndent(strategies, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// tracer returns the tracer of the service. It ends with the test.
func (c *strategyCase) tracer(t *testing.T, r rig) *spur.Tracer {
	t.Helper()
	if !c.fromEnv {
		return remoteTracer(t, r, c.service)
	}
	host, port, err := net.SplitHostPort(r["E2E_AGENT_COMPACT"])
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"JAEGER_SERVICE_NAME": c.service, "JAEGER_AGENT_HOST": host, "JAEGER_AGENT_PORT": port,
		"JAEGER_SAMPLING_ENDPOINT": r["E2E_SAMPLING"], "JAEGER_SAMPLER_REFRESH_INTERVAL": refresh.String(),
	} {
		t.Setenv(name, value)
	}
	tracer, err := spur.New("", spur.FromEnv())
	return closing(t, tracer, err)
}

// check starts traces and compares how many are sampled with what the file says,
// and what Jaeger has of them with what was sampled.
func (c *strategyCase) check(t *testing.T, r rig) {
	tracer := c.tracer(t, r)
	awaitSampling(t, tracer, func(s sampler.Status) bool {
		return s.Type == c.kind && s.Param == c.param && s.Source == r["E2E_SAMPLING"] && !s.Updated.IsZero() && s.Fetched > 0
	})
	if c.perSecond > 0 {
		const seconds, often = 6, 100
		traces, n := drive(tracer, "limited", seconds*time.Second, time.Second/often)
		// The bucket starts full.
		if most := int(c.perSecond*(seconds+1)) + 1; n < int(c.perSecond*seconds)-1 || n > most {
			t.Errorf("%d traces in %d s, not %v to %d", n, seconds, c.perSecond*seconds, most)
		}
		t.Logf("%d of %d traces in %d s", n, traces, seconds)
		c.tags(t, r.sampled(t, tracer, c.service, "limited", n), c.param)
	}
	for operation, p := range c.operations {
		const traces = 1000
		n := 0
		for range traces {
			n += trace1(tracer, operation)
		}
		// Five standard deviations: one run in two million is further off.
		if off := math.Abs(float64(n) - traces*p); off > 5*math.Sqrt(traces*p*(1-p)) {
			t.Errorf("%s: %d of %d traces, not a share of %v", operation, n, traces, p)
		}
		t.Logf("%s: %d of %d traces at %v", operation, n, traces, p)
		c.tags(t, r.sampled(t, tracer, c.service, operation, n), p)
	}
}

// tags checks what Jaeger knows of why spans were sampled.
func (c *strategyCase) tags(t *testing.T, spans []facts, param float64) {
	t.Helper()
	for _, f := range spans {
		kind, p := f["attribute sampler.type"], f["attribute sampler.param"]
		if kind != "stringValue "+c.tag || p != double(param) {
			t.Fatalf("%s is tagged sampler.type=%q, sampler.param=%q, not %s and %v", f["name"], kind, p, c.tag, param)
		}
	}
}
