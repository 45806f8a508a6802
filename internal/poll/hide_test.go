// SPDX-License-Identifier: Apache-2.0

package poll_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/internal/jsondoc"
	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
)

// parts are the secrets of the requests in this file. They survive all encodings
// but base64's.
var parts = []string{"hunter", "t0ken", "bearer77"}

func showsSecret(text string) bool {
	for _, p := range parts {
		for _, form := range []string{p, base64.StdEncoding.EncodeToString([]byte("ann:" + p))[6:12]} {
			if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
				return true
			}
		}
	}
	return false
}

// authorizing adds a header that only it knows.
type authorizing struct{ http.RoundTripper }

func (a authorizing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Token", parts[2])
	return a.RoundTripper.RoundTrip(r)
}

// echoes are servers that repeat what they were sent.
func echoes() map[string]http.HandlerFunc {
	dump := func(r *http.Request) string {
		b, _ := httputil.DumpRequest(r, false)
		user, password, _ := r.BasicAuth()
		return string(b) + user + password + r.URL.Query().Get("token")
	}
	raw := func(w http.ResponseWriter, text string) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_, _ = io.WriteString(conn, text)
			conn.Close()
		}
	}
	return map[string]http.HandlerFunc{
		"status": func(w http.ResponseWriter, r *http.Request) { http.Error(w, dump(r), http.StatusUnauthorized) },
		"base64": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, base64.StdEncoding.EncodeToString([]byte(dump(r))), http.StatusBadGateway)
		},
		"escaped": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, url.QueryEscape(dump(r)), http.StatusTeapot)
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.String()+"&more", http.StatusFound)
		},
		"no redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://"+parts[1]+":x/%zz", http.StatusFound)
		},
		"status line": func(w http.ResponseWriter, r *http.Request) { raw(w, dump(r)) },
		"status text": func(w http.ResponseWriter, r *http.Request) { raw(w, "HTTP/1.1 503 "+r.URL.String()+"\r\n\r\n") },
		"header line": func(w http.ResponseWriter, r *http.Request) { raw(w, "HTTP/1.1 200 OK\r\n"+r.URL.RawQuery+"\r\n\r\n") },
		"trailer": func(w http.ResponseWriter, r *http.Request) {
			raw(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"+parts[1]+"\r\n")
		},
		"in the answer": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, dump(r)) },
	}
}

// TestEchoesAreNotShown: no error says what a server repeats of a request's
// secrets, in whatever form, and all say what kind of failure it was.
func TestEchoesAreNotShown(t *testing.T) {
	for name, handler := range echoes() {
		memory := polltest.NewServer(handler)
		plain := poll.NewClient(memory.Dial, nil)
		for _, tt := range []struct {
			endpoint string
			client   *http.Client
		}{
			{"http://ann:" + parts[0] + "@agent/x", plain},
			{"agent?token=" + parts[1], plain},
			{"agent", &http.Client{Transport: authorizing{plain.Transport}}},
			{"agent?token=" + parts[1], &http.Client{Transport: plain.Transport, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
				if len(via) > 2 {
					return fmt.Errorf("too many: %v", via[1].URL)
				}
				return nil
			}}},
		} {
			server := newServer(t, tt.endpoint, tt.client)
			_, err := poll.Fetch(context.Background(), server, "", 1<<20, func(body []byte) (int, error) {
				return 0, fmt.Errorf("rate: %w", &jsondoc.Quoted{Value: string(body), Reason: "is not a number"})
			})
			if err == nil || showsSecret(err.Error()) || len(err.Error()) < 10 {
				t.Errorf("%s, %s: %v", name, tt.endpoint, err)
			}
		}
		memory.Close()
	}
}

// TestForeignErrors of clients and parsers may quote anything.
func TestForeignErrors(t *testing.T) {
	memory := polltest.NewServer(polltest.Body(parts[1]))
	defer memory.Close()
	boom := errors.New("boom " + parts[1])
	for want, tt := range map[string]struct {
		transport http.RoundTripper
		parse     func([]byte) (int, error)
	}{
		"poll: the request failed: *errors.errorString": {transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, boom })},
		"poll: the client panicked":                     {transport: roundTrip(func(r *http.Request) (*http.Response, error) { panic(r.URL) })},
		"poll: the request failed: poll_test.nasty":     {transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, nasty{} })},
		"dial tcp agent: connection refused": {transport: roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: name("agent"), Err: errors.New("connection refused")}
		})},
		"poll: the parser refused the answer: *errors.errorString": {parse: func([]byte) (int, error) { return 0, poll.Foreign(boom) }},
		"poll: the parser panicked":                                {parse: func(b []byte) (int, error) { panic(string(b)) }},
		"answer: *** is odd": {parse: func(b []byte) (int, error) {
			return 0, fmt.Errorf("answer: %w", &jsondoc.Quoted{Value: string(b), Reason: "is odd"})
		}},
	} {
		if tt.transport == nil {
			tt.transport = poll.NewClient(memory.Dial, nil).Transport
		}
		server := newServer(t, "agent?token="+parts[1], &http.Client{Transport: tt.transport})
		_, err := poll.Fetch(context.Background(), server, "", 100, tt.parse)
		if strings.HasPrefix(want, "dial") { // what is not known inside of one that is
			want = "dial tcp agent: poll: the request failed"
		}
		if err == nil || !strings.HasPrefix(err.Error(), want) || showsSecret(err.Error()) {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

// TestFailuresAreNamed although requests hold secrets.
func TestFailuresAreNamed(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	secure.Config.ErrorLog = nil
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, tt := range []struct{ endpoint, want string }{
		{secure.URL, "tls: failed to verify certificate"},
		{strings.Replace(plain.URL, "http", "https", 1), "http: server gave HTTP response to HTTPS client"},
		{gone.URL, "dial tcp 127.0.0.1:"},
		{gone.URL, "refused"},
		{plain.URL, "unexpected status 404 Not Found"},
		{"http://nobody.invalid", "lookup nobody.invalid"},
	} {
		_, err := newServer(t, tt.endpoint+"/?token="+parts[1], nil).Get(context.Background(), "", 10)
		if err == nil || !strings.Contains(err.Error(), tt.want) || showsSecret(err.Error()) {
			t.Errorf("%s: %v; want %s", tt.endpoint, err, tt.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := newServer(t, plain.URL, nil).Get(ctx, "", 10); err != context.Canceled {
		t.Errorf("%v", err)
	}
}

// TestWithoutSecretsAllIsShown, for those who look for the reason.
func TestWithoutSecretsAllIsShown(t *testing.T) {
	memory := polltest.NewServer(polltest.Body("x"))
	defer memory.Close()
	server := newServer(t, "agent", poll.NewClient(memory.Dial, nil))
	for want, parse := range map[string]func([]byte) (int, error){
		"boom":     func([]byte) (int, error) { return 0, poll.Foreign(errors.New("boom")) },
		"x is odd": func(b []byte) (int, error) { return 0, &jsondoc.Quoted{Value: string(b), Reason: "is odd"} },
	} {
		if _, err := poll.Fetch(context.Background(), server, "", 100, parse); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := poll.Fetch(context.Background(), server, "", 100, func([]byte) (int, error) { panic("x") }); !errors.Is(err, guard.ErrPanic) {
		t.Errorf("%v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// nasty is an error whose text cannot be had.
type nasty struct{}

func (nasty) Error() string   { panic("nasty") }
func (nasty) Is(error) bool   { panic("nasty") }
func (nasty) As(any) bool     { panic("nasty") }
func (nasty) Unwrap() []error { panic("nasty") }

// name is an address.
type name string

func (name) Network() string  { return "tcp" }
func (n name) String() string { return string(n) }
