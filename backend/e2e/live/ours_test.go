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
	"github.com/go-spur/spur/backend/server"
)

// startOurs starts an all-in-one with its traces on disk, and stops it when the test
// ends. It may be given a file of sampling strategies.
func startOurs(t *testing.T, strategies ...string) *receiver {
	t.Helper()
	return startWith(t, func(c *config.Config) {
		for _, file := range strategies {
			c.Strategies = file
		}
	})
}

// startWith is startOurs with settings that change sets.
func startWith(t *testing.T, change func(*config.Config)) *receiver {
	t.Helper()
	c := config.Default(config.AllInOne)
	c.Data = t.TempDir()
	c.FreePorts()
	change(&c)
	ours, _ := startConfig(t, c)
	return ours
}

// startConfig starts an all-in-one. It is stopped when the test ends, or by stop.
func startConfig(t *testing.T, c config.Config) (ours *receiver, stop func()) {
	t.Helper()
	s, err := server.Start(t.Context(), c, server.Deps{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	stop = func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return &receiver{name: "all-in-one", query: "http://" + s.Addr(server.Query), sampling: "http://" + s.Addr(server.Sampling) + "/sampling", agents: s.Addr(server.JaegerGRPC), samplingGRPC: s.Addr(server.SamplingGRPC), wires: map[emit.Wire]string{
		emit.Compact: s.Addr(server.ThriftCompact), emit.Binary: s.Addr(server.ThriftBinary),
		emit.ThriftHTTP: "http://" + s.Addr(server.ThriftHTTP) + "/api/traces",
		emit.OTLPHTTP:   "http://" + s.Addr(server.OTLPHTTP) + "/v1/traces", emit.OTLPGRPC: s.Addr(server.OTLPGRPC),
		emit.Zipkin: "http://" + s.Addr(server.Zipkin),
	}}, stop
}
