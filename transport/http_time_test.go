// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/faultnet"
)

// station is an HTTP server in a network in memory.
type station struct {
	*http.Server
	mu              sync.Mutex
	conns, requests int
}

func (m *memory) station(t *testing.T, addr string, answer http.HandlerFunc) *station {
	t.Helper()
	s := &station{}
	s.Server = &http.Server{
		ErrorLog: quiet(),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			s.mu.Lock()
			s.requests++
			s.mu.Unlock()
			answer(w, r)
		}),
		ConnState: func(_ net.Conn, state http.ConnState) {
			s.mu.Lock()
			defer s.mu.Unlock()
			switch state {
			case http.StateNew:
				s.conns++
			case http.StateClosed, http.StateHijacked:
				s.conns--
			}
		},
	}
	l := m.listen(addr)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return s
}

func (s *station) want(t *testing.T, requests, open int) {
	t.Helper()
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.requests != requests || s.conns != open {
		t.Fatalf("%d requests, %d open connections; want %d, %d", s.requests, s.conns, requests, open)
	}
}

func accept(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }

func TestHTTPConnectionAge(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var nw memory
		s := nw.station(t, "10.0.0.1:80", accept)
		h := newHTTP(t, "http://10.0.0.1", HTTPOptions{Dial: nw.dial})
		for range 60 { // seconds
			wantHTTP(t, h, "batch", "ok")
			pass(time.Second)
		}
		if nw.dialed() != 1 {
			t.Fatalf("%d connections in the first minute", nw.dialed())
		}
		wantHTTP(t, h, "batch", "ok")
		s.want(t, 61, 1)
		if nw.dialed() != 2 {
			t.Fatalf("%d connections after the first minute", nw.dialed())
		}
		pass(59 * time.Second)
		wantHTTP(t, h, "batch", "ok")
		if nw.dialed() != 2 {
			t.Fatal("the second connection did not last")
		}
		pass(61 * time.Second) // idle
		s.want(t, 62, 0)
		wantHTTP(t, h, "batch", "ok")
		s.want(t, 63, 1)
		_ = h.Close()
		s.want(t, 63, 0)
	})
}

func TestHTTPNameMoves(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var nw memory
		var names faultnet.Resolver
		a, b := nw.station(t, "10.0.0.1:80", accept), nw.station(t, "10.0.0.2:80", accept)
		h := newHTTP(t, "http://collector", HTTPOptions{Dial: nw.dial, Resolver: &names, MaxConnAge: 10 * time.Second})

		err := wantHTTP(t, h, "1", "retryable")
		var dns *net.DNSError
		if !errors.As(err, &dns) || !strings.Contains(err.Error(), "connecting: resolving collector: ") {
			t.Fatal(err)
		}
		names.Set("collector", "10.0.0.1")
		wantHTTP(t, h, "2", "ok")
		if want := "http://collector/api/traces (10.0.0.1:80)"; h.Address() != want {
			t.Fatalf("address %q, want %q", h.Address(), want)
		}

		// The old address still accepts: MaxConnAge.
		names.Set("collector", "10.0.0.2")
		pass(9 * time.Second)
		wantHTTP(t, h, "3", "ok")
		a.want(t, 2, 1)
		pass(time.Second)
		wantHTTP(t, h, "4", "ok")
		a.want(t, 2, 0)
		b.want(t, 1, 1)

		// The old address goes away: at once.
		names.Set("collector", "10.0.0.1")
		_ = b.Close()
		synctest.Wait()
		wantHTTP(t, h, "5", "ok")
		a.want(t, 3, 1)

		// One of several is dead.
		names.Set("collector", "10.0.0.9", "nonsense", "::1", "10.0.0.1")
		h.disconnect()
		wantHTTP(t, h, "6", "ok")
		if want := "http://collector/api/traces (10.0.0.1:80)"; h.Address() != want {
			t.Fatalf("address %q, want %q", h.Address(), want)
		}
		names.Set("collector", "nonsense")
		h.disconnect()
		wantHTTP(t, h, "7", "retryable")
		names.Set("collector", "10.0.0.8", "10.0.0.9")
		wantHTTP(t, h, "7", "retryable")
		a.want(t, 4, 0)
	})
}

// The first address swallows what is sent to it; the next one gets its turn.
func TestHTTPFirstAddressIsABlackHole(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var nw memory
		var names faultnet.Resolver
		names.Set("collector", "10.0.0.8", "10.0.0.1")
		s := nw.station(t, "10.0.0.1:80", accept)
		nw.listen("10.0.0.8:80") // nobody accepts
		h := newHTTP(t, "http://collector", HTTPOptions{Dial: nw.dial, Resolver: &names})
		begin := time.Now()
		wantHTTP(t, h, "batch", "ok")
		if took := time.Since(begin); took != addressWait {
			t.Errorf("took %v", took)
		}
		s.want(t, 1, 1)
	})
}

// Send comes back when its context or its time ends, whatever it waits for.
func TestHTTPSendEnds(t *testing.T) {
	wait := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	tests := []struct {
		name  string
		setup func(t *testing.T, nw *memory, names *faultnet.Resolver, o *HTTPOptions)
		want  string
	}{
		{"looking up the name", func(t *testing.T, nw *memory, names *faultnet.Resolver, _ *HTTPOptions) { names.SetDelay(time.Hour) }, "retryable"},
		{"dialling", func(t *testing.T, nw *memory, _ *faultnet.Resolver, _ *HTTPOptions) { nw.listen("10.0.0.1:80") }, "retryable"},
		{"dialling deafly", func(t *testing.T, nw *memory, _ *faultnet.Resolver, o *HTTPOptions) {
			o.Dial = func(context.Context, string, string) (net.Conn, error) {
				<-time.After(time.Hour)
				here, there := net.Pipe()
				go func() { _, _ = there.Read(make([]byte, 1)) }() // ends when here is closed
				return here, nil
			}
		}, "retryable"},
		{"writing", func(t *testing.T, nw *memory, _ *faultnet.Resolver, _ *HTTPOptions) {
			swallow(t, nw.listen("10.0.0.1:80"))
		}, "retryable"},
		{"waiting for the answer", func(t *testing.T, nw *memory, _ *faultnet.Resolver, _ *HTTPOptions) {
			nw.station(t, "10.0.0.1:80", wait)
		}, "retryable, written"},
		{"reading the answer", func(t *testing.T, nw *memory, _ *faultnet.Resolver, _ *HTTPOptions) {
			nw.station(t, "10.0.0.1:80", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				for r.Context().Err() == nil {
					_, _ = w.Write([]byte(" "))
					_ = http.NewResponseController(w).Flush()
					pass(100 * time.Millisecond)
				}
			})
		}, "unconfirmed"},
		{"reading a refusal", func(t *testing.T, nw *memory, _ *faultnet.Resolver, _ *HTTPOptions) {
			nw.station(t, "10.0.0.1:80", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", "9")
				w.WriteHeader(400)
				_ = http.NewResponseController(w).Flush()
				wait(w, r)
			})
		}, "refused"},
	}
	for _, tt := range tests {
		for name, limit := range map[string]func(*HTTPOptions) (context.Context, context.CancelFunc){
			"timeout": func(o *HTTPOptions) (context.Context, context.CancelFunc) {
				o.Timeout = 700 * time.Millisecond
				return context.WithCancel(context.Background())
			},
			"deadline": func(*HTTPOptions) (context.Context, context.CancelFunc) {
				return context.WithTimeout(context.Background(), 700*time.Millisecond)
			},
			"cancel": func(*HTTPOptions) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(context.Background())
				time.AfterFunc(700*time.Millisecond, cancel)
				return ctx, cancel
			},
		} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					var nw memory
					var names faultnet.Resolver
					names.Set("collector", "10.0.0.1")
					o := HTTPOptions{Dial: nw.dial, Resolver: &names}
					tt.setup(t, &nw, &names, &o)
					ctx, cancel := limit(&o)
					defer cancel()
					h := newHTTP(t, "http://collector", o)
					begin := time.Now()
					err := h.Send(ctx, []byte("batch"))
					if got := result(t, err); got != tt.want {
						t.Errorf("Send = %v (%s), want %s", err, got, tt.want)
					}
					if took := time.Since(begin); took < 700*time.Millisecond || took > 701*time.Millisecond {
						t.Errorf("took %v", took)
					}
					if strings.HasPrefix(tt.want, "retryable") && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
						t.Errorf("cause %v", err)
					}
					begin = time.Now()
					if _ = h.Close(); time.Since(begin) != 0 {
						t.Errorf("Close took %v", time.Since(begin))
					}
					pass(2 * time.Hour) // a dial that comes too late is closed, or this bubble does not end
				})
			})
		}
	}
}

// swallow accepts connections and reads a little of what comes.
func swallow(t *testing.T, l net.Listener) {
	done := make(chan struct{})
	t.Cleanup(func() { _ = l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadFull(c, make([]byte, 10))
			t.Cleanup(func() { _ = c.Close() })
		}
	}()
}

// A refusal that drips is known by its status.
func TestHTTPRefusalDrips(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var nw memory
		nw.station(t, "10.0.0.1:80", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(503)
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, "wait ")
				_ = http.NewResponseController(w).Flush()
				pass(300 * time.Millisecond)
			}
		})
		h := newHTTP(t, "http://10.0.0.1", HTTPOptions{Dial: nw.dial})
		begin := time.Now()
		err := wantHTTP(t, h, "batch", "retryable, after 7s")
		if took := time.Since(begin); took != refusalWait || !strings.Contains(err.Error(), `"wait wait wait wait"`) {
			t.Errorf("%v after %v", err, took)
		}
		pass(time.Second) // for the server to notice
	})
}

// A peer that reads the request and then nothing more blocks the farewell of TLS.
func TestHTTPSendEndsOverTLS(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var nw memory
		l := nw.listen("10.0.0.1:443")
		pair := newAuthority(t, "A").pair(t, "server")
		end, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for range 2 {
				raw, err := l.Accept()
				if err != nil {
					return
				}
				defer raw.Close() // not before the end
				request(tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{*pair}}))
			}
			<-end
		}()
		h := newHTTP(t, "https://10.0.0.1", HTTPOptions{
			Dial: nw.dial, Timeout: 700 * time.Millisecond, TLS: &tls.Config{InsecureSkipVerify: true},
		})
		for range 2 {
			begin := time.Now()
			wantHTTP(t, h, strings.Repeat("x", 100_000), "retryable, written")
			if took := time.Since(begin); took != 700*time.Millisecond {
				t.Errorf("took %v", took)
			}
		}
		close(end)
		<-done
	})
}

func TestHTTPGzipEnds(t *testing.T) {
	h := newHTTP(t, "http://10.0.0.1", HTTPOptions{Gzip: true, MaxBatch: 64 << 20})
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	begin := time.Now()
	err := h.Send(ctx, make([]byte, 64<<20))
	if took := time.Since(begin); result(t, err) != "retryable" || took > time.Second {
		t.Errorf("Send = %v after %v", err, took)
	}
}
