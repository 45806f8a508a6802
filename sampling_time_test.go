// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package spur

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/internal/poll/polltest"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// lockedLog is a log that may be read while it is written.
type lockedLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// withSamplingServer lets the default sampler ask a server in memory.
func withSamplingServer(s *polltest.Server) Option {
	return optionFunc(func(c *config) { c.remote.dial = s.Dial })
}

// TestDefaultSampler asks the sampling server, follows it, and ends with the
// tracer.
func TestDefaultSampler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := make(chan string, 100)
		server := polltest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked <- r.Host + r.RequestURI
			_, _ = io.WriteString(w, `{"strategyType":0,"operationSampling":{"defaultSamplingProbability":0,"perOperationStrategies":[
				{"operation":"seen","probabilisticSampling":{"samplingRate":1}}]}}`)
		}))
		defer server.Close()
		spans := &reporter.Memory{}
		tracer, err := New("a b", withSamplingServer(server), WithReporter(spans), WithLogger(nil))
		if err != nil {
			t.Fatal(err)
		}
		if st := tracer.Stats().Sampling; st.Description != "parentbased(remote(probabilistic(0.001) until http://127.0.0.1:5778/sampling answers))" || st.Param != 0.001 {
			t.Errorf("%+v", st)
		}
		<-time.After(time.Second)
		if got := <-asked; got != "127.0.0.1:5778/sampling?service=a+b" {
			t.Errorf("asked %s", got)
		}
		tracer.StartSpan("seen").Finish()
		for range 1000 {
			tracer.StartSpan("other").Finish()
		}
		if got := spans.Spans(); len(got) != 1 || got[0].Operation != "seen" {
			t.Errorf("reported %v", got)
		} else if tags := got[0].Tags; len(tags) != 2 || tags[0].Value.Str() != "probabilistic" || tags[1].Value.Float64() != 1 {
			t.Errorf("tags %v", tags)
		}
		st := tracer.Stats().Sampling
		if st.Type != "peroperation" || st.Operations != 1 || st.Fetched != 1 || st.Failed != 0 || st.Source != "http://127.0.0.1:5778/sampling" || time.Since(st.Updated) > time.Second {
			t.Errorf("%+v", st)
		}
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
		<-time.After(time.Hour)
		if n := server.Requests(); n != 1 {
			t.Errorf("%d requests, also after Close", n)
		}
	})
}

// TestDefaultSamplerAlone: without a server nothing happens but one line.
func TestDefaultSamplerAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := polltest.NewServer(http.NotFoundHandler())
		server.Close() // connections are refused
		var log lockedLog
		tracer, err := New("orders", withSamplingServer(server), WithReporter(reporter.Null{}), WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Second)
		tracer.StartSpan("op").Finish()
		<-time.After(2 * time.Second)
		if log.String() != "" {
			t.Errorf("in the first seconds %q was logged", log.String())
		}
		<-time.After(24 * time.Hour)
		start := time.Now()
		if err := tracer.Close(); err != nil || time.Since(start) != 0 {
			t.Errorf("closed after %v: %v", time.Since(start), err)
		}
		// Another line says that no span was sampled, of which one in a thousand is.
		if lines := strings.Split(strings.TrimSpace(log.String()), "\n"); len(lines) > 2 || strings.Count(log.String(), "connection refused") != 1 {
			t.Errorf("logged %q", lines)
		}
		if st := tracer.Stats().Sampling; st.Failed < 24*60-30 || st.Fetched != 0 || !strings.Contains(st.LastError, "connection refused") {
			t.Errorf("%+v", st)
		}
	})
}

// TestDefaultSamplerIsReplaced, and its goroutine ends: the bubble would not.
func TestDefaultSamplerIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := polltest.NewServer(polltest.Body(`{"probabilisticSampling":{"samplingRate":1}}`))
		defer server.Close()
		tracer, err := New("orders", withSamplingServer(server), WithReporter(reporter.Null{}), WithLogger(nil))
		if err != nil {
			t.Fatal(err)
		}
		s, err := newConfig("orders", []Option{WithDisabled(true)}).buildSampler()
		if err != nil {
			t.Fatal(err)
		}
		if err := tracer.SetSampler(s); err != nil {
			t.Error(err)
		}
		<-time.After(time.Hour)
		if n, st := server.Requests(), tracer.Stats().Sampling; n != 0 || st.Description != "parentbased(const(false))" {
			t.Errorf("%d requests, %+v", n, st)
		}
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestDefaultSamplerOfNobody: a New that fails, and a disabled tracer, ask nobody.
func TestDefaultSamplerOfNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := polltest.NewServer(http.NotFoundHandler())
		defer server.Close()
		if _, err := New("orders", withSamplingServer(server), WithLogger(nil), optionFunc(func(c *config) {
			c.endpoints = []endpoint.Endpoint{{Format: transport.JaegerCompact, Address: "no port"}}
		})); err == nil {
			t.Error("New accepts an agent without a port")
		}
		if _, err := New("orders", withSamplingServer(server), WithLogger(nil), optionFunc(func(c *config) { c.remote.endpoint = "ftp://u:secret@h" })); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("New with a bad endpoint: %v", err)
		}
		tracer, err := New("orders", withSamplingServer(server), WithDisabled(true), WithLogger(nil))
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Hour)
		if n := server.Requests(); n != 0 {
			t.Errorf("%d requests", n)
		}
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
	})
}

// hangingStatus is a sampler and a propagator that answer when release is closed.
type hangingStatus struct {
	sampler.Sampler
	release chan struct{}
	calls   *atomic.Int32
}

func (h hangingStatus) Status() sampler.Status {
	h.calls.Add(1)
	<-h.release
	return sampler.Status{Type: "slow"}
}

type hangingStats struct {
	propagation.Propagator
	hangingStatus
}

func (h hangingStats) Stats() []propagation.FormatStats { h.Status(); return nil }

// A Status or Stats that hangs holds Stats and New up for a bounded time, and leaves
// one goroutine behind, however often it is asked.
func TestStatusThatHangs(t *testing.T) {
	for name, opts := range map[string]func(hangingStatus) []Option{
		"sampler": func(h hangingStatus) []Option {
			return []Option{WithSampler(h), WithSampler(sampler.NewParentBased(h))}
		},
		"propagator": func(h hangingStatus) []Option {
			return []Option{WithPropagation("mine", hangingStats{nil, h}), WithSampler(h.Sampler)}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := hangingStatus{sampler.NewConst(true), make(chan struct{}), new(atomic.Int32)}
			start := time.Now()
			tracer, err := New("test", append(opts(h), FromEnv(), WithReporter(reporter.Null{}), WithLogger(nil))...)
			if err != nil {
				t.Fatal(err)
			}
			tracer.StartSpan("op").Finish()
			for range 3 {
				if st := tracer.Stats(); st.Spans.FinishedSampled != 1 || st.Sampling.Type == "slow" {
					t.Errorf("%s: %+v", name, st)
				}
			}
			if took := time.Since(start); took > 5*time.Second || h.calls.Load() != 1 {
				t.Errorf("%s: took %v, %d calls", name, took, h.calls.Load())
			}
			close(h.release)
			synctest.Wait()
			if st := tracer.Stats().Sampling; name == "sampler" && st == (sampler.Status{}) {
				t.Errorf("afterwards: %+v", st)
			}
			_ = tracer.Close() // has nothing to lose
		})
	}
}
