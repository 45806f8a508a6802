// SPDX-License-Identifier: Apache-2.0

//go:build unix

package spur

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-spur/spur/internal/exitsignal"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/wire"
)

// signalSpans is how many spans the program below finishes before it is killed.
const signalSpans = 90

// endpointOfChild is set in the program that TestCloseOnSignal starts, which is
// this test binary.
const endpointOfChild = "SPUR_TEST_SIGNAL_ENDPOINT"

func TestSignalChild(t *testing.T) {
	endpoint := os.Getenv(endpointOfChild)
	if endpoint == "" {
		t.Skip("skipped: this is the program that TestCloseOnSignal starts")
	}
	tracer, err := New("child", WithEndpoint(endpoint), WithSampler(sampler.NewConst(true)))
	if err != nil {
		t.Fatal(err)
	}
	tracer.CloseOnSignal() // with the default signals
	for range signalSpans {
		tracer.StartSpan("op").Finish()
	}
	fmt.Println("ready")
	select {} // until the signal
}

func TestCloseOnSignal(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		for _, over := range []string{"udp", "http"} {
			t.Run(sig.String()+" "+over, func(t *testing.T) {
				endpoint, spans := signalSink(t, over)
				if took, state := runChild(t, endpoint, sig); took > 5*time.Second || !state.Signaled() || state.Signal() != sig {
					t.Errorf("it ended after %v, signaled %v, by %v", took, state.Signaled(), state.Signal())
				} else {
					t.Logf("it ended after %v", took)
				}
				deadline := time.Now().Add(3 * time.Second)
				for spans() < signalSpans && time.Now().Before(deadline) {
					runtime.Gosched()
				}
				if spans() != signalSpans {
					t.Errorf("%d of %d spans arrived", spans(), signalSpans)
				}
			})
		}
	}
}

// The same test binary, as a program that comes to its own end while the signal is
// being dealt with.
const racingChild = "SPUR_TEST_SIGNAL_RACE"

// slowCloser is a reporter that says when Close begins.
type slowCloser struct {
	reporter.Null
	closing chan struct{}
}

func (s *slowCloser) Close(context.Context) error {
	close(s.closing)
	<-time.After(5 * time.Millisecond)
	return nil
}

func TestSignalRaceChild(t *testing.T) {
	if os.Getenv(racingChild) == "" {
		t.Skip("skipped: this is the program that TestCloseOnSignalRace starts")
	}
	r := &slowCloser{closing: make(chan struct{})}
	tracer, err := New("child", WithReporter(r), WithSampler(sampler.NewConst(true)))
	if err != nil {
		t.Fatal(err)
	}
	stop := tracer.CloseOnSignal()
	exitsignal.Raise(syscall.SIGTERM)
	<-r.closing
	stop()
	os.Exit(0)
}

// A program that returns from main while Close runs dies of the signal all the same.
func TestCloseOnSignalRace(t *testing.T) {
	for i := range 20 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSignalRaceChild$", "-test.timeout=30s")
		cmd.Env = append(os.Environ(), racingChild+"=1")
		out, err := cmd.CombinedOutput()
		if status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGTERM {
			t.Fatalf("run %d ended with %v, not by SIGTERM: %s", i, err, out)
		}
	}
}

// signalSink returns an endpoint and how many spans have arrived there.
func signalSink(t *testing.T, over string) (endpoint string, spans func() int64) {
	t.Helper()
	if over == "udp" {
		agent := listenAgent(t, "127.0.0.1:0")
		t.Cleanup(func() { agent.conn.Close(); <-agent.done })
		return "udp://" + agent.addr(), agent.spans.Load
	}
	var n atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			var b *wire.Batch
			if b, err = wire.DecodeBinaryBatch(body); err == nil {
				n.Add(int64(len(b.Spans)))
			}
		}
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/api/traces", n.Load
}

// runChild kills the program once it is ready, and returns how long it lived on.
func runChild(t *testing.T, endpoint string, sig syscall.Signal) (time.Duration, syscall.WaitStatus) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestSignalChild$", "-test.timeout=30s")
	cmd.Env = append(os.Environ(), endpointOfChild+"="+endpoint)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	if b, err := readUntil(out, "ready"); err != nil {
		t.Fatalf("%v, after %q", err, b)
	}
	start := time.Now()
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the state says it
	status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return time.Since(start), status
}

func readUntil(r io.Reader, word string) (text string, err error) {
	for buf := make([]byte, 256); !strings.Contains(text, word); {
		n, err := r.Read(buf)
		if text += string(buf[:n]); err != nil {
			return text, err
		}
	}
	return text, nil
}

// Somebody who listens, too, gets the signal twice, and the process lives.
func TestCloseOnSignalBesideAHandler(t *testing.T) {
	own := make(chan os.Signal, 2)
	signal.Notify(own, syscall.SIGHUP)
	defer signal.Stop(own)
	tracer, got := newTestTracer(t)
	stop := tracer.CloseOnSignal(syscall.SIGHUP)
	tracer.StartSpan("before").Finish()
	exitsignal.Raise(syscall.SIGHUP)
	for range 2 {
		if s := <-own; s != syscall.SIGHUP {
			t.Errorf("got %v", s)
		}
	}
	stop()
	tracer.StartSpan("after").Finish()
	if st := tracer.Stats(); len(got.all()) != 1 || st.Destinations[0].DroppedTotal() != 1 {
		t.Errorf("%d spans reported, %+v", len(got.all()), st.Destinations)
	}
}

// After stop nobody listens, and nothing is left.
func TestCloseOnSignalStops(t *testing.T) {
	own := make(chan os.Signal, 1)
	signal.Notify(own, syscall.SIGHUP) // starts the goroutine that os/signal keeps, and keeps us alive
	defer signal.Stop(own)
	tracer, _ := newTestTracer(t)
	before := runtime.NumGoroutine()
	for range 100 {
		stop := tracer.CloseOnSignal(syscall.SIGHUP)
		stop()
		stop()
	}
	deadline := time.Now().Add(3 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, there were %d", n, before)
	}
	exitsignal.Raise(syscall.SIGHUP)
	<-own
	if err := tracer.Flush(context.Background()); err != nil {
		t.Error(err)
	}
	if s := tracer.StartSpan("op"); s == nil || tracer.samplerClosed {
		t.Error("the tracer was closed")
	}
}

// Signals that would not end the process do not close its tracer.
func TestCloseOnSignalThatEndsNothing(t *testing.T) {
	own := make(chan os.Signal, 2)
	signal.Notify(own, syscall.SIGUSR2, syscall.SIGWINCH)
	defer signal.Stop(own)
	tracer, got := newTestTracer(t)
	stop := tracer.CloseOnSignal(syscall.SIGUSR2, syscall.SIGWINCH)
	for _, s := range []syscall.Signal{syscall.SIGUSR2, syscall.SIGWINCH} {
		exitsignal.Raise(s)
		<-own
	}
	stop()
	tracer.StartSpan("after").Finish()
	if len(got.all()) != 1 {
		t.Errorf("%d spans reported, want 1", len(got.all()))
	}
}

// Signals that the process ignores stay ignored.
func TestCloseOnSignalIgnored(t *testing.T) {
	signal.Ignore(syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	tracer, _ := newTestTracer(t)
	stop := tracer.CloseOnSignal(syscall.SIGHUP)
	defer stop()
	exitsignal.Raise(syscall.SIGHUP)
	if !signal.Ignored(syscall.SIGHUP) {
		t.Error("no longer ignored")
	}
}
