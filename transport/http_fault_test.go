// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The tests of this file use the kernel's sockets on the loopback interface.

// request reads one request with its body.
func request(c net.Conn) bool {
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err == nil
}

// answers is a peer that reads a request and writes text, then holds on to the
// connection until the other side closes it.
func answers(text string) func(c *peerConn, n int) {
	return func(c *peerConn, _ int) {
		if request(c) {
			_, _ = io.WriteString(c, text)
			_, _ = io.Copy(io.Discard, c)
		}
	}
}

// closes is a peer that reads a request, writes text and closes the connection.
func closes(text string) func(c *peerConn, n int) {
	return func(c *peerConn, _ int) {
		if request(c) {
			_, _ = io.WriteString(c, text)
		}
	}
}

const (
	ok200 = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\n"
	large = 20 << 20 // more than the buffers of two sockets
)

func TestHTTPFaults(t *testing.T) {
	tests := []struct {
		name  string
		serve func(c *peerConn, n int)
		size  int
		want  string
		text  string
		waits bool // until Timeout ends
	}{
		{"closed at once", func(*peerConn, int) {}, large, "retryable", "sending", false},
		{"reset within the request", func(c *peerConn, _ int) {
			_, _ = io.CopyN(io.Discard, c, 10_000)
			c.reset()
		}, large, "retryable", "sending", false},
		{"black hole that reads nothing", func(c *peerConn, _ int) { c.hold() }, large, "retryable", "sending: not done after ", true},
		{"reset after the request", func(c *peerConn, _ int) { request(c); c.reset() }, 5, "retryable, written", "reset", false},
		{"closed after the request", closes(""), 5, "retryable, written", "EOF", false},
		{"closed after the request, large", closes(""), large, "retryable, written", "EOF", false},
		{"black hole that reads", answers(""), 5, "retryable, written", "waiting for the answer: not done after ", true},
		{"half a status line", answers("HTTP/1.1 20"), 5, "retryable, written", "not done", true},
		{"half a status line, closed", closes("HTTP/1.1 20"), 5, "retryable, written", "malformed", false},
		{"half a header", answers(ok200), 5, "retryable, written", "not done", true},
		{"half a header, closed", closes(ok200), 5, "retryable, written", "EOF", false},
		{"only interim answers", closes(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 3)), 5, "retryable, written", "EOF", false},
		{"interim answers for ever", closes(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 10_000)), 5, "unconfirmed", "reading the answer", false},
		{"endless header", closes(ok200 + "X: " + strings.Repeat("x", 1<<20)), 5, "unconfirmed", "headers exceeded", false},
		{"not HTTP", answers("SSH-2.0-OpenSSH_9.6\r\n"), 5, "unconfirmed", "malformed HTTP response", false},
		{"not HTTP, long", closes(strings.Repeat("\x00é", 20_000) + "\n"), 5, "unconfirmed", "malformed HTTP response", false},
		{"switching protocols", answers("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello"), 5, "permanent", "101", false},

		{"drip within the body", answers(ok200 + "Content-Length: 10\r\n\r\n\x12\x00"), 5, "unconfirmed", "not at its end", true},
		{"cut body", closes(ok200 + "Content-Length: 10\r\n\r\n\x12\x00"), 5, "unconfirmed", "not at its end", false},
		{"cut chunks", closes(ok200 + "Transfer-Encoding: chunked\r\n\r\n2\r\n\x12\x00\r\n"), 5, "unconfirmed", "not at its end", false},
		{"bad chunks", answers(ok200 + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"), 5, "unconfirmed", "not at its end", false},
		{"body until the end of the connection", closes(ok200 + "\r\n\x12\x00"), 5, "ok", "", false},
		{"no body until the end of the connection", closes(ok200 + "\r\n"), 5, "ok", "", false},
		{"reset within the body", func(c *peerConn, _ int) {
			request(c)
			_, _ = io.WriteString(c, ok200+"Content-Length: 10\r\n\r\n\x12\x00")
			c.reset()
		}, 5, "unconfirmed", "", false},
		{"endless body", func(c *peerConn, _ int) {
			if !request(c) {
				return
			}
			_, err := io.WriteString(c, ok200+"\r\n")
			for junk := bytes.Repeat([]byte("\x12\x00"), 10_000); err == nil; {
				_, err = c.Write(junk)
			}
		}, 5, "unconfirmed", "", false},
		{"503 with a drip", answers("HTTP/1.1 503 No\r\nRetry-After: 3\r\nContent-Length: 10\r\n\r\nbus"), 5, "retryable, after 3s", "503 Service Unavailable", false},
		{"500 cut", closes("HTTP/1.1 500 No\r\nContent-Length: 10\r\n\r\noops"), 5, "permanent", `"oops"`, false},
		{"HTTP/1.0", closes("HTTP/1.0 202 Accepted\r\n\r\n"), 5, "ok", "", false},
		{"refused early and kept", func(c *peerConn, _ int) {
			_, _ = io.CopyN(io.Discard, c, 10_000)
			_, _ = io.WriteString(c, "HTTP/1.1 429 No\r\nContent-Length: 0\r\nRetry-After: 1\r\n\r\n")
			c.hold()
		}, large, "retryable, after 1s", "429", false},
		{"accepted early and kept", func(c *peerConn, _ int) {
			_, _ = io.CopyN(io.Discard, c, 10_000)
			_, _ = io.WriteString(c, "HTTP/1.1 202 OK\r\nContent-Length: 0\r\n\r\n")
			c.hold()
		}, large, "unconfirmed", "202 Accepted: answered before the request was written whole", false},
		{"accepted early, with an answer that could be ours", func(c *peerConn, _ int) {
			_, _ = io.CopyN(io.Discard, c, 10_000)
			_, _ = io.WriteString(c, ok200+"Content-Length: 4\r\n\r\n"+partialProto(3, ""))
			c.hold()
		}, large, "unconfirmed", "answered before", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // most of them wait
			p := newPeer(t, tt.serve)
			timeout := 30 * time.Second
			if tt.waits {
				timeout = 600 * time.Millisecond
			}
			h := newHTTP(t, p.url(), HTTPOptions{Format: OTLP, Timeout: timeout, MaxBatch: 64 << 20})
			batch := strings.Repeat("x", tt.size)
			for range 2 {
				begin := time.Now()
				err := h.Send(context.Background(), []byte(batch))
				took := time.Since(begin)
				if got := result(t, err); got != tt.want || err != nil && !strings.Contains(err.Error(), tt.text) {
					t.Fatalf("Send = %v (%s), want %s with %q", err, got, tt.want, tt.text)
				}
				if took > timeout+5*time.Second { // generous: the machine may be busy
					t.Errorf("Send took %v", took)
				}
			}
			if n := p.accepted(); n != 2 {
				t.Errorf("%d connections, want 2", n)
			}
		})
	}
}

// A receiver that refuses a batch before it has read it closes the connection under
// the writer; its answer counts all the same.
func TestHTTPRefusedEarly(t *testing.T) {
	p := newPeer(t, func(c *peerConn, _ int) {
		_, _ = io.CopyN(io.Discard, c, 10_000)
		_, _ = io.WriteString(c, "HTTP/1.1 413 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	})
	batch := make([]byte, large)
	for range 20 {
		h := newHTTP(t, p.url(), HTTPOptions{MaxBatch: 64 << 20})
		if err := h.Send(context.Background(), batch); result(t, err) != "too large" {
			t.Fatalf("Send = %v", err)
		}
	}
}

// One that accepts a batch of which it cannot have read more than the beginning has
// not accepted it, whether the answer or the broken connection is seen first.
func TestHTTPAcceptedEarly(t *testing.T) {
	p := newPeer(t, func(c *peerConn, _ int) {
		_, _ = io.CopyN(io.Discard, c, 100)
		_, _ = io.WriteString(c, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	})
	h := newHTTP(t, p.url(), HTTPOptions{MaxBatch: 64 << 20})
	batch, unconfirmed := make([]byte, 60_000_000), 0
	for range 20 {
		switch err := h.Send(context.Background(), batch); result(t, err) {
		case "unconfirmed":
			unconfirmed++
		case "retryable":
		default:
			t.Fatalf("Send = %v", err)
		}
	}
	if unconfirmed == 0 {
		t.Error("no answer came through")
	}
}

func TestHTTPRefused(t *testing.T) {
	p := newPeer(t, nil)
	_ = p.Close()
	h := newHTTP(t, p.url(), HTTPOptions{})
	err := wantHTTP(t, h, "batch", "retryable")
	if !errors.Is(err, syscall.ECONNREFUSED) && runtime.GOOS != "windows" || !strings.Contains(err.Error(), "connecting: ") {
		t.Errorf("Send = %v", err)
	}
	h = newHTTP(t, "http://no-such-host.invalid", HTTPOptions{})
	err = wantHTTP(t, h, "batch", "retryable")
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		t.Errorf("Send = %v", err)
	}
}

// What comes back when the collector is up again.
func TestHTTPComesBack(t *testing.T) {
	c := collect(t, nil)
	addr := c.Listener.Addr().String()
	h := newHTTP(t, c.URL, HTTPOptions{})
	wantHTTP(t, h, "1", "ok")
	c.Close()
	for range 3 {
		wantHTTP(t, h, "2", "retryable")
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Skipf("SKIPPED, NOT TESTED: the port is taken: %v", err)
	}
	srv := &http.Server{Handler: reply(202, "", ""), ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	wantHTTP(t, h, "3", "ok")
}

// A server may give up an idle connection whenever it likes.
func TestHTTPStaleConnection(t *testing.T) {
	gone := make(chan struct{}, 100)
	p := newPeer(t, func(c *peerConn, n int) {
		closes("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")(c, n)
		_ = c.Close()
		gone <- struct{}{}
	})
	h := newHTTP(t, p.url(), HTTPOptions{})
	for range 20 {
		wantHTTP(t, h, "batch", "ok")
		<-gone
		waitUntil(t, func() bool { return !alive(h) })
	}

	// Between the look at the connection and the write it cannot be noticed: the
	// connection breaks under the request.
	p = newPeer(t, func(c *peerConn, _ int) {
		r := bufio.NewReader(c)
		if req, err := http.ReadRequest(r); err == nil {
			_, _ = io.Copy(io.Discard, req.Body)
			_, _ = io.WriteString(c, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
			if req, err = http.ReadRequest(r); err == nil {
				_, _ = io.Copy(io.Discard, req.Body)
			}
			c.reset()
		}
	})
	h = newHTTP(t, p.url(), HTTPOptions{})
	wantHTTP(t, h, "1", "ok")
	wantHTTP(t, h, "2", "retryable, written")
	wantHTTP(t, h, "2", "ok")
	if p.accepted() != 2 {
		t.Errorf("%d connections, want 2", p.accepted())
	}
}

// net/http drops an idle connection on which more comes than was announced, and
// says so on the standard logger of the program, once for each batch.
func TestHTTPSurplus(t *testing.T) {
	var said bytes.Buffer
	log.SetOutput(&said)
	defer log.SetOutput(os.Stderr)
	p := newPeer(t, answers("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}surplus"))
	h := newHTTP(t, p.url(), HTTPOptions{})
	for range 10 {
		wantHTTP(t, h, "batch", "ok")
		waitUntil(t, func() bool { return !alive(h) })
	}
	if n := strings.Count(said.String(), "\n"); n > 1 {
		t.Errorf("%d lines on the program's log: %s", n, &said)
	}
	if p.accepted() != 10 {
		t.Errorf("%d connections, want 10", p.accepted())
	}
}

// Nothing is left after Close: no goroutine, no connection, no file.
func TestHTTPLeavesNothing(t *testing.T) {
	hole := newPeer(t, answers(""))
	c := collect(t, nil)
	before, files := runtime.NumGoroutine(), openFiles()
	for range 10 {
		h := newHTTP(t, c.URL, HTTPOptions{Gzip: true})
		wantHTTP(t, h, "batch", "ok")
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		h = newHTTP(t, hole.url(), HTTPOptions{Timeout: 20 * time.Millisecond})
		for range 3 {
			if err := h.Send(context.Background(), []byte("batch")); err == nil {
				t.Fatal("a black hole accepted a batch")
			}
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	c.CloseClientConnections()
	waitUntil(t, func() bool { return runtime.NumGoroutine() <= before && openFiles() <= files })
}

// openFiles counts the file descriptors of this process, where it can.
func openFiles() int {
	names, _ := filepath.Glob("/proc/self/fd/*")
	return len(names)
}

func alive(h *HTTP) bool {
	if h.client == nil {
		return false
	}
	s := h.client.state()
	return s.alive()
}

func waitUntil(t testing.TB, is func() bool) {
	t.Helper()
	for range 500 {
		if is() {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Fatalf("did not happen within 5 s; %d goroutines, %d files", runtime.NumGoroutine(), openFiles())
}
