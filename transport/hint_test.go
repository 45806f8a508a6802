// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Each thing that may be at the other end by mistake gets a hint of its own.
func TestHints(t *testing.T) {
	quiet := log.New(io.Discard, "", 0)
	server := func(t *testing.T, h http.HandlerFunc) *httptest.Server {
		s := httptest.NewUnstartedServer(h)
		s.Config.ErrorLog = quiet
		t.Cleanup(s.Close)
		return s
	}
	answer := func(status int, media, body string) func(*testing.T) (string, HTTPOptions) {
		return func(t *testing.T) (string, HTTPOptions) {
			s := server(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Content-Type", media)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			})
			s.Start()
			return s.URL, HTTPOptions{}
		}
	}
	overTLS := func(t *testing.T, c *tls.Config) *httptest.Server {
		s := server(t, func(http.ResponseWriter, *http.Request) {})
		s.TLS = c
		s.StartTLS()
		return s
	}
	// What servers of gRPC say to whoever connects: an HTTP/2 SETTINGS frame.
	const settings = "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x05\x00\x00\x40\x00"
	grpc := func(scheme string) func(*testing.T) (string, HTTPOptions) {
		return func(t *testing.T) (string, HTTPOptions) {
			return scheme + "://" + speak(t, true, settings), HTTPOptions{}
		}
	}
	for _, tt := range []struct {
		name string
		to   func(*testing.T) (string, HTTPOptions)
		kind Kind
		want string
	}{
		{"bad CA", func(t *testing.T) (string, HTTPOptions) { return overTLS(t, nil).URL, HTTPOptions{} }, Retryable, hintAuthority},
		{"another name", func(t *testing.T) (string, HTTPOptions) {
			s := overTLS(t, nil)
			roots := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
			return s.URL, HTTPOptions{TLS: &tls.Config{RootCAs: roots, ServerName: "collector"}}
		}, Retryable, hintName},
		{"expired", func(t *testing.T) (string, HTTPOptions) {
			s := overTLS(t, nil)
			roots := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
			later := func() time.Time { return time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC) }
			return s.URL, HTTPOptions{TLS: &tls.Config{RootCAs: roots, Time: later}}
		}, Retryable, hintDate},
		{"TLS to a plain port", func(t *testing.T) (string, HTTPOptions) {
			s := server(t, func(http.ResponseWriter, *http.Request) {})
			s.Start()
			return strings.Replace(s.URL, "http:", "https:", 1), HTTPOptions{}
		}, Retryable, hintNoTLS},
		{"plain to a port of TLS", func(t *testing.T) (string, HTTPOptions) {
			return strings.Replace(overTLS(t, nil).URL, "https:", "http:", 1), HTTPOptions{}
		}, Refused, hintTLS},
		{"plain to a port of TLS that alerts", func(t *testing.T) (string, HTTPOptions) {
			return "http://" + speak(t, false, "\x15\x03\x01\x00\x02\x02\x0a"), HTTPOptions{}
		}, Unconfirmed, hintTLS},
		{"gRPC", grpc("http"), Retryable, hintGRPC},
		{"hangs up", func(t *testing.T) (string, HTTPOptions) { return "http://" + speak(t, false, ""), HTTPOptions{} }, Retryable, hintSilent},
		{"gRPC, and https", grpc("https"), Retryable, hintGRPC},
		{"gRPC over TLS", func(t *testing.T) (string, HTTPOptions) {
			s := overTLS(t, &tls.Config{NextProtos: []string{"grpc-exp"}})
			return s.URL, HTTPOptions{TLS: &tls.Config{InsecureSkipVerify: true}}
		}, Retryable, hintGRPC},
		{"unknown host", func(*testing.T) (string, HTTPOptions) {
			return "http://colector:4318", HTTPOptions{Resolver: noHosts{}}
		}, Retryable, hintHost},
		{"refused", func(t *testing.T) (string, HTTPOptions) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			_ = l.Close()
			return "http://" + l.Addr().String(), HTTPOptions{}
		}, Retryable, hintRefused},
		{"the UI", answer(200, "text/html; charset=utf-8", "<!doctype html><title>Jaeger UI</title>"), Unconfirmed, hintPage},
		{"the UI's 404", answer(404, "text/html", "<h1>not found</h1>"), Refused, hintPage},
		{"404", answer(404, "text/plain", "404 page not found"), Refused, hintPath},
		{"405", answer(405, "text/plain", ""), Refused, hintPath},
		{"401", answer(401, "text/plain", ""), Refused, hintSecret},
		{"503", answer(503, "text/plain", "busy"), Retryable, ""},
		{"well", answer(200, "application/x-protobuf", ""), Accepted, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url, o := tt.to(t)
			o.Timeout = 5 * time.Second
			h, err := NewHTTP(url, o)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = h.Close() }()
			err = h.Send(context.Background(), []byte("batch"))
			var e *Error
			if !errors.As(err, &e) {
				e = &Error{}
			}
			if e.Kind != tt.kind || e.Hint != tt.want {
				t.Errorf("%v: kind %v, hint %q", err, e.Kind, e.Hint)
			}
			if tt.want != "" && !strings.HasSuffix(err.Error(), "; "+tt.want) {
				t.Errorf("the text is without the hint: %v", err)
			}
		})
	}
}

// speak returns the address of a server that says the same to everybody, before or
// after they have said something, and hangs up.
func speak(t *testing.T, first bool, words string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { _ = l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if first {
				_, _ = io.WriteString(conn, words)
			}
			for got := []byte(nil); !bytes.HasSuffix(got, []byte("batch")) && err == nil; {
				var n int
				b := make([]byte, 1<<10)
				n, err = conn.Read(b)
				got = append(got, b[:n]...)
				if first {
					break // over TLS it is not to be recognized
				}
			}
			if !first {
				_, _ = io.WriteString(conn, words)
			}
			_ = conn.Close()
		}
	}()
	return l.Addr().String()
}

// noHosts is a Resolver that knows nobody.
type noHosts struct{}

func (noHosts) LookupHost(_ context.Context, host string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func TestUDPHints(t *testing.T) {
	closed, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for addr, want := range map[string]string{"agnet:6831": hintHost, closed.LocalAddr().String(): hintRefused} {
		if want == hintRefused && (runtime.GOOS == "windows" || runtime.GOOS == "plan9" || runtime.GOARCH == "wasm") {
			continue // no SO_ERROR
		}
		u, err := NewUDP(addr, UDPOptions{Resolver: noHosts{}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = u.Close() }()
		var e *Error
		if err := u.Send(context.Background(), []byte("batch")); !errors.As(err, &e) || e.Hint != want {
			t.Errorf("%s: %v", addr, err)
		}
	}
}
