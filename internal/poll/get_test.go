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

func serve(t *testing.T, h http.Handler) (*polltest.Server, *http.Client) {
	t.Helper()
	s := polltest.NewServer(h)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, poll.NewClient(s.Dial)
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
			_, client := serve(t, polltest.Body(tt.body))
			got, err := poll.Get(context.Background(), client, "http://x/y", tt.limit)
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
	_, client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got = r }))
	if _, err := poll.Get(context.Background(), client, "http://agent:5778/sampling?service=a+b", 10); err != nil {
		t.Fatal(err)
	}
	if got.Method != "GET" || got.Host != "agent:5778" || got.RequestURI != "/sampling?service=a+b" || got.Header.Get("Accept") != "application/json" {
		t.Errorf("%s %s from %s, %v", got.Method, got.RequestURI, got.Host, got.Header)
	}
	if v := got.Header.Values("Traceparent"); v != nil {
		t.Errorf("traced: %v", v)
	}
}

// TestErrorsKeepSecrets: addresses may hold passwords and tokens.
func TestErrorsKeepSecrets(t *testing.T) {
	refuse := func(context.Context, string, string) (net.Conn, error) { return nil, io.ErrUnexpectedEOF }
	for _, address := range []string{"http://user:secret@x/?token=secret", "http://secret host/", "http://x/\x7fsecret"} {
		_, err := poll.Get(context.Background(), poll.NewClient(refuse), address, 10)
		if err == nil || strings.Contains(err.Error(), "user:secret") || strings.Contains(err.Error(), "token") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestRefusalSaysWhy(t *testing.T) {
	_, client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no\nbaggage here "+strings.Repeat("x", 1000), http.StatusBadGateway)
	}))
	_, err := poll.Get(context.Background(), client, "http://x/", 10)
	if !errors.Is(err, poll.ErrStatus) || !strings.Contains(err.Error(), `502: "no\nbaggage here xxx`) || len(err.Error()) > 200 {
		t.Errorf("%v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := http.RedirectHandler("http://elsewhere/", http.StatusTemporaryRedirect)
	s, client := serve(t, elsewhere)
	own := poll.Client(&http.Client{Transport: client.Transport})
	followed := poll.Client(&http.Client{Transport: client.Transport, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if len(via) == 3 {
			return errors.New("enough")
		}
		return nil
	}})
	for _, tt := range []struct {
		name   string
		client *http.Client
		want   int
	}{{"NewClient", client, 1}, {"Client", own, 1}, {"with a policy", followed, 3}} {
		before := s.Requests()
		_, err := poll.Get(context.Background(), tt.client, "http://x/", 10)
		if got := s.Requests() - before; got != tt.want || err == nil {
			t.Errorf("%s: %d requests, want %d; %v", tt.name, got, tt.want, err)
		}
	}
}

// TestClientIsNobodyElses: what traces the program's requests must not see these.
func TestClientIsNobodyElses(t *testing.T) {
	mine := &http.Client{Timeout: 1}
	for name, c := range map[string]*http.Client{
		"nil": poll.Client(nil), "default": poll.Client(http.DefaultClient), "without a transport": poll.Client(mine),
	} {
		tr, ok := c.Transport.(*http.Transport)
		if !ok || tr == http.DefaultTransport || tr.Proxy != nil || !tr.DisableKeepAlives || c == http.DefaultClient || c == mine {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if http.DefaultClient.Transport != nil || mine.Transport != nil || mine.CheckRedirect != nil {
		t.Error("the caller's client was changed")
	}
	if poll.Client(mine).Timeout != 1 {
		t.Error("the client's timeout was lost")
	}
}

// TestRealSocket: the connection is closed, not kept for the next minute.
func TestRealSocket(t *testing.T) {
	states := make(chan http.ConnState, 16)
	s := httptest.NewUnstartedServer(polltest.Body("[]"))
	s.Config.ConnState = func(_ net.Conn, st http.ConnState) { states <- st }
	s.Start()
	defer s.Close()
	body, err := poll.Get(context.Background(), poll.Client(nil), s.URL, 10)
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
	if body, err := poll.Get(context.Background(), poll.Client(s.Client()), s.URL, 10); err != nil || string(body) != "[]" {
		t.Errorf("%q, %v", body, err)
	}
}
