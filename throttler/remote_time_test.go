// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package throttler

import (
	"bytes"
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

	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
)

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

// creditsRig is a Remote with its server and its log. It lives in a
// synctest bubble.
type creditsRig struct {
	*Remote
	server *polltest.Server
	log    bytes.Buffer
}

func newCreditsRig(t *testing.T, h http.Handler, o RemoteOptions) *creditsRig {
	t.Helper()
	rig := &creditsRig{server: polltest.NewServer(h)}
	if o.Client == nil {
		o.Client = poll.NewClient(rig.server.Dial, nil)
	}
	o.Logger = slog.New(slog.NewTextHandler(&rig.log, nil))
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

func TestRemote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &credits{give: map[string]float64{"a b&c": 2.5, "d": 0.4}}
		r := newCreditsRig(t, c, RemoteOptions{Endpoint: "agent:5778", UUID: "4d"})
		time.Sleep(time.Minute)
		if n := r.server.Requests(); n != 0 || r.Status() != (RemoteStatus{}) {
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

// TestRemoteForgets: what nobody has used for ten minutes is not asked
// about any more.
func TestRemoteForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &credits{give: map[string]float64{"idle": 1, "busy": 0.001}}
		r := newCreditsRig(t, c, RemoteOptions{})
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

// TestRemoteManyOperations: requests stay short.
func TestRemoteManyOperations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &credits{give: map[string]float64{}}
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n := len(r.RequestURI); n > 9<<10 {
				t.Errorf("a request of %d bytes", n)
			}
			c.ServeHTTP(w, r)
		})
		r := newCreditsRig(t, h, RemoteOptions{})
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

// TestRemoteHostile: what has been given can be spent, and no more comes.
func TestRemoteHostile(t *testing.T) {
	cases := append(polltest.Hostile(),
		polltest.Case{Name: "negative", Handler: polltest.Body(`{"balances":[{"operation":"op","balance":-5}]}`)},
		polltest.Case{Name: "one bad entry", Handler: polltest.Body(`{"balances":[{"operation":"op","balance":5},null]}`)},
		polltest.Case{Name: "many", Handler: polltest.Body(`{"balances":[` + strings.Repeat(`{"operation":"op","balance":5},`, 20_000) + `{}]}`)},
	)
	for _, tt := range cases {
		t.Run(tt.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &credits{give: map[string]float64{"op": 3}}
				r := newCreditsRig(t, c, RemoteOptions{Endpoint: "http://u:secret@agent/credits?token=secret"})
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

// TestRemoteForeignClient: transports of others may do anything.
func TestRemoteForeignClient(t *testing.T) {
	for name, do := range map[string]roundTrip{
		"panics": func(*http.Request) (*http.Response, error) { panic("no") },
		"fails":  func(*http.Request) (*http.Response, error) { return nil, errors.New("no") },
		"nasty":  func(*http.Request) (*http.Response, error) { return nil, nastyError{} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newCreditsRig(t, http.NotFoundHandler(), RemoteOptions{Client: &http.Client{Transport: do}})
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

// TestRemoteConcurrentSafe: no credit is spent twice.
func TestRemoteConcurrentSafe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &credits{give: map[string]float64{"op": 100}}
		r := newCreditsRig(t, c, RemoteOptions{})
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

// TestRemoteInterval: a server is asked once a second at most, whatever the option
// says and whether it answers or not.
func TestRemoteInterval(t *testing.T) {
	for _, h := range []http.Handler{polltest.Body(`{"balances":[]}`), http.NotFoundHandler()} {
		synctest.Test(t, func(t *testing.T) {
			r := newCreditsRig(t, h, RemoteOptions{RefreshInterval: 1})
			r.Allow("op") // else there is nothing to ask
			<-time.After(100 * time.Second)
			if n := r.server.Requests(); n < 90 || n > 112 {
				t.Errorf("%d requests in 100 s", n)
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
