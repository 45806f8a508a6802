// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

func newHTTP(t testing.TB, endpoint string, o HTTPOptions) *HTTP {
	t.Helper()
	h, err := NewHTTP(endpoint, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// result is what Send returned as a short text, such as "ok" or "retryable,
// written, after 3s".
func result(t testing.TB, err error) string {
	t.Helper()
	s := outcome(t, err)
	var e *Error
	if errors.As(err, &e) {
		if e.Written {
			s += ", written"
		}
		if e.RetryAfter != 0 {
			s += ", after " + e.RetryAfter.String()
		}
		if e.Rejected != 0 {
			s += fmt.Sprintf(", %d rejected", e.Rejected)
		}
		if n := len(err.Error()); n > 1024 {
			t.Errorf("the error has %d bytes: %v", n, err)
		}
	}
	return s
}

func wantHTTP(t testing.TB, h *HTTP, batch, want string) error {
	t.Helper()
	err := h.Send(context.Background(), []byte(batch))
	if got := result(t, err); got != want {
		t.Fatalf("Send of %d bytes = %v (%s), want %s", len(batch), err, got, want)
	}
	return err
}

// collector is a real net/http server that keeps what it was sent.
type collector struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
	conns    int
}

// collect starts a collector that answers with answer; nil: 202.
func collect(t testing.TB, answer http.HandlerFunc, start ...func(*httptest.Server)) *collector {
	t.Helper()
	c := &collector{}
	c.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		c.requests, c.bodies = append(c.requests, r), append(c.bodies, string(body))
		c.mu.Unlock()
		if answer == nil {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		answer(w, r)
	}))
	c.Config.ErrorLog = quiet()
	c.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			c.mu.Lock()
			c.conns++
			c.mu.Unlock()
		}
	}
	if len(start) == 0 {
		c.Start()
	}
	for _, f := range start {
		f(c.Server)
	}
	t.Cleanup(c.Close)
	return c
}

func (c *collector) counts() (requests, conns int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.requests), c.conns
}

func (c *collector) wantCounts(t testing.TB, requests, conns int) {
	t.Helper()
	if r, n := c.counts(); r != requests || n != conns {
		t.Errorf("%d requests on %d connections, want %d on %d", r, n, requests, conns)
	}
}

func (c *collector) last() (*http.Request, string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.requests) - 1
	return c.requests[n], c.bodies[n]
}
