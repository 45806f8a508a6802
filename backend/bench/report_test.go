// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"
	"time"
)

func TestReport(t *testing.T) {
	results := []result{
		{
			Name: "spur sqlite", Ready: 0.1, IdleRSS: 50e6, CPU: map[string]float64{"UDP": 30e-6, "OTLP": 30e-6},
			Searches: map[string]latencies{"service": {time.Millisecond, 3 * time.Millisecond, 2 * time.Millisecond}},
			Rate:     19_000, Lost: 0.001, Exists: true, Disk: 700,
		},
		{
			Name: "Jaeger 1.62 badger", CPU: map[string]float64{"UDP": 60e-6, "OTLP": 100e-6},
			Searches: map[string]latencies{"service": {time.Millisecond}},
		},
		{Name: "Jaeger 1.62 memory", CPU: map[string]float64{"UDP": 1e-6}},
	}
	var b strings.Builder
	if err := report(&b, results, 20_000); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| | spur sqlite | Jaeger 1.62 badger | Jaeger 1.62 memory |\n",
		"| disk a span | 700 B | – | – |\n",
		"| service, p50 / p99 | 2.0 / 3.0 ms | 1.0 / 1.0 ms | 0.0 / 0.0 ms |\n",
		"| CPU a span, UDP | sqlite | 30 µs | Jaeger 1.62 badger: 60 µs | 0.50 | 0.45 | **missed** |\n",
		"| CPU a span, OTLP | sqlite | 30 µs | Jaeger 1.62 badger: 100 µs | 0.30 | 0.45 | met |\n",
		"| service, p50 | sqlite | 2 ms | Jaeger 1.62 badger: 1 ms | 2.00 | 1 | **missed** |\n",
		"| ready, nothing stored | sqlite | 100 ms | – | – | 300 ms | met |\n",
		"| RSS, idle | sqlite | 50 MB | – | – | 40 MB | **missed** |\n",
		"| sustained: rate missed | sqlite | 5 % | – | – | 1 % | **missed** |\n",
		"| sustained: lost | sqlite | 0.1 % | – | – | 0 % | **missed** |\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "| memory |") {
		t.Error("a budget of what was not measured")
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{{}, {"-all-in-one=x", "more"}, {"-unknown"}} {
		if err := run(t.Context(), args, t.Output(), t.Output()); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
