// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package spur

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

func TestDefaultThrottlerRefills(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLocalThrottler(2)
		count := func() (n int) {
			for range 10 {
				if l.Allow("op") {
					n++
				}
			}
			return n
		}
		for i, wait := range []time.Duration{0, 0, 500 * time.Millisecond, time.Second, time.Hour} {
			time.Sleep(wait)
			if n, want := count(), []int{2, 0, 1, 2, 2}[i]; n != want {
				t.Errorf("after %v: %d, want %d", wait, n, want)
			}
		}
	})
}

// credits is a server that gives each operation a number of credits each time.
type credits struct {
	mu    sync.Mutex
	give  map[string]float64
	asked []url.Values
}

func (c *credits) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Method != http.MethodGet || r.URL.Path != "/credits" {
		http.NotFound(w, r)
		return
	}
	q := r.URL.Query()
	c.asked = append(c.asked, q)
	var answer struct {
		Balances []map[string]any `json:"balances"`
	}
	answer.Balances = []map[string]any{{"operation": "nobody asked", "balance": 9}}
	for _, op := range q["operations"] {
		answer.Balances = append(answer.Balances, map[string]any{"operation": op, "balance": c.give[op]})
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// creditsRig is a RemoteDebugThrottler with its server and its log. It lives in a
// synctest bubble.
type creditsRig struct {
	*RemoteDebugThrottler
	server *polltest.Server
	log    bytes.Buffer
}

func newCreditsRig(t *testing.T, h http.Handler, o RemoteThrottlerOptions) *creditsRig {
	t.Helper()
	rig := &creditsRig{server: polltest.NewServer(h)}
	if o.Client == nil {
		o.Client = poll.NewClient(rig.server.Dial)
	}
	o.Logger = slog.New(slog.NewTextHandler(&rig.log, nil))
	r, err := NewRemoteDebugThrottler("orders", o)
	if err != nil {
		t.Fatal(err)
	}
	rig.RemoteDebugThrottler = r
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

// wait waits for a number of fetches in all.
func (r *creditsRig) wait(fetches uint64) {
	for r.Status().Fetched < fetches {
		time.Sleep(time.Second)
		synctest.Wait()
	}
}

// spendAll counts how many requests are allowed at once. It takes no time: there
// is no waiting for a server.
func (r *creditsRig) spendAll(t *testing.T, operation string) (n int) {
	t.Helper()
	synctest.Wait()
	start := time.Now()
	for r.Allow(operation) {
		n++
	}
	if took := time.Since(start); took != 0 {
		t.Errorf("Allow took %v", took)
	}
	return n
}

func TestRemoteThrottler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &credits{give: map[string]float64{"a b&c": 2.5, "d": 0.4}}
		r := newCreditsRig(t, c, RemoteThrottlerOptions{Endpoint: "agent:5778", UUID: "4d"})
		time.Sleep(time.Minute)
		if n := r.server.Requests(); n != 0 || r.Status() != (RemoteThrottlerStatus{}) {
			t.Errorf("%d requests before there was something to ask; %+v", n, r.Status())
		}
		for range 3 {
			for _, op := range []string{"a b&c", "d"} {
				if n := r.spendAll(t, op); n != 0 {
					t.Errorf("%s: %d allowed before the server was asked", op, n)
				}
			}
		}
		r.wait(1)
		if n := r.spendAll(t, "a b&c"); n != 2 {
			t.Errorf("%d allowed, want 2", n)
		}
		if n := r.spendAll(t, "d"); n != 0 {
			t.Errorf("%d allowed with less than one credit", n)
		}
		if n := r.spendAll(t, "nobody asked"); n != 0 {
			t.Errorf("%d allowed that nobody asked about", n)
		}
		want := url.Values{"service": {"orders"}, "uuid": {"4d"}, "operations": {"a b&c", "d"}}
		if len(c.asked) != 1 || fmt.Sprint(c.asked[0]) != fmt.Sprint(want) {
			t.Errorf("asked %v, want %v", c.asked, want)
		}
		st := r.Status()
		if st.Fetched != 1 || st.Failed != 0 || st.Operations != 3 || time.Since(st.Updated) > time.Second {
			t.Errorf("%+v", st)
		}
		r.wait(3)
		if n := r.spendAll(t, "a b&c"); n != 5 {
			t.Errorf("%d allowed, want 5 of 0.5 and twice 2.5", n)
		}
		if n := r.spendAll(t, "d"); n != 1 {
			t.Errorf("%d allowed, want 1 of three times 0.4", n)
		}
		if r.log.Len() > 0 {
			t.Errorf("logged %s", r.log.String())
		}
	})
}

// TestRemoteThrottlerForgets: what nobody has used for ten minutes is not asked
// about any more.
func TestRemoteThrottlerForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &credits{give: map[string]float64{"idle": 1, "busy": 0.001}}
		r := newCreditsRig(t, c, RemoteThrottlerOptions{})
		r.spendAll(t, "idle")
		for range 65 {
			r.spendAll(t, "busy")
			time.Sleep(10 * time.Second)
		}
		synctest.Wait()
		last := c.asked[len(c.asked)-1]["operations"]
		if st := r.Status(); st.Operations != 1 || !slices.Equal(last, []string{"busy"}) {
			t.Errorf("asked about %q in the end, %+v", last, st)
		}
		if saved := r.accounts.of["busy"].credits; saved < 0.1 {
			t.Errorf("the busy operation has %v credits: it was forgotten, too", saved)
		}
		if r.spendAll(t, "idle") != 0 {
			t.Error("the forgotten operation kept its credits")
		}
		time.Sleep(time.Hour)
		before := r.server.Requests()
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := r.server.Requests(); n != before || r.accounts.names != 0 {
			t.Errorf("%d requests about nothing, %d bytes of names", n-before, r.accounts.names)
		}
	})
}

// TestRemoteThrottlerManyOperations: requests stay short.
func TestRemoteThrottlerManyOperations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &credits{give: map[string]float64{}}
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n := len(r.RequestURI); n > 9<<10 {
				t.Errorf("a request of %d bytes", n)
			}
			c.ServeHTTP(w, r)
		})
		r := newCreditsRig(t, h, RemoteThrottlerOptions{})
		for i := range 2000 {
			op := fmt.Sprintf("operation number %d", i)
			c.give[op] = 1
			r.Allow(op)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		allowed := 0
		for i := range 2000 {
			if r.Allow(fmt.Sprintf("operation number %d", i)) {
				allowed++
			}
		}
		if st := r.Status(); allowed != 1000 || st.Operations != 1000 || st.Fetched != 1 {
			t.Errorf("%d allowed, %+v; want 1000", allowed, st)
		}
		if n := r.server.Requests(); n != 4 {
			t.Errorf("%d requests, want 4", n)
		}
	})
}

// TestRemoteThrottlerIsIntroduced: the server can tell which process asks.
func TestRemoteThrottlerIsIntroduced(t *testing.T) {
	for _, tt := range []struct{ name, own, tag string }{
		{"its own", "mine", ""}, {"the tracer's", "", ""}, {"the user's tag", "", "users"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &credits{give: map[string]float64{"op": 1}}
				r := newCreditsRig(t, c, RemoteThrottlerOptions{UUID: tt.own})
				opts := []Option{WithReporter(reporter.Null{}), WithLogger(nil), WithDebugThrottler(r.RemoteDebugThrottler), unsampled()}
				if tt.tag != "" {
					opts = append(opts, WithTags(opentracing.Tag{Key: "client-uuid", Value: tt.tag}))
				}
				tracer, err := New("orders", opts...)
				if err != nil {
					t.Fatal(err)
				}
				uuid := tt.own
				for _, tag := range tracer.process.Tags {
					if tag.Key == "client-uuid" && uuid == "" {
						uuid = tag.Value.Str()
					}
				}
				for i, want := range []bool{false, true, false} {
					s := debugRequest(t, tracer, "op", i%2 == 0)
					if s.Finish(); s.SpanContext().IsDebug() != want || s.SpanContext().IsSampled() != want {
						t.Errorf("request %d: %v, want debug %v", i, s.SpanContext().Flags(), want)
					}
					if i == 0 {
						time.Sleep(2 * time.Second) // for one fetch
						synctest.Wait()
					}
				}
				if got := c.asked[0].Get("uuid"); got != uuid || got == "" || tt.tag != "" && got != tt.tag {
					t.Errorf("uuid %q, want %q", got, uuid)
				}
				if n := tracer.Stats().Cut.DebugCapped; n != 2 {
					t.Errorf("%d capped, want 2", n)
				}
				if err := tracer.Close(); err != nil {
					t.Error(err)
				}
				before := r.server.Requests()
				time.Sleep(time.Hour)
				if r.server.Requests() != before {
					t.Error("the tracer did not close its throttler")
				}
			})
		})
	}
}

// TestRemoteThrottlerHostile: what has been given can be spent, and no more comes.
func TestRemoteThrottlerHostile(t *testing.T) {
	cases := append(polltest.Hostile(),
		polltest.Case{Name: "negative", Handler: polltest.Body(`{"balances":[{"operation":"op","balance":-5}]}`)},
		polltest.Case{Name: "one bad entry", Handler: polltest.Body(`{"balances":[{"operation":"op","balance":5},null]}`)},
		polltest.Case{Name: "many", Handler: polltest.Body(`{"balances":[` + strings.Repeat(`{"operation":"op","balance":5},`, 20_000) + `{}]}`)},
	)
	for _, tt := range cases {
		t.Run(tt.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &credits{give: map[string]float64{"op": 3}}
				r := newCreditsRig(t, c, RemoteThrottlerOptions{Endpoint: "http://u:secret@agent/credits?token=secret"})
				r.spendAll(t, "op")
				r.wait(1)
				r.server.SetHandler(tt.Handler)
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				time.Sleep(time.Minute)
				synctest.Wait()
				runtime.GC()
				runtime.ReadMemStats(&after)
				if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
					t.Errorf("the heap grew by %d bytes", grown)
				}
				st := r.Status()
				if st.Failed < 3 || st.Fetched != 1 || st.LastError == "" || len(st.LastError) > 259 {
					t.Errorf("%+v", st)
				}
				if n := r.spendAll(t, "op"); n != 3 {
					t.Errorf("%d allowed, want the 3 of before", n)
				}
				log := r.log.String()
				if strings.Count(log, "level=WARN") != 1 || !strings.Contains(log, "cannot fetch debug credits") || strings.Contains(log, "secret") {
					t.Errorf("logged %s", log)
				}
				if tt.Slow { // Close has something to interrupt
					for n := r.server.Requests(); r.server.Requests() == n; {
						time.Sleep(time.Second)
					}
					return
				}
				r.server.SetHandler(c)
				time.Sleep(6 * time.Second)
				if n := r.spendAll(t, "op"); n < 3 {
					t.Errorf("%d allowed after the server came back", n)
				}
				if !strings.Contains(r.log.String(), "level=INFO") {
					t.Errorf("logged %s", r.log.String())
				}
			})
		})
	}
}

// TestRemoteThrottlerForeignClient: transports of others may do anything.
func TestRemoteThrottlerForeignClient(t *testing.T) {
	for name, do := range map[string]roundTrip{
		"panics": func(*http.Request) (*http.Response, error) { panic("no") },
		"fails":  func(*http.Request) (*http.Response, error) { return nil, errors.New("no") },
		"nasty":  func(*http.Request) (*http.Response, error) { return nil, nastyError{} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newCreditsRig(t, http.NotFoundHandler(), RemoteThrottlerOptions{Client: &http.Client{Transport: do}})
				if r.spendAll(t, "op"); r.Allow("op") {
					t.Error("allowed")
				}
				time.Sleep(time.Minute)
				if r.Allow("op") {
					t.Error("allowed")
				}
				if calls := r.Status().Operations; calls != 1 {
					t.Errorf("%d operations", calls)
				}
			})
		})
	}
}

// TestRemoteThrottlerConcurrentSafe: no credit is spent twice.
func TestRemoteThrottlerConcurrentSafe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &credits{give: map[string]float64{"op": 100}}
		r := newCreditsRig(t, c, RemoteThrottlerOptions{})
		r.Allow("op")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		var wg sync.WaitGroup
		var mu sync.Mutex
		allowed := 0
		for range 64 {
			wg.Go(func() {
				n := 0
				for range 10 {
					if r.Allow("op") {
						n++
					}
				}
				mu.Lock()
				allowed += n
				mu.Unlock()
			})
		}
		wg.Wait()
		if allowed != 100 {
			t.Errorf("%d allowed, want 100", allowed)
		}
	})
}

// hanging is a throttler and a sampler whose Close takes its time.
type hanging struct {
	takes time.Duration
	err   error
}

func (hanging) Allow(string) bool                      { return false }
func (hanging) Sample(sampler.Params) sampler.Decision { return sampler.Decision{} }
func (hanging) Allowed(string, string) (int, bool)     { return 0, false }
func (h hanging) Close() error                         { time.Sleep(h.takes); return h.err }

// TestShutdownWaitsOnce for sampler, restrictions and throttler together, and
// loses no error that is there.
func TestShutdownWaitsOnce(t *testing.T) {
	one, two, three := errors.New("one"), errors.New("two"), errors.New("three")
	const ctx, grace = 50 * time.Millisecond, 100 * time.Millisecond
	for _, tt := range []struct {
		sampler, restrictions, throttler time.Duration
		took                             time.Duration
		want                             string
	}{
		{0, 0, 0, 0, "one\ntwo\nthree"},
		{20 * time.Millisecond, 40 * time.Millisecond, 10 * time.Millisecond, 40 * time.Millisecond, "one\ntwo\nthree"},
		{time.Hour, 0, 120 * time.Millisecond, ctx + grace, "context deadline exceeded\ntwo\nthree"},
		{time.Hour, time.Hour, time.Hour, ctx + grace, "context deadline exceeded\ncontext deadline exceeded\ncontext deadline exceeded"},
	} {
		shutdown := func(t *testing.T) {
			tracer, err := New("orders", WithReporter(reporter.Null{}), WithLogger(nil), WithSampler(hanging{tt.sampler, one}),
				WithBaggageRestrictions(hanging{tt.restrictions, two}), WithDebugThrottler(hanging{tt.throttler, three}))
			if err != nil {
				t.Fatal(err)
			}
			within, cancel := context.WithTimeout(context.Background(), ctx)
			defer cancel()
			start := time.Now()
			if err := tracer.Shutdown(within); fmt.Sprint(err) != tt.want || time.Since(start) != tt.took {
				t.Errorf("%v after %v, want %s after %v", err, time.Since(start), tt.want, tt.took)
			}
			time.Sleep(time.Hour) // for those that were left behind
		}
		for range 10 { // of two that are ready select takes either
			synctest.Test(t, shutdown)
		}
	}
}
