// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur/reporter"
)

// talker is a server that says something when it has got a request, and hangs up.
func talker(t *testing.T, text string) (address string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
			}
			_, _ = io.WriteString(c, text)
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T, network string) string {
	if network == "udp" {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.LocalAddr().String()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// syncBuffer is written to while it is read.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// Whatever takes spans for a collector or an agent and is none: every span is accounted
// for, and the log or the error of Shutdown says what is wrong there.
func TestWrongReceivers(t *testing.T) {
	answers := func(status int, media, body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", media)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	withTLS := httptest.NewUnstartedServer(http.NotFoundHandler())
	withTLS.Config.ErrorLog = slog.NewLogLogger(discardHandler{}, slog.LevelError)
	withTLS.StartTLS()
	t.Cleanup(withTLS.Close)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	for _, tt := range []struct{ name, endpoint, want string }{
		{"a gRPC port", "http://" + talker(t, "\x00\x00\x00\x04\x00\x00\x00\x00\x00") + "/v1/traces", "speaks HTTP/2, as gRPC does"},
		{"a web page", answers(200, "text/html; charset=utf-8", "<html>Jaeger UI</html>"), "a web page answered"},
		{"the wrong path", answers(404, "text/plain", "404 page not found"), "no such path there for spans"},
		{"the wrong method", answers(405, "text/plain", ""), "no such path there for spans"},
		{"no credentials", answers(401, "text/plain", ""), "wants other credentials"},
		{"a redirect", answers(302, "text/plain", ""), "302"},
		{"a format it does not take", answers(415, "application/json", `{"message":"unsupported"}`), "415"},
		{"a server in trouble", answers(500, "text/plain", "disk full"), "disk full"},
		{"TLS, spoken to plainly", "http" + strings.TrimPrefix(withTLS.URL, "https") + "/api/traces", "try https://"},
		{"TLS where there is none", "https" + strings.TrimPrefix(answers(200, "text/plain", ""), "http"), "try http://"},
		{"an unknown authority", withTLS.URL, "not signed by an authority"},
		{"another protocol", "http://" + talker(t, "SSH-2.0-OpenSSH_9.7\r\n"), "malformed HTTP"},
		{"one that hangs up", "http://" + talker(t, ""), "EOF"},
		{"one that says nothing", "http://" + silent.Addr().String(), "deadline"},
		{"nobody", "http://" + closedPort(t, "tcp"), "nobody listens at that port"},
		{"no agent", "udp://" + closedPort(t, "udp"), "nobody listens at that port"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var logged syncBuffer
			tracer, err := New("orders", SampleAll(), WithEndpoint(tt.endpoint), WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				tracer.StartSpan("op").Finish()
				tracer.flushWithin(context.Background(), 200*time.Millisecond)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			defer cancel()
			text := ""
			if err := tracer.Shutdown(ctx); err != nil {
				text = err.Error() + "\n"
			}
			checkBooks(t, tracer)
			if d := tracer.Stats().Destinations[0]; d.Sent > 0 || d.DroppedTotal()+d.Unconfirmed != 3 || d.Dropped[reporter.QueueFull] > 0 {
				t.Errorf("%+v", d)
			}
			if lines := strings.Count(logged.String(), "\n"); lines == 0 || lines > 4 {
				t.Errorf("%d lines in the log", lines)
			}
			if text += logged.String(); !strings.Contains(text, tt.want) || !strings.Contains(text, strings.SplitN(tt.endpoint, "/", 4)[2]) {
				t.Errorf("%q is not in, or the address:\n%s", tt.want, text)
			}
		})
	}
}
