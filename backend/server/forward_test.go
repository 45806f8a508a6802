// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

func post(t *testing.T, s *Server) {
	t.Helper()
	resp, err := http.Post("http://"+s.Addr(OTLPHTTP)+"/v1/traces", "application/json", strings.NewReader(body))
	if err != nil || resp.StatusCode != http.StatusOK || resp.Body.Close() != nil {
		t.Fatalf("%v, %v", resp, err)
	}
}

// TestForward: what one server is sent is in its store, and in those of two others
// that it sends it on to, by whatever protocol.
func TestForward(t *testing.T) {
	last := start(t, settings(t, "memory"))
	c := settings(t, "memory,forward")
	c.Forward.Endpoints = []string{last.Addr(OTLPGRPC)}
	middle := start(t, c)
	c = settings(t, "sqlite,forward")
	c.Forward.Endpoints, c.Forward.Protocol = []string{middle.Addr(OTLPHTTP)}, "otlp-http"
	c.Forward.Spool = t.TempDir()
	first := start(t, c)
	if banner := first.banner(0); !strings.Contains(banner, "sent to "+c.Forward.Endpoints[0]) {
		t.Error(banner)
	}

	post(t, first)
	for _, s := range []*Server{first, middle} {
		drain(t, s)
		if err := s.closeQueues(t.Context()); err != nil {
			t.Fatal(err)
		}
		for waiting := int64(1); waiting > 0; <-time.After(5 * time.Millisecond) {
			st, err := s.stores[1].store.Status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			waiting = st.Spans
		}
	}
	drain(t, last)
	var traces [3]string
	for i, s := range []*Server{first, middle, last} {
		if b := s.Books(); b.Stored != 1 || b.Balance() != 0 { // one of the two is refused by the first
			t.Errorf("server %d: %+v", i, b)
		}
		_, traces[i] = get(t, "http://"+s.Addr(Query)+"/api/traces/0102030405060708090a0b0c0d0e0f10")
	}
	if traces[0] != traces[1] || traces[1] != traces[2] || !strings.Contains(traces[0], "traceID") {
		t.Errorf("they show:\n%s\n%s\n%s", traces[0], traces[1], traces[2])
	}

	var status struct {
		Others []struct {
			Name, Where string
			Books       struct {
				Received, Stored, Balance int64
				Refused                   map[trace.Reason]int64
			}
		}
	}
	_, got := get(t, "http://"+first.Addr(Query)+"/api/status")
	if err := json.Unmarshal([]byte(got), &status); err != nil || len(status.Others) != 1 {
		t.Fatal(got, err)
	}
	if o := status.Others[0]; o.Name != "forward" || o.Books.Received != 2 || o.Books.Stored != 1 || o.Books.Balance != 0 || o.Books.Refused[trace.ReasonTraceID] != 1 {
		t.Errorf("%+v", o)
	}
	_, metrics := get(t, "http://"+first.Addr(Admin)+"/metrics")
	for _, want := range []string{
		`jaeger_collector_spans_saved_by_svc_total{result="ok",store="sqlite"} 1`,
		`jaeger_collector_spans_saved_by_svc_total{result="ok",store="forward"} 1`,
		"spur_forward_spans_sent_total 1", "spur_forward_spans_waiting 0",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s", want)
		}
	}
}

// TestForwardAway: who receives nothing does not hold up who stores.
func TestForwardAway(t *testing.T) {
	c := settings(t, "memory,forward")
	c.Forward.Endpoints, c.Forward.QueueSize = []string{"127.0.0.1:1"}, 1_000_000
	s, err := Start(t.Context(), c, Deps{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		post(t, s)
	}
	err = s.Close(context.Background())
	if err == nil || !strings.Contains(err.Error(), "forward: 10 spans were not sent") {
		t.Errorf("close: %v", err)
	}
	if b := s.Books(); b.Stored != 10 || b.Balance() != 0 {
		t.Errorf("%+v", b)
	}
}
