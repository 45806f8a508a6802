// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package baggage

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
	"github.com/go-spur/spur/internal/race"
)

const goodRestrictions = `[{"baggageKey":"user","maxValueLength":4}]`

// remoteRig is a Remote with its server and its log. It lives
// in a synctest bubble.
type remoteRig struct {
	*Remote
	server *polltest.Server
	log    bytes.Buffer
}

func newRemoteRig(t *testing.T, h http.Handler, o RemoteOptions) *remoteRig {
	t.Helper()
	rig := &remoteRig{server: polltest.NewServer(h)}
	if o.Client == nil {
		o.Client = poll.NewClient(rig.server.Dial, nil)
	}
	o.Logger = slog.New(slog.NewTextHandler(&rig.log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
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

// lines returns what was logged since the last call.
func (r *remoteRig) lines() []string {
	synctest.Wait()
	text := strings.TrimSpace(r.log.String())
	r.log.Reset()
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func (r *remoteRig) check(t *testing.T, key, want string) {
	t.Helper()
	synctest.Wait()
	n, ok := r.Allowed("orders", key)
	if got := fmt.Sprint(n, " ", ok); got != want {
		t.Errorf("after %d requests %s: %s, want %s", r.server.Requests(), key, got, want)
	}
}

func TestRemote(t *testing.T) {
	for _, tt := range []struct {
		name   string
		deny   bool
		before string
	}{{"allow until fetched", false, "2048 true"}, {"deny until fetched", true, "2048 false"}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked atomic.Value
				r := newRemoteRig(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					asked.Store(r.Host + r.RequestURI)
					_, _ = io.WriteString(w, goodRestrictions)
				}), RemoteOptions{Endpoint: "agent:5778", DenyUntilFetched: tt.deny})
				r.check(t, "user", tt.before)
				r.check(t, "other", tt.before)
				<-time.After(time.Second) // the first fetch comes within it
				r.check(t, "user", "4 true")
				r.check(t, "other", "0 false")
				r.server.SetHandler(polltest.Body(`[{"baggageKey":"other","maxValueLength":9},{"baggageKey":"more","maxValueLength":1}]`))
				<-time.After(66 * time.Second)
				r.check(t, "user", "0 false")
				r.check(t, "other", "9 true")
				r.server.SetHandler(polltest.Body("[]"))
				<-time.After(66 * time.Second)
				r.check(t, "other", "0 false")
				if st := r.Status(); st.Fetched < 3 || st.Failed != 0 || st.Keys != 0 || st.LastError != "" || time.Since(st.Updated) > 66*time.Second {
					t.Errorf("%+v", st)
				}
				if asked.Load() != "agent:5778/baggageRestrictions?service=orders" {
					t.Errorf("asked for %v", asked.Load())
				}
				if l := r.lines(); l != nil {
					t.Errorf("logged %q", l)
				}
			})
		})
	}
}

// hostileRestrictions are the servers of polltest and some that speak JSON.
func hostileRestrictions() []polltest.Case {
	return append(polltest.Hostile(),
		polltest.Case{Name: "500,000 entries", Handler: polltest.Body(restrictionList(500_000))},
		polltest.Case{Name: "350,000 empty entries", Handler: polltest.Body("[" + strings.Repeat("{},", 349_000) + "{}]")},
		polltest.Case{Name: "200,000 nulls", Handler: polltest.Body("[" + strings.Repeat("null,", 199_999) + "null]")},
		polltest.Case{Name: "10,001 entries", Handler: polltest.Body(restrictionList(10_001))},
		polltest.Case{Name: "null entry", Handler: polltest.Body(`[{"baggageKey":"user","maxValueLength":9},null]`)},
		polltest.Case{Name: "negative length", Handler: polltest.Body(`[{"baggageKey":"user","maxValueLength":-1}]`)},
		polltest.Case{Name: "missing length", Handler: polltest.Body(`[{"baggageKey":"user"}]`)},
		polltest.Case{Name: "a megabyte of key", Handler: polltest.Body(`[{"baggageKey":"` + strings.Repeat("k", 1<<20-100) + `","maxValueLength":1}]`)},
	)
}

// TestRemoteHostile: the list in force stays, each failure is
// counted, people hear of the first one and of the end.
func TestRemoteHostile(t *testing.T) {
	for _, c := range hostileRestrictions() {
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRemoteRig(t, polltest.Body(goodRestrictions), RemoteOptions{})
				<-time.After(2 * time.Second)
				r.check(t, "user", "4 true")

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
				if st.Failed < 4 || int(st.Failed) > r.server.Requests()-asked || st.Fetched != before.Fetched || st.Keys != 1 || st.LastError == "" || len(st.LastError) > 256 {
					t.Errorf("%d requests, %+v", r.server.Requests()-asked, st)
				}
				if n := r.server.Requests() - asked; n > int(st.Failed)+1 {
					t.Errorf("%d requests in %d fetches", n, st.Failed)
				}
				r.check(t, "user", "4 true")
				r.check(t, "other", "0 false")
				if l := r.lines(); len(l) != 1 || !strings.Contains(l[0], "level=WARN") || !strings.Contains(l[0], "cannot fetch baggage restrictions") {
					t.Errorf("logged %q", l)
				}
				if c.Slow { // Close has something to interrupt
					for n := r.server.Requests(); r.server.Requests() == n; {
						<-time.After(time.Second)
					}
					return
				}
				r.server.SetHandler(polltest.Body(goodRestrictions))
				<-time.After(3 * time.Minute)
				if l := r.lines(); len(l) != 1 || !strings.Contains(l[0], "level=INFO") || !strings.Contains(l[0], "fetched again") {
					t.Errorf("logged %q", l)
				}
			})
		})
	}
}

func TestRemoteHostileFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRemoteRig(t, http.NotFoundHandler(), RemoteOptions{DenyUntilFetched: true, Endpoint: "http://u:secret@agent/x?token=secret"})
		<-time.After(time.Hour)
		r.check(t, "user", "2048 false")
		l := r.lines()
		want := `level=WARN msg="spur: cannot fetch baggage restrictions; the last ones stay in force" cause=baggage_restrictions ` +
			`from=http://agent/x fetched=0 error="poll: unexpected status 404 Not Found"`
		if len(l) != 1 || l[0] != want {
			t.Errorf("logged %q", l)
		}
		if st := r.Status(); st.Failed < 55 || st.Fetched != 0 || !st.Updated.IsZero() {
			t.Errorf("%+v", st)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// nastyError is an error whose text cannot be had.
type nastyError struct{}

func (nastyError) Error() string { panic("nasty") }

// TestRemoteForeignClient: transports of others may do anything.
func TestRemoteForeignClient(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   roundTrip
	}{
		{"panics", func(*http.Request) (*http.Response, error) { panic("no") }},
		{"fails", func(*http.Request) (*http.Response, error) { return nil, errors.New("no") }},
		{"nasty error", func(*http.Request) (*http.Response, error) { return nil, nastyError{} }},
		{"nothing", func(*http.Request) (*http.Response, error) { return nil, nil }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				r := newRemoteRig(t, http.NotFoundHandler(), RemoteOptions{Client: &http.Client{Transport: roundTrip(func(q *http.Request) (*http.Response, error) {
					calls++
					return tt.do(q)
				})}})
				<-time.After(10 * time.Minute)
				r.check(t, "user", "2048 true")
				if calls < 9 {
					t.Errorf("%d calls", calls)
				}
			})
		})
	}
	t.Run("deaf", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			deaf := make(chan struct{})
			r := newRemoteRig(t, http.NotFoundHandler(), RemoteOptions{Client: &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
				<-deaf
				return nil, errors.New("late")
			})}})
			<-time.After(time.Minute)
			start := time.Now()
			if err := r.Close(); err != nil || time.Since(start) != 100*time.Millisecond {
				t.Errorf("closed after %v: %v", time.Since(start), err)
			}
			close(deaf)
			synctest.Wait()
			if st := r.Status(); st.Failed != 0 {
				t.Errorf("an interrupted fetch was counted: %+v", st)
			}
		})
	})
}

// TestRemoteInterval: a server is asked once a second at most, whatever the option
// says and whether it answers or not.
func TestRemoteInterval(t *testing.T) {
	for _, h := range []http.Handler{polltest.Body(goodRestrictions), http.NotFoundHandler()} {
		synctest.Test(t, func(t *testing.T) {
			r := newRemoteRig(t, h, RemoteOptions{RefreshInterval: 1})
			<-time.After(100 * time.Second)
			if n := r.server.Requests(); n < 90 || n > 112 {
				t.Errorf("%d requests in 100 s", n)
			}
		})
	}
}

// TestRemoteIsClosed in the middle of a fetch, and leaves nothing behind: the
// bubble would not end.
func TestRemoteIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		r := newRemoteRig(t, hang, RemoteOptions{Timeout: time.Hour})
		<-time.After(time.Minute)
		if r.server.Requests() != 1 {
			t.Fatalf("%d requests", r.server.Requests())
		}
		start := time.Now()
		if err := r.Close(); err != nil || time.Since(start) != 0 {
			t.Errorf("closed after %v: %v", time.Since(start), err)
		}
		<-time.After(time.Hour)
		if st := r.Status(); r.server.Requests() != 1 || st.Failed != 0 {
			t.Errorf("%d requests, %+v", r.server.Requests(), st)
		}
		r.check(t, "user", "2048 true")
	})
}
