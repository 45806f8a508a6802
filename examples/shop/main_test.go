// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/spurtest"
)

// cleanEnv hides the variables that tracers read.
func cleanEnv(t *testing.T) {
	t.Helper()
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "JAEGER_") || strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, "")
		}
	}
}

// TestOnce: the order that the README shows.
func TestOnce(t *testing.T) {
	cleanEnv(t)
	var out strings.Builder
	if err := runOnce(t.Context(), &out, worthLooking, false, ""); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	said := out.String()
	for part, times := range map[string]int{
		"The shop says: thank you, that is 1100 cents (200 OK)": 1,
		"frontend: POST /checkout":                              1,
		"frontend: /shop.Stock/Reserve":                         3,
		"stock: /shop.Stock/Reserve":                            3,
		"payment: ask bank":                                     2,
		"because=\"503 Service Unavailable":                     1,
		"waiting for lock":                                      1,
		"delivery: deliver order":                               1,
		"delivery: pack":                                        3,
		"51 spans\n":                                            1,
	} {
		if n := strings.Count(said, part); n != times {
			t.Errorf("%q is there %d times, want %d", part, n, times)
		}
	}
	if t.Failed() {
		t.Log(said)
	}
}

// TestOutOfStock: an order that the shop declines is drawn, too.
func TestOutOfStock(t *testing.T) {
	cleanEnv(t)
	var out strings.Builder
	if err := runOnce(t.Context(), &out, 33, false, ""); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, part := range []string{"The shop says: gold: out of stock", "cart.items=4", "27 spans\n"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q is not in\n%s", part, out.String())
		}
	}
}

func TestLoadRange(t *testing.T) {
	for _, perSecond := range []float64{-1, 1e-30, 1e10, math.Inf(1), math.NaN()} {
		if err := runLoad(t.Context(), io.Discard, 1, false, "udp://localhost:1", perSecond, time.Millisecond); err == nil {
			t.Errorf("%v orders a second", perSecond)
		}
	}
}

// TestLoad: what is bought under load arrives, and all spans are accounted for.
func TestLoad(t *testing.T) {
	cleanEnv(t)
	agent, err := spurtest.StartAgent(spurtest.AgentOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	var out strings.Builder
	if err := runLoad(t.Context(), &out, 1, true, "udp://"+agent.Addr(), 40, 500*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	var orders, refused, finished, sent, dropped int
	_, counts, _ := strings.Cut(out.String(), "\n")
	if _, err := fmt.Sscanf(counts, "%d orders, %d refused; %d spans finished, %d sent, %d dropped", &orders, &refused, &finished, &sent, &dropped); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	if orders == 0 || finished < 30*orders || finished != sent+dropped {
		t.Error(counts)
	}
	if err := agent.Wait(t.Context(), sent); err != nil {
		t.Error(err)
	}
	if tree := agent.Tree(); !strings.Contains(tree, "delivery: drive tour") {
		t.Errorf("no van left:\n%s", tree)
	}
}
