// SPDX-License-Identifier: Apache-2.0

package poll_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
)

// newServer makes the Server for an endpoint and a client.
func newServer(t *testing.T, endpoint string, c *http.Client) *poll.Server {
	t.Helper()
	s, err := poll.NewServer(poll.ServerOptions{Service: "a b", Endpoint: endpoint, Path: "/p", Client: c})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func serve(t *testing.T, h http.Handler) (*polltest.Server, *poll.Server) {
	t.Helper()
	s := polltest.NewServer(h)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, newServer(t, "", poll.NewClient(s.Dial, nil))
}

func TestGet(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		limit      int
		want       error
	}{
		{"small", "[]", 100, nil},
		{"empty", "", 0, nil},
		{"at the limit", strings.Repeat("x", 5000), 5000, nil},
		{"one byte above", strings.Repeat("x", 5001), 5000, poll.ErrTooLarge},
		{"far above, without a length", strings.Repeat("x", 50_000), 5000, poll.ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, server := serve(t, polltest.Body(tt.body))
			got, err := server.Get(context.Background(), "", tt.limit)
			if !errors.Is(err, tt.want) {
				t.Fatalf("error %v, want %v", err, tt.want)
			}
			if err == nil && string(got) != tt.body {
				t.Errorf("%d bytes, want %d", len(got), len(tt.body))
			}
		})
	}
}

func TestGetAsks(t *testing.T) {
	var got *http.Request
	memory, _ := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r }))
	server := newServer(t, "agent:5778/sampling", poll.NewClient(memory.Dial, nil))
	if _, err := server.Get(context.Background(), "&x=y", 10); err != nil {
		t.Fatal(err)
	}
	if got.Method != "GET" || got.Host != "agent:5778" || got.RequestURI != "/sampling?service=a+b&x=y" || got.Header.Get("Accept") != "application/json" {
		t.Errorf("%s %s from %s, %v", got.Method, got.RequestURI, got.Host, got.Header)
	}
	if v := got.Header.Values("Traceparent"); v != nil {
		t.Errorf("traced: %v", v)
	}
}

func TestRefusalSaysWhy(t *testing.T) {
	_, server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no\nbaggage here "+strings.Repeat("x", 1000), http.StatusBadGateway)
	}))
	_, err := server.Get(context.Background(), "", 10)
	if !errors.Is(err, poll.ErrStatus) || !strings.Contains(err.Error(), `502: "no\nbaggage here xxx`) || len(err.Error()) > 200 {
		t.Errorf("%v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := http.RedirectHandler("http://elsewhere/", http.StatusTemporaryRedirect)
	s, _ := serve(t, elsewhere)
	client := poll.NewClient(s.Dial, nil)
	for _, tt := range []struct {
		name   string
		client *http.Client
		want   int
	}{
		{"NewClient", client, 1},
		{"without a policy", &http.Client{Transport: client.Transport}, 1},
		{"with a policy", &http.Client{Transport: client.Transport, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) == 3 {
				return errors.New("enough")
			}
			return nil
		}}, 3},
	} {
		before := s.Requests()
		_, err := newServer(t, "", tt.client).Get(context.Background(), "", 10)
		if got := s.Requests() - before; got != tt.want || err == nil {
			t.Errorf("%s: %d requests, want %d; %v", tt.name, got, tt.want, err)
		}
	}
}

// TestRealSocket: the connection is closed, not kept for the next minute.
func TestRealSocket(t *testing.T) {
	states := make(chan http.ConnState, 16)
	s := httptest.NewUnstartedServer(polltest.Body("[]"))
	s.Config.ConnState = func(_ net.Conn, st http.ConnState) { states <- st }
	s.Start()
	defer s.Close()
	body, err := newServer(t, s.URL, nil).Get(context.Background(), "", 10)
	if err != nil || string(body) != "[]" {
		t.Fatalf("%q, %v", body, err)
	}
	for st := range states {
		if st == http.StateClosed {
			return
		}
	}
}

func TestTLS(t *testing.T) {
	s := httptest.NewTLSServer(polltest.Body("[]"))
	defer s.Close()
	s.Config.ErrorLog = nil
	if body, err := newServer(t, s.URL, s.Client()).Get(context.Background(), "", 10); err != nil || string(body) != "[]" {
		t.Errorf("%q, %v", body, err)
	}
}

// idleBody never has anything, and never ends.
type idleBody struct{}

func (idleBody) Read([]byte) (int, error) { return 0, nil }
func (idleBody) Close() error             { return nil }

func TestBodyWithoutProgress(t *testing.T) {
	server := newServer(t, "agent", &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: idleBody{}, ContentLength: -1}, nil
	})})
	if _, err := server.Get(context.Background(), "", 10); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("%v", err)
	}
}
