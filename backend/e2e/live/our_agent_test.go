// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package live

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/e2e/live/emit"
	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/server"
)

// startOurAgent starts cmd/agent in front of a receiver, and stops it when the test
// ends. What is in the result is the agent's, and the query is the receiver's.
func startOurAgent(t *testing.T, to *receiver) *receiver {
	t.Helper()
	c := config.Default(config.Agent)
	c.Reporter.Endpoints = []string{to.agents}
	c.Forward.Spool = t.TempDir()
	c.FreePorts()
	s, err := server.Start(t.Context(), c, server.Deps{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return &receiver{name: to.name + " behind cmd/agent", query: to.query, sampling: "http://" + s.Addr(server.Sampling) + "/sampling", wires: map[emit.Wire]string{
		emit.Compact: s.Addr(server.ThriftCompact), emit.Binary: s.Addr(server.ThriftBinary),
	}}
}

// TestOurAgent: what real clients send to cmd/agent is in an all-in-one as a Jaeger
// 1.62 shows it, by itself.
func TestOurAgent(t *testing.T) {
	jaeger, ours := startJaeger(t), startOurAgent(t, startOurs(t))
	for _, s := range senders(emit.Compact, emit.Binary) {
		t.Run(s.Name, func(t *testing.T) {
			send(t, s, jaeger)
			send(t, s, ours)
			compare(t, s.Name, jaeger.await(t, s), ours.await(t, s))
		})
	}
}

// TestOurAgentJaeger: a Jaeger shows the same of what comes through cmd/agent as of
// what comes through an agent of Jaeger 1.62.
func TestOurAgentJaeger(t *testing.T) {
	for _, version := range []string{"1.62", "2"} {
		t.Run(version, func(t *testing.T) {
			shown := map[string][2]golden.Facts{}
			for i, start := range []func(*testing.T, *receiver) *receiver{startAgent, startOurAgent} {
				t.Run([]string{"Jaeger's", "ours"}[i], func(t *testing.T) {
					agent := start(t, startVersion(t, version))
					for _, s := range senders(emit.Compact, emit.Binary) {
						t.Run(s.Name, func(t *testing.T) {
							send(t, s, agent)
							facts := shown[s.Name]
							facts[i] = agent.await(t, s)
							shown[s.Name] = facts
						})
					}
				})
			}
			if len(shown) == 0 {
				t.Fatal("nothing was sent")
			}
			for name, facts := range shown {
				for _, d := range golden.Compare(name, facts[0], facts[1]) {
					switch d.Field {
					case "warnings": // of what was mended
					case "tags.text.not_utf8": // mended by whoever reads it first
					case "tags.float64.minus_zero": // kept
					default:
						t.Error(d)
					}
				}
			}
		})
	}
}

// TestOurAgentSampling: cmd/agent and an agent of Jaeger 1.62, in front of the same
// Jaeger, answer the same, byte for byte.
func TestOurAgentSampling(t *testing.T) {
	t.Setenv("E2E_STRATEGIES", "../../sampling/testdata/strategies.json")
	jaeger := startJaeger(t)
	theirs, ours := startAgent(t, jaeger), startOurAgent(t, jaeger)
	for _, of := range []string{"probabilistic", "limited", "operations", "unknown", "", "ü &+"} {
		for _, path := range []string{"", "/.."} { // /sampling, and / for old clients
			wantStatus, wantType, want := get(t, theirs.sampling+path+"?"+query("service", of))
			status, contentType, got := get(t, ours.sampling+path+"?"+query("service", of))
			if status != wantStatus || contentType != wantType || string(got) != string(want) {
				t.Errorf("%s: %d %s %s, Jaeger's agent says %d %s %s", of, status, contentType, got, wantStatus, wantType, want)
			}
		}
	}
	for _, q := range []string{"", "?service=a&service=b"} {
		wantStatus, _, want := get(t, theirs.sampling+q)
		if status, _, got := get(t, ours.sampling+q); status != wantStatus || string(got) != string(want) {
			t.Errorf("%q: %d %s, Jaeger's agent says %d %s", q, status, got, wantStatus, want)
		}
	}
}
