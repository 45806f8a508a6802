// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// httpSink keeps the bodies of what is posted to it.
type httpSink struct {
	*httptest.Server
	mu     sync.Mutex
	bodies map[string][][]byte // by path
	auth   []string
}

func newHTTPSink(t testing.TB) *httpSink {
	t.Helper()
	s := &httpSink{bodies: map[string][][]byte{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.bodies[r.URL.Path] = append(s.bodies[r.URL.Path], b)
		s.auth = append(s.auth, r.Header.Get("Authorization"))
	}))
	t.Cleanup(s.Server.Close)
	return s
}

// got is everything that was posted to a path.
func (s *httpSink) got(path string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Join(s.bodies[path], nil)
}

// everything samples every trace.
func everything() Option { return WithSampler(sampler.NewConst(true)) }

// Each destination gets every span, under a name of its own.
func TestWithEndpointSeveral(t *testing.T) {
	agent := listenAgent(t, "127.0.0.1:0")
	sink := newHTTPSink(t)
	memory := &reporter.Memory{}
	tracer, err := New("test", everything(), WithLogger(nil), WithReporter(memory),
		WithEndpoint("udp://"+agent.addr()), WithEndpoint(sink.URL+"/api/traces"),
		WithEndpoint(strings.Replace(sink.URL, "http://", "http://ada:secret@", 1)+"/a/v1/traces"), WithEndpoint(sink.URL+"/b/v1/traces"),
		WithInBandStats(), WithSemanticNames())
	if err != nil {
		t.Fatal(err)
	}
	tracer.StartSpan("op", opentracing.Tag{Key: "http.method", Value: "GET"}).Finish()
	if err := tracer.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	agent.drain(1)
	st := tracer.Stats()
	if err := tracer.Close(); err != nil {
		t.Error(err)
	}
	checkBooks(t, tracer)
	var got []string
	for _, d := range st.Destinations {
		got = append(got, fmt.Sprintf("%s %d", d.Name, d.Sent))
		if strings.Contains(d.Address, "ada") || strings.Contains(d.Address, "secret") {
			t.Errorf("the address is %s", d.Address)
		}
	}
	if want := "memory 1,agent 1,collector 1,otlp 1,otlp-2 1"; strings.Join(got, ",") != want {
		t.Errorf("sent %q, want %q", got, want)
	}
	if st.Source != "WithEndpoint, WithReporter" || agent.spans.Load() != 1 || len(memory.Spans()) != 1 {
		t.Errorf("source %s, %d spans over UDP, %d in memory", st.Source, agent.spans.Load(), len(memory.Spans()))
	}
	for path, parts := range map[string][3]string{ // in it, in it, not in it
		"/api/traces":  {"http.method", "GET", "http.request.method"},
		"/a/v1/traces": {"http.request.method", "spur.dropped.queue_full", "http.method"},
		"/b/v1/traces": {"http.request.method", "spur.dropped.queue_full", "http.method"},
	} {
		b := sink.got(path)
		if !bytes.Contains(b, []byte(parts[0])) || !bytes.Contains(b, []byte(parts[1])) || bytes.Contains(b, []byte(parts[2])) {
			t.Errorf("%s got %q", path, b)
		}
	}
	if n := strings.Count(strings.Join(sink.auth, ","), "Basic "); n != 1 {
		t.Errorf("%d requests with a password, want 1: %q", n, sink.auth)
	}
}

// Destinations that the user made, and several of a kind, keep names apart, in Stats
// and in log lines: metrics have one series for each.
func TestDestinationNamesAreUnique(t *testing.T) {
	var log strings.Builder
	given, err := reporter.NewBatching(&nullTransport{}, reporter.BatchingOptions{Logger: slog.New(discardHandler{})})
	if err != nil {
		t.Fatal(err)
	}
	bad := httptest.NewServer(http.NotFoundHandler())
	defer bad.Close()
	tracer, err := New("test", everything(), WithLogger(slog.New(slog.NewTextHandler(&log, nil))), WithReporter(given),
		WithReporter(&reporter.Memory{}), WithReporter(&reporter.Memory{}), WithEndpoint("udp://127.0.0.1:9"), WithEndpoint(bad.URL))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range tracer.Stats().Destinations {
		names = append(names, d.Name)
	}
	if want := "agent memory memory-2 agent-2 collector"; strings.Join(names, " ") != want {
		t.Errorf("destinations %q, want %q", names, want)
	}
	tracer.StartSpan("op").Finish()
	if err := tracer.Close(); !errors.Is(err, reporter.ErrLost) || !strings.Contains(err.Error(), "collector: 1 rejected") {
		t.Errorf("Close: %v", err)
	}
	if !strings.Contains(log.String(), "destination=collector") || strings.Contains(log.String(), "destination=agent ") {
		t.Errorf("logged %s", log.String())
	}
}

// By default OTLP keeps tag names and says nothing of losses.
func TestWithEndpointPlain(t *testing.T) {
	sink := newHTTPSink(t)
	tracer, err := New("test", everything(), WithLogger(nil), WithEndpoint(sink.URL+"/v1/traces"))
	if err != nil {
		t.Fatal(err)
	}
	tracer.StartSpan("op", opentracing.Tag{Key: "http.method", Value: "GET"}).Finish()
	if err := tracer.Close(); err != nil {
		t.Error(err)
	}
	checkBooks(t, tracer)
	b := sink.got("/v1/traces")
	if !bytes.Contains(b, []byte("http.method")) || bytes.Contains(b, []byte("spur.dropped")) {
		t.Errorf("got %q", b)
	}
	if d := tracer.Stats(); len(d.Destinations) != 1 || d.Source != "WithEndpoint" || d.Destinations[0].Format != "otlp" {
		t.Errorf("%+v", d)
	}
}

func TestEndpointSources(t *testing.T) {
	memory := WithReporter(&reporter.Memory{})
	for _, tc := range []struct {
		name string
		opts []Option
		want string // source and target
	}{
		{"nothing", nil, "default agent jaeger-compact localhost:6831"},
		{"reporter", []Option{memory}, "WithReporter "},
		{"endpoint", []Option{WithEndpoint("udp://h")}, "WithEndpoint agent jaeger-compact h:6831"},
		{"both", []Option{memory, WithEndpoint("udp://h")}, "WithEndpoint, WithReporter agent jaeger-compact h:6831"},
		{"disabled", []Option{WithEndpoint("udp://h"), WithDisabled(true)}, "WithEndpoint "},
	} {
		c := newConfig("test", tc.opts)
		to := target(c)
		if got := fmt.Sprint(c.source, " ", to); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	c := readEnv([]string{"JAEGER_ENDPOINT=http://h"}, memory)
	if to := target(c); to != "" || c.source != "WithReporter" {
		t.Errorf("a reporter does not replace what the environment chooses: %s, %s", to, c.source)
	}
}

// New names the option, hides the password, and leaves nothing behind.
func TestEndpointThatCannotBeBuilt(t *testing.T) {
	_, err := New("test", WithEndpoint("http://ada:secret@h:0/?token=secret"), WithLogger(nil))
	checkConfigError(t, err, "WithEndpoint", "port is not within 1 to 65535")
	if strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), address.Hidden) {
		t.Errorf("the error is %v", err)
	}
	before := runtime.NumGoroutine()
	bad := optionFunc(func(c *config) {
		c.endpoints = append(c.endpoints, endpoint.Endpoint{SetBy: "OTHER", Address: "http://h/?token=secret", HTTP: transport.HTTPOptions{Username: "a:b"}, Format: transport.JaegerBatch})
	})
	_, err = New("test", everything(), WithEndpoint("udp://h"), bad, WithLogger(nil))
	var ce *ConfigError
	if !errors.As(err, &ce) || ce.Name != "OTHER" || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	// Two endpoints before one whose settings NewBatching refuses.
	negative := optionFunc(func(c *config) { c.sending.retryBudget = -1 })
	if _, err = New("test", everything(), WithEndpoint("udp://h"), WithEndpoint("http://h"), negative, WithLogger(nil)); !errors.Is(err, reporter.ErrOption) {
		t.Errorf("got %v", err)
	}
	for deadline := time.Now().Add(3 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, there were %d", n, before)
	}
}

// Collectors that hang, each in its own way, do not hold Shutdown up, and what
// they have taken from it is counted.
func TestShutdownWithHangingCollectors(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, reads and answers nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	release := make(chan struct{})
	drip := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-release // the body never ends
	}))
	defer drip.Close()
	defer close(release)
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()

	tracer, err := New("test", everything(), WithLogger(nil), WithEndpoint("http://"+silent.Addr().String()+"/api/traces"),
		WithEndpoint(drip.URL+"/v1/traces"), WithEndpoint(down.URL+"/v1/traces"), WithEndpoint("udp://127.0.0.1:9"))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		tracer.StartSpan("op").Finish()
	}
	const limit = 200 * time.Millisecond
	for _, do := range []func(context.Context) error{tracer.Flush, tracer.Shutdown, tracer.Shutdown} {
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		err := do(ctx)
		cancel()
		if took := time.Since(start); took > limit+5*time.Second { // generous: the machine may be busy
			t.Errorf("%v after %v, with %v to go", err, took, limit)
		}
	}
	tracer.StartSpan("late").Finish()
	checkBooks(t, tracer)
	for _, d := range tracer.Stats().Destinations {
		if d.BufferedSpans != 0 || d.Name != "agent" && d.Sent != 0 || d.Dropped[reporter.Closed] == 0 {
			t.Errorf("%+v", d)
		}
	}
}
