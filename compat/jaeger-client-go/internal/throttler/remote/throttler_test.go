// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uber/jaeger-lib/metrics/metricstest"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/log"
)

const (
	throttled = "jaeger.tracer.throttled_debug_spans"
	fetched   = "jaeger.tracer.throttler_updates|result=ok"
	failed    = "jaeger.tracer.throttler_updates|result=err"
)

// agent gives each operation asked about what it has, once.
type agent struct {
	mu      sync.Mutex
	credits float64
	broken  bool
	asked   url.Values
}

func (a *agent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = r.URL.Query()
	if a.broken || r.URL.Path != "/credits" {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	balances := []map[string]interface{}{}
	for _, operation := range a.asked["operations"] {
		balances = append(balances, map[string]interface{}{"operation": operation, "balance": a.credits})
	}
	a.credits = 0
	_ = json.NewEncoder(w).Encode(map[string]interface{}{"balances": balances})
}

func (a *agent) set(credits float64, broken bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.credits, a.broken = credits, broken
}

// waitFor waits until a counter has reached n.
func waitFor(t *testing.T, f *metricstest.Factory, counter string, n int64) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		if counters, _ := f.Snapshot(); counters[counter] >= n {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%s has not reached %d", counter, n)
		case <-time.After(time.Millisecond):
		}
	}
}

func start(t *testing.T, hostPort string, options ...Option) (*Throttler, *metricstest.Factory, *log.BytesBufferLogger) {
	f, lines := metricstest.NewFactory(0), &log.BytesBufferLogger{}
	throttler := NewThrottler("svc", append(options, Options.HostPort(hostPort), Options.Metrics(jaeger.NewMetrics(f, nil)), Options.Logger(lines))...)
	t.Cleanup(func() {
		for range 2 {
			if err := throttler.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return throttler, f, lines
}

func TestThrottler(t *testing.T) {
	a := &agent{credits: 2}
	server := httptest.NewServer(a)
	defer server.Close()
	throttler, f, _ := start(t, server.Listener.Addr().String(), Options.RefreshInterval(time.Millisecond))
	throttler.SetProcess(jaeger.Process{})
	throttler.SetProcess(jaeger.Process{UUID: "4d"})
	if throttler.IsAllowed("op") {
		t.Error("allowed without credits")
	}
	waitFor(t, f, fetched, 1)
	for i, want := range []bool{true, true, false} {
		if got := throttler.IsAllowed("op"); got != want {
			t.Errorf("%d: %v", i, got)
		}
	}
	if counters, _ := f.Snapshot(); counters[throttled] != 2 || counters[failed] != 0 {
		t.Errorf("%v", counters)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if got, want := a.asked.Encode(), "operations=op&service=svc&uuid=4d"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
}

func TestSynchronous(t *testing.T) {
	a := &agent{credits: 2}
	server := httptest.NewServer(a)
	defer server.Close()
	throttler, f, lines := start(t, server.Listener.Addr().String(), Options.RefreshInterval(time.Hour), Options.SynchronousInitialization(true))
	for i, want := range []bool{true, true, false} {
		if got := throttler.IsAllowed("op"); got != want {
			t.Errorf("%d: %v", i, got)
		}
	}
	a.set(9, true)
	if throttler.IsAllowed("op") || !strings.HasPrefix(lines.String(), "ERROR: Failed to fetch credits: Failed to receive credits from agent: ") {
		t.Errorf("logged %q", lines.String())
	}
	a.set(1, false)
	if !throttler.IsAllowed("op") {
		t.Error("refused with a credit")
	}
	// Fetches for a debug trace are no updates.
	if counters, _ := f.Snapshot(); counters[throttled] != 1 || counters[fetched] != 0 || counters[failed] != 0 {
		t.Errorf("%v", counters)
	}
}

func TestNothingIsAskedBeforeADebugTrace(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked") }))
	defer server.Close()
	throttler, f, _ := start(t, server.Listener.Addr().String())
	throttler.update(context.Background())
	if counters, _ := f.Snapshot(); len(counters) != 0 {
		t.Errorf("%v", counters)
	}
}

func TestAgentFails(t *testing.T) {
	server := httptest.NewServer(&agent{broken: true})
	defer server.Close()
	for _, hostPort := range []string{server.Listener.Addr().String(), "not:1929213"} {
		for _, synchronous := range []bool{false, true} {
			throttler, f, lines := start(t, hostPort, Options.RefreshInterval(time.Millisecond), Options.SynchronousInitialization(synchronous))
			throttler.SetProcess(jaeger.Process{UUID: "4d"})
			if throttler.IsAllowed("op") {
				t.Errorf("%s: allowed", hostPort)
			}
			waitFor(t, f, failed, 2)
			if !strings.HasPrefix(lines.String(), "ERROR: Failed to fetch credits: Failed to receive credits from agent: ") {
				t.Errorf("%s: %q", hostPort, lines.String())
			}
		}
	}
}

// TestOneWaits: while a debug trace waits for an agent that hangs, others are refused at
// once, and the one a second later.
func TestOneWaits(t *testing.T) {
	asked := make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	defer server.Close()
	throttler, f, lines := start(t, server.Listener.Addr().String(), Options.RefreshInterval(time.Hour), Options.SynchronousInitialization(true))
	waited := make(chan bool)
	go func() { waited <- throttler.IsAllowed("op") }()
	<-asked
	for range 100 {
		if throttler.IsAllowed("op") {
			t.Error("allowed")
		}
	}
	if <-waited {
		t.Error("allowed")
	}
	if counters, _ := f.Snapshot(); counters[throttled] != 100 || lines.String() == "" {
		t.Errorf("%v, %q", counters, lines.String())
	}
}

func TestDefaults(t *testing.T) {
	o := applyOptions(nil)
	if o.hostPort != "localhost:5778" || o.refreshInterval != 5*time.Second || o.metrics == nil || o.logger == nil || o.synchronous {
		t.Errorf("%+v", o)
	}
}
