// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/spurhttp"
)

// A websocket's handshake, and bytes both ways, by hand.
func TestWebsocketUpgrade(t *testing.T) {
	r := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "websocket" {
			w.WriteHeader(http.StatusUpgradeRequired)
			return
		}
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(buf, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
		line, _ := buf.ReadString('\n')
		fmt.Fprintf(buf, "you said %s", line)
		_ = buf.Flush()
	}))
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello\n")
	all, err := io.ReadAll(conn)
	if err != nil || !strings.Contains(string(all), "101 Switching") || !strings.HasSuffix(string(all), "you said hello\n") {
		t.Errorf("got %q, %v", all, err)
	}
	if s := r.wait(t, 1)[0]; !slices.Equal(logs(&s), []string{"hijacked"}) || tag(&s, "http.status_code") != "" || tag(&s, "error") != "" {
		t.Errorf("events %q, tags %v", logs(&s), s.Tags)
	}
}

// A client of ours on the other side of a proxy of net/http's: the upgrade passes
// through Transport too.
func TestUpgradeThroughTransport(t *testing.T) {
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(buf, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
		_ = buf.Flush()
		line, _ := buf.ReadString('\n')
		fmt.Fprint(conn, line)
	}))
	req, err := http.NewRequest(http.MethodGet, backend.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "echo")
	resp, err := spurhttp.Transport(nil, spurhttp.WithTracer(backend.tracer)).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	rw, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		t.Fatalf("the body of an upgraded connection is a %T", resp.Body)
	}
	fmt.Fprintln(rw, "ping")
	if b, err := io.ReadAll(rw); string(b) != "ping\n" || err != nil {
		t.Errorf("got %q, %v", b, err)
	}
	_ = rw.Close()
	backend.wait(t, 2)
}

// What is written after a hijack goes nowhere.
func TestWriteAfterHijack(t *testing.T) {
	r := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.Close()
		http.Error(w, "too late", http.StatusInternalServerError)
	}))
	r.Config.ErrorLog = discard
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	_, _ = io.ReadAll(conn)
	if s := r.wait(t, 1)[0]; tag(&s, "http.status_code") != "" || tag(&s, "error") != "" {
		t.Errorf("tags %v", s.Tags)
	}
}
