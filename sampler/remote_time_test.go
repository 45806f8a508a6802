// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package sampler

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
	"github.com/go-spur/spur/internal/race"
)

const goodAnswer = `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.5}}`

// testLog keeps lines without their times.
type testLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *testLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *testLog) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// lines returns what was logged since the last call.
func (l *testLog) lines() []string {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	text := strings.TrimSpace(l.text.String())
	l.text.Reset()
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// remoteRig is a Remote with its server and its log. It lives in a synctest
// bubble.
type remoteRig struct {
	*Remote
	testLog
	server *polltest.Server
}

func newRemoteRig(t *testing.T, h http.Handler, o RemoteOptions) *remoteRig {
	t.Helper()
	rig := &remoteRig{server: polltest.NewServer(h)}
	if o.Client == nil {
		o.Client = poll.NewClient(rig.server.Dial, nil)
	}
	o.Logger = rig.logger()
	r, err := NewRemote("orders", o)
	if err != nil {
		t.Fatal(err)
	}
	rig.Remote = r
	t.Cleanup(func() {
		start := time.Now()
		for range 2 {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(start); took > 100*time.Millisecond {
			t.Errorf("Close took %v", took)
		}
		rig.server.Close()
	})
	return rig
}

func (r *remoteRig) String() string { return r.Remote.String() }

func (r *remoteRig) check(t *testing.T, want string) {
	t.Helper()
	synctest.Wait()
	if got, _, _ := strings.Cut(r.String(), " from "); got != "remote("+want {
		t.Errorf("after %d requests: %s, want %s", r.server.Requests(), got, want)
	}
}

func TestRemote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Value
		r := newRemoteRig(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Store(r.Host + r.RequestURI)
			_, _ = io.WriteString(w, goodAnswer)
		}), RemoteOptions{Endpoint: "agent:5778"})
		r.check(t, "probabilistic(0.001) until http://agent:5778/sampling answers)")
		<-time.After(time.Second) // the first fetch comes within it
		r.check(t, "probabilistic(0.5)")
		if asked.Load() != "agent:5778/sampling?service=orders" {
			t.Errorf("asked for %v", asked.Load())
		}
		for _, tt := range []struct{ body, want string }{
			{string(readAnswer(t, "agent-1.62-root-operations")), "peroperation(0.5, 3 operations)"},
			{string(readAnswer(t, "v2.13-limited")), "ratelimiting(5)"}, // jaeger-client-go refuses the number, and would ignore the limit
			{string(readAnswer(t, "v2.16-adaptive")), "peroperation(0.1, 0 operations, each at least 0.016666666666666666/s)"},
			{`{"probabilisticSampling":{"samplingRate":0}}`, "probabilistic(0)"},
		} {
			r.server.SetHandler(polltest.Body(tt.body))
			<-time.After(66 * time.Second)
			r.check(t, tt.want)
		}
		st := r.Status()
		if st.Fetched < 5 || st.Failed != 0 || st.LastError != "" || time.Since(st.Updated) > 66*time.Second || st.Type != "probabilistic" || st.Param != 0 {
			t.Errorf("%+v", st)
		}
		if l := r.lines(); l != nil {
			t.Errorf("logged %q", l)
		}
	})
}

// TestRemoteRemembers: what the sampler in force knows survives refreshes.
func TestRemoteRemembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRemoteRig(t, polltest.Body(`{"operationSampling":{"defaultSamplingProbability":0,"defaultLowerBoundTracesPerSecond":0.001}}`), RemoteOptions{})
		<-time.After(2 * time.Second)
		sampled := 0
		for range 900 {
			if r.Sample(Params{TraceID: never, Operation: "learned"}).Sample {
				sampled++
			}
			<-time.After(time.Second)
		}
		if st := r.Status(); sampled != 1 || st.Fetched < 14 || st.Operations != 1 {
			t.Errorf("%d sampled in 15 minutes, want 1; %+v", sampled, st)
		}
		r.server.SetHandler(polltest.Body(`{"rateLimitingSampling":{"maxTracesPerSecond":0.001}}`))
		<-time.After(66 * time.Second)
		sampled = 0
		for range 900 {
			if r.Sample(Params{}).Sample {
				sampled++
			}
			<-time.After(time.Second)
		}
		if sampled != 1 {
			t.Errorf("%d sampled in 15 minutes, want 1", sampled)
		}
	})
}

// hostileAnswers are the servers of polltest and some that speak JSON.
func hostileAnswers() []polltest.Case {
	cases := polltest.Hostile()
	for name, body := range map[string]string{
		"500,000 operations":          operationsAnswer(500_000, goodEntry),
		"350,000 empty operations":    operationsAnswer(349_000, func(int) string { return "{}" }),
		"200,000 null operations":     operationsAnswer(200_000, func(int) string { return "null" }),
		"2,001 operations":            operationsAnswer(2001, goodEntry),
		"null entry":                  operationsAnswer(2, func(i int) string { return []string{goodEntry(0), "null"}[i] }),
		"entry without a strategy":    operationsAnswer(1, func(int) string { return `{"operation":"x"}` }),
		"NaN":                         `{"probabilisticSampling":{"samplingRate":NaN}}`,
		"quoted NaN":                  `{"probabilisticSampling":{"samplingRate":"NaN"}}`,
		"-1":                          `{"probabilisticSampling":{"samplingRate":-1}}`,
		"2":                           `{"probabilisticSampling":{"samplingRate":2}}`,
		"negative limit":              `{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":-5}}`,
		"limit beyond 32 bits":        `{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":4294967296}}`,
		"missing rate":                `{"strategyType":0,"probabilisticSampling":{}}`,
		"nothing":                     `{}`,
		"deep operations":             `{"operationSampling":{"perOperationStrategies":` + strings.Repeat("[", 500_000),
		"a megabyte of type":          `{"strategyType":"` + strings.Repeat("x", 1<<20-100) + `"}`,
		"a megabyte of bad operation": operationsAnswer(1, func(int) string { return `{"operation":"` + strings.Repeat("x", 1<<20-200) + `"}` }),
	} {
		cases = append(cases, polltest.Case{Name: name, Handler: polltest.Body(body)})
	}
	return cases
}

// TestRemoteHostile: the strategy in force stays, each failure is counted, people
// hear of the first one and of the end.
func TestRemoteHostile(t *testing.T) {
	for _, c := range hostileAnswers() {
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRemoteRig(t, polltest.Body(goodAnswer), RemoteOptions{})
				<-time.After(2 * time.Second)
				r.check(t, "probabilistic(0.5)")

				r.server.SetHandler(c.Handler)
				before, asked, started := r.Status(), r.server.Requests(), time.Now()
				var m0, m1 runtime.MemStats
				runtime.ReadMemStats(&m0)
				for r.Status().Failed == before.Failed && time.Since(started) < 5*time.Minute {
					<-time.After(time.Second)
				}
				runtime.ReadMemStats(&m1)
				// The whole of what was allocated, the server's part included, bounds the heap.
				if got := m1.TotalAlloc - m0.TotalAlloc; got > 8<<20 && !race.Enabled {
					t.Errorf("allocated %d bytes for one answer", got)
				}
				<-time.After(5 * time.Minute)
				synctest.Wait()
				st := r.Status()
				if st.Failed < 4 || int(st.Failed) > r.server.Requests()-asked || st.Fetched != before.Fetched || st.LastError == "" || len(st.LastError) > 260 {
					t.Errorf("%d requests, %+v", r.server.Requests()-asked, st)
				}
				r.check(t, "probabilistic(0.5)")
				if l := r.lines(); len(l) != 1 || !strings.Contains(l[0], "level=WARN") || !strings.Contains(l[0], "sampling goes on as before") {
					t.Errorf("logged %q", l)
				}
				if c.Slow { // Close has something to interrupt
					for n := r.server.Requests(); r.server.Requests() == n; {
						<-time.After(time.Second)
					}
					return
				}
				r.server.SetHandler(polltest.Body(`{"probabilisticSampling":{"samplingRate":0.25}}`))
				<-time.After(3 * time.Minute)
				r.check(t, "probabilistic(0.25)")
				if l := r.lines(); len(l) != 1 || !strings.Contains(l[0], "level=INFO") || !strings.Contains(l[0], "sampler=\"remote(probabilistic(0.25) from ") {
					t.Errorf("logged %q", l)
				}
			})
		})
	}
}

// TestRemoteInterval: a server is asked once a second at most, whatever the option
// says and whether it answers or not.
func TestRemoteInterval(t *testing.T) {
	for _, handler := range []http.Handler{polltest.Body(goodAnswer), http.NotFoundHandler()} {
		synctest.Test(t, func(t *testing.T) {
			r := newRemoteRig(t, handler, RemoteOptions{RefreshInterval: 1})
			<-time.After(100 * time.Second)
			if n := r.server.Requests(); n < 90 || n > 112 {
				t.Errorf("%d requests in 100 s", n)
			}
		})
	}
}

// TestRemoteLateServer: a server that comes some seconds after its client is
// found soon, and nothing is said about it.
func TestRemoteLateServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRemoteRig(t, http.NotFoundHandler(), RemoteOptions{})
		<-time.After(3 * time.Second)
		r.server.SetHandler(polltest.Body(goodAnswer))
		<-time.After(6 * time.Second) // the fourth attempt comes after 6.3 to 8.7 s in all
		r.check(t, "probabilistic(0.5)")
		if st := r.Status(); st.Failed < 2 || st.LastError == "" {
			t.Errorf("%+v", st)
		}
		if l := r.lines(); l != nil {
			t.Errorf("logged %q", l)
		}
	})
}

// TestRemoteAbsentServer says so once, and asks about once a minute.
func TestRemoteAbsentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRemoteRig(t, http.NotFoundHandler(), RemoteOptions{Endpoint: "http://u:secret@agent/x?token=secret"})
		<-time.After(24 * time.Hour)
		want := `level=WARN msg="spur: cannot get the sampling strategy; sampling goes on as before" cause=sampling_remote from=http://agent/x ` +
			`sampler="remote(probabilistic(0.001) until http://agent/x answers)" error="poll: unexpected status 404 Not Found" ` +
			`hint="0.1 % of new traces are recorded until it answers; JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1 records all"`
		if l := r.lines(); len(l) != 1 || l[0] != want {
			t.Errorf("logged %q", l)
		}
		if st := r.Status(); st.Failed < 24*60-30 || st.Failed > 24*60+30 || st.Fetched != 0 || !st.Updated.IsZero() {
			t.Errorf("%+v", st)
		}
	})
}

// TestRemoteHint tells what holds, with the real numbers, but not when an answer has
// come before.
func TestRemoteHint(t *testing.T) {
	const all = " until it answers; JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1 records all"
	for _, tt := range []struct {
		s    Sampler
		want string
	}{
		{mustProbabilistic(t, 0.07), "7 % of new traces are recorded" + all},
		{mustProbabilistic(t, 0.00001), "0.001 % of new traces are recorded" + all},
		{mustProbabilistic(t, 0), "0 % of new traces are recorded" + all},
		{mustRateLimiting(t, 2), "ratelimiting(2) decides" + all},
	} {
		if got := hint(tt.s, poll.Status{}); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.s, got, tt.want)
		}
	}
	if got := hint(NewConst(true), poll.Status{Updated: time.Now()}); got != "" {
		t.Errorf("after an answer: %s", got)
	}
}

// TestRemoteClose in the middle of a fetch, and when the fetcher is deaf.
func TestRemoteClose(t *testing.T) {
	hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	synctest.Test(t, func(t *testing.T) {
		r := newRemoteRig(t, hang, RemoteOptions{Timeout: time.Hour})
		<-time.After(time.Minute)
		start := time.Now()
		if err := r.Close(); err != nil || time.Since(start) != 0 || r.server.Requests() != 1 {
			t.Errorf("closed after %v and %d requests: %v", time.Since(start), r.server.Requests(), err)
		}
		<-time.After(time.Hour)
		if st := r.Status(); r.server.Requests() != 1 || st.Failed != 0 {
			t.Errorf("%d requests, %+v", r.server.Requests(), st)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		deaf := make(chan struct{})
		r := newRemoteRig(t, hang, RemoteOptions{Fetcher: fetcherFunc(func(context.Context, string) ([]byte, error) {
			<-deaf
			return []byte(goodAnswer), nil
		})})
		<-time.After(time.Minute)
		start := time.Now()
		if err := r.Close(); err != nil || time.Since(start) != 100*time.Millisecond {
			t.Errorf("closed after %v: %v", time.Since(start), err)
		}
		close(deaf)
	})
}
