// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/trace"
)

// agent are the settings of an agent that is nobody else's.
func agent(t *testing.T) config.Config {
	t.Helper()
	c := config.Default(config.Agent)
	c.FreePorts()
	c.Forward.Spool = t.TempDir()
	return c
}

// datagram sends what a real client sent.
func datagram(t *testing.T, addr, name string) {
	t.Helper()
	b, err := os.ReadFile("../testdata/thrift/" + name)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write(b); err != nil {
		t.Fatal(err)
	}
}

// services are those that s has, at least one.
func services(t *testing.T, s *Server) []string {
	t.Helper()
	_, got := get(t, "http://"+s.Addr(Query)+"/api/services")
	var answer struct{ Data []string }
	if err := json.Unmarshal([]byte(got), &answer); err != nil || len(answer.Data) == 0 {
		t.Fatal(got, err)
	}
	return answer.Data
}

// TestAgent: datagrams of real clients are in the store of a collector as if they
// had come there, by each protocol that an agent can speak; and who asks the agent
// how to sample gets the collector's answer.
func TestAgent(t *testing.T) {
	files := map[string]string{"spur-compact-values.bin": ThriftCompact, "jaegergo-compact-values.bin": ThriftCompact, "node-binary-values.bin": ThriftBinary}
	strategies := settings(t, "memory")
	strategies.Strategies = "../sampling/testdata/rich.json"
	direct := start(t, strategies)
	for name, port := range files {
		datagram(t, direct.Addr(port), name)
	}
	drain(t, direct)
	for protocol, port := range map[string]string{"": JaegerGRPC, "otlp-grpc": OTLPGRPC, "thrift-http": ThriftHTTP} {
		t.Run(port, func(t *testing.T) {
			central := start(t, strategies)
			c := agent(t)
			if protocol == "" {
				c.Reporter.Endpoints = []string{"127.0.0.1:1", central.Addr(JaegerGRPC)} // one is away
			} else {
				c.Forward.Protocol, c.Forward.Endpoints = protocol, []string{central.Addr(port)}
			}
			s := start(t, c)
			if banner := s.banner(0); !strings.HasPrefix(banner, "agent ") || !strings.Contains(banner, central.Addr(port)) {
				t.Error(banner)
			}
			for name, port := range files {
				datagram(t, s.Addr(port), name)
			}
			const same = "/sampling?service=probabilistic"
			code, want := get(t, "http://"+central.Addr(Sampling)+same)
			if protocol == "otlp-grpc" {
				code, want = http.StatusInternalServerError, "collector error: the agent has none: set reporter.grpc.host-port\n"
			}
			if gotCode, got := get(t, "http://"+s.Addr(Sampling)+same); gotCode != code || got != want {
				t.Errorf("%d %s, want %d %s", gotCode, got, code, want)
			}
			if code, got := get(t, "http://"+s.Addr(Admin)+"/clients"); code != http.StatusOK || !strings.Contains(got, "batches") {
				t.Errorf("clients: %d %s", code, got)
			}
			for sent := false; !sent; <-time.After(5 * time.Millisecond) {
				stored := s.Books().Stored // what waits to be sent is in it, so it comes first
				st, err := s.store.Status(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				sent = stored >= direct.Books().Stored && st.Spans == 0
			}
			drain(t, central)
			for _, service := range services(t, direct) {
				query := "/api/traces?limit=100&start=1&service=" + url.QueryEscape(service)
				_, want := get(t, "http://"+direct.Addr(Query)+query)
				if protocol == "thrift-http" { // it has no duration of 0, and no warnings
					want = strings.ReplaceAll(want, `"duration":0,`, `"duration":1,`)
					want = strings.ReplaceAll(want, `["text that is not UTF-8: what cannot be read is �"]`, "null")
				}
				if _, got := get(t, "http://"+central.Addr(Query)+query); got != want || !strings.Contains(got, "traceID") {
					n := 0
					for n < min(len(got), len(want)) && got[n] == want[n] {
						n++
					}
					t.Errorf("%s: …%.300s\nnot through the agent: …%.300s", service, got[n:], want[n:])
				}
			}
			_, metrics := get(t, "http://"+s.Addr(Admin)+"/metrics")
			for _, want := range []string{`jaeger_collector_spans_received_total{format="thrift-compact",transport="udp"}`, "spur_forward_spans_sent_total", "jaeger_agent_collector_proxy_total"} {
				if !strings.Contains(metrics, want) {
					t.Errorf("no %s", want)
				}
			}
		})
	}
}

// TestAgentRestart: what waits when an agent ends, the next one sends.
func TestAgentRestart(t *testing.T) {
	c := agent(t)
	c.Tags = map[string]string{"zone": "a"}
	c.Reporter.Endpoints = []string{"127.0.0.1:1"}
	first, err := Start(t.Context(), c, Deps{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	datagram(t, first.Addr(ThriftCompact), "spur-compact-values.bin")
	if err := first.Close(t.Context()); err != nil {
		t.Errorf("nothing is lost: %v", err)
	}
	b := first.Books()
	if b.Stored == 0 || b.Balance() != 0 || b.Unread[trace.ReasonKernel] != 0 {
		t.Errorf("%+v", b)
	}
	central := start(t, settings(t, "memory"))
	c.Reporter.Endpoints = []string{central.Addr(JaegerGRPC)}
	start(t, c)
	for central.Books().Received < b.Stored {
		<-time.After(5 * time.Millisecond)
	}
	drain(t, central)
	if _, got := get(t, "http://"+central.Addr(Query)+"/api/traces?limit=100&start=1&service="+url.QueryEscape(services(t, central)[0])); !strings.Contains(got, `"key":"zone"`) {
		t.Error(got)
	}
}
