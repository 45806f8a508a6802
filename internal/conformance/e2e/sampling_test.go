// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// TestSamplesAsJaegerSays: what a strategies file says of a service is what the
// sampler does, with the answers of an agent 1.62 and with those of v2, whose
// spelling differs; and the query service has exactly the traces that were sampled.
func TestSamplesAsJaegerSays(t *testing.T) {
	for _, version := range []string{"1.62", "2"} {
		t.Run("Jaeger "+version, func(t *testing.T) {
			cases := strategyCases(fmt.Sprintf("%08x", rand.Uint32()))
			file := filepath.Join(t.TempDir(), "strategies.json")
			writeStrategies(t, file, cases)
			t.Setenv("E2E_STRATEGIES", file)
			r := start(t, version)
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					tracer := sampledTracer(t, r, c.service)
					c.check(t, r, tracer, r["E2E_SAMPLING"])
				})
			}
			t.Run("environment", func(t *testing.T) {
				c := cases[0]
				for name, value := range map[string]string{
					"JAEGER_SERVICE_NAME":             c.service,
					"JAEGER_SAMPLING_ENDPOINT":        r["E2E_SAMPLING"],
					"JAEGER_SAMPLER_REFRESH_INTERVAL": refresh.String(),
				} {
					t.Setenv(name, value)
				}
				tracer, err := spur.New("", spur.FromEnv(), spur.WithReporter(udpReporter(t, r)))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { tracer.Close() })
				c.operations = maps.Clone(c.operations)
				for name, p := range c.operations {
					delete(c.operations, name)
					c.operations[name+" again"] = p
				}
				c.check(t, r, tracer, r["E2E_SAMPLING"])
			})
			t.Run("a changed file", func(t *testing.T) {
				c := &cases[1]
				tracer := sampledTracer(t, r, c.service)
				awaitSampling(t, tracer, func(s sampler.Status) bool { return s.Type == "peroperation" && s.Param == 0.2 })
				c.kind, c.param, c.operations = "probabilistic", 1, map[string]float64{"changed": 1}
				writeStrategies(t, file, cases)
				awaitSampling(t, tracer, func(s sampler.Status) bool { return s.Param == 1 })
				c.check(t, r, tracer, r["E2E_SAMPLING"])
			})
		})
	}
}
