// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bufio"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/config"
)

// TestApart: query finds what a collector stores in the same folder, at once, also
// what arrives while someone looks; it changes nothing, and goes on without the
// collector.
func TestApart(t *testing.T) {
	collector, query := config.Default(config.Collector), config.Default(config.Query)
	collector.Data = t.TempDir()
	query.Data = collector.Data
	collector.FreePorts()
	query.FreePorts()
	query.Storage = "sqlite,forward" // as the collector may have it

	log := slog.New(slog.DiscardHandler)
	if _, err := Start(t.Context(), query, Deps{Logger: log}); err == nil || !strings.Contains(err.Error(), collector.Data) {
		t.Errorf("before there is a store: %v", err)
	}
	c, err := Start(t.Context(), collector, Deps{Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	q := start(t, query)
	if c.Addr(Query) != "" || c.Addr(ThriftCompact) != "" || q.Addr(OTLPHTTP) != "" || q.Addr(Sampling) != "" {
		t.Error("a command opened ports of another")
	}

	api := "http://" + q.Addr(Query)
	live, err := http.Get(api + "/api/live?limit=1")
	if err != nil || live.StatusCode != http.StatusOK {
		t.Fatal(live, err)
	}
	defer func() { _ = live.Body.Close() }()
	resp, err := http.Post("http://"+c.Addr(OTLPHTTP)+"/v1/traces", "application/json", strings.NewReader(body))
	if err != nil || resp.StatusCode != http.StatusOK || resp.Body.Close() != nil {
		t.Fatal(resp, err)
	}
	events := bufio.NewScanner(live.Body)
	for events.Scan() && !strings.Contains(events.Text(), "0102030405060708090a0b0c0d0e0f10") {
	}
	if err := events.Err(); err != nil {
		t.Fatal(err)
	}
	if code, got := get(t, api+"/api/traces/0102030405060708090a0b0c0d0e0f10"); code != http.StatusOK {
		t.Errorf("the trace: %d %s", code, got)
	}
	r, err := http.NewRequest(http.MethodDelete, api+"/api/traces", nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err = http.DefaultClient.Do(r); err != nil || resp.StatusCode != http.StatusNotImplemented || resp.Body.Close() != nil {
		t.Errorf("forgetting all: %v, %v", resp, err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code, got := get(t, api+"/api/services"); code != http.StatusOK || !strings.Contains(got, "checkout") {
		t.Errorf("without the collector: %d %s", code, got)
	}
}
