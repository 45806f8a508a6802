// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uber/jaeger-lib/metrics/metricstest"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/internal/baggage"
)

const (
	fetched = "jaeger.tracer.baggage_restrictions_updates|result=ok"
	failed  = "jaeger.tracer.baggage_restrictions_updates|result=err"
)

// logger sends each line it gets.
type logger chan string

func (l logger) Error(msg string)             { l <- msg }
func (l logger) Infof(string, ...interface{}) {}

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

func check(t *testing.T, m *RestrictionManager, key string, want *baggage.Restriction) {
	t.Helper()
	if got := m.GetRestriction("svc", key); *got != *want {
		t.Errorf("%s: %+v, want %+v", key, got, want)
	}
}

func TestRestrictionManager(t *testing.T) {
	var healthy atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI != "/baggageRestrictions?service=a+b" || !healthy.Load() {
			http.Error(w, r.RequestURI, http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, `[{"baggageKey":"key","maxValueLength":10}]`)
	}))
	defer server.Close()
	for _, deny := range []bool{false, true} {
		healthy.Store(false)
		f, lines := metricstest.NewFactory(0), make(logger)
		m := NewRestrictionManager("a b", Options.HostPort(strings.TrimPrefix(server.URL, "http://")), Options.RefreshInterval(time.Millisecond),
			Options.Metrics(jaeger.NewMetrics(f, nil)), Options.Logger(lines), Options.DenyBaggageOnInitializationFailure(deny))
		for _, prefix := range []string{"Failed to initialize baggage restrictions: ", "Failed to update baggage restrictions: "} {
			if line := <-lines; !strings.HasPrefix(line, prefix) || !strings.Contains(line, "500") {
				t.Errorf("%q, want %q", line, prefix)
			}
		}
		if deny {
			check(t, m, "key", baggage.NewRestriction(false, 0))
		} else {
			check(t, m, "key", baggage.NewRestriction(true, 2048))
		}
		healthy.Store(true)
		go func() {
			for range lines { // of what had begun before
			}
		}()
		waitFor(t, f, fetched, 2)
		check(t, m, "key", baggage.NewRestriction(true, 10))
		check(t, m, "other", baggage.NewRestriction(false, 0))
		for range 2 {
			if err := m.Close(); err != nil {
				t.Error(err)
			}
		}
		close(lines)
		check(t, m, "key", baggage.NewRestriction(true, 10))
	}
}

// TestAddressWithoutMeaning: it fails like an agent that does not answer, at each interval.
func TestAddressWithoutMeaning(t *testing.T) {
	for deny, want := range map[bool]*baggage.Restriction{false: baggage.NewRestriction(true, 2048), true: baggage.NewRestriction(false, 0)} {
		f, lines := metricstest.NewFactory(0), make(logger, 1)
		m := NewRestrictionManager("svc", Options.HostPort("not:1929213"), Options.DenyBaggageOnInitializationFailure(deny),
			Options.Metrics(jaeger.NewMetrics(f, nil)), Options.Logger(lines))
		if line := <-lines; !strings.HasPrefix(line, "Failed to initialize baggage restrictions: ") || !strings.Contains(line, "1929213") {
			t.Errorf("%q", line)
		}
		if counters, _ := f.Snapshot(); counters[failed] != 1 {
			t.Errorf("%v", counters)
		}
		check(t, m, "key", want)
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestClose interrupts a fetch, which then counts neither way.
func TestClose(t *testing.T) {
	asked, ended := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
		close(ended)
	}))
	defer server.Close()
	f := metricstest.NewFactory(0)
	m := NewRestrictionManager("svc", Options.HostPort(server.Listener.Addr().String()), Options.Metrics(jaeger.NewMetrics(f, nil)))
	<-asked
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	<-ended
	if counters, _ := f.Snapshot(); counters[failed] != 0 || counters[fetched] != 0 {
		t.Errorf("%v", counters)
	}
}

func TestDefaults(t *testing.T) {
	o := applyOptions([]Option{Options.RefreshInterval(-1)})
	if o.hostPort != "localhost:5778" || o.refreshInterval != time.Minute || o.metrics == nil || o.logger == nil || o.deny {
		t.Errorf("%+v", o)
	}
}
