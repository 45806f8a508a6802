// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

// able lists what a real server's ResponseWriter can do.
func able(w http.ResponseWriter) string {
	var can []string
	add := func(name string, ok bool) {
		if ok {
			can = append(can, name)
		}
	}
	_, f := w.(http.Flusher)
	_, h := w.(http.Hijacker)
	_, p := w.(http.Pusher)
	_, r := w.(io.ReaderFrom)
	_, c := w.(http.CloseNotifier) //nolint:staticcheck // it is what is tested
	add("flush", f)
	add("hijack", h)
	add("push", p)
	add("readfrom", r)
	add("closenotify", c)
	return strings.Join(can, " ")
}

func TestRealWritersKeepTheirAbilities(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, able(w)) })
		tracer, _ := spurtest.New(t)
		ask := func(h http.Handler) string {
			s := httptest.NewUnstartedServer(h)
			s.EnableHTTP2 = h2
			s.StartTLS()
			defer s.Close()
			resp, err := s.Client().Get(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if (resp.ProtoMajor == 2) != h2 {
				t.Fatalf("got %s", resp.Proto)
			}
			b, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		plain, traced := ask(handler), ask(spurhttp.Handler(tracer, handler))
		if traced != plain || plain == "" {
			t.Errorf("HTTP/2 %v: %q, without the tracer %q", h2, traced, plain)
		}
	}
}

func TestServerSentEvents(t *testing.T) {
	next := make(chan string)
	r := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for data := range next {
			fmt.Fprintf(w, "data: %s\n\n", data)
			w.(http.Flusher).Flush()
		}
	}))
	go func() { next <- "one" }()
	resp, err := r.Client().Get(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	for _, want := range []string{"one", "two"} { // each arrives before the next is sent
		line, err := lines.ReadString('\n')
		if err != nil || line != "data: "+want+"\n" {
			t.Fatalf("got %q, %v", line, err)
		}
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if n := len(r.spans.Spans()); n != 0 {
			t.Fatalf("%d spans while the stream is open", n)
		}
		if want == "one" {
			next <- "two"
		}
	}
	close(next)
	if s := r.wait(t, 1)[0]; tag(&s, "http.response_size") != "22" || tag(&s, "http.status_code") != "200" {
		t.Errorf("tags %v", s.Tags)
	}
}

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
	resp, err := spurhttp.Transport(nil, spurhttp.Tracer(backend.tracer)).RoundTrip(req)
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

func TestResponseController(t *testing.T) {
	r := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c := http.NewResponseController(w)
		for name, err := range map[string]error{
			"SetReadDeadline":  c.SetReadDeadline(time.Now().Add(time.Minute)),
			"SetWriteDeadline": c.SetWriteDeadline(time.Now().Add(time.Minute)),
			"EnableFullDuplex": c.EnableFullDuplex(),
			"Flush":            c.Flush(),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.WriteHeader(500) // too late: Flush sent 200
	}))
	r.Config.ErrorLog = discard
	if status, _ := r.get(t, "/"); status != 200 {
		t.Errorf("status %d", status)
	}
	if s := r.wait(t, 1)[0]; tag(&s, "http.status_code") != "200" {
		t.Errorf("tags %v", s.Tags)
	}
}

// A controller that cannot flush says so: our Flush does not hide it.
func TestResponseControllerOnAWriterThatCannotFlush(t *testing.T) {
	tracer, _ := spurtest.New(t)
	h := spurhttp.Handler(tracer, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("Flush: %v", err)
		}
	}))
	h.ServeHTTP(struct{ http.ResponseWriter }{httptest.NewRecorder()}, httptest.NewRequest(http.MethodGet, "/", nil))
}

// io.Copy of a file goes through ReadFrom, and http.ServeContent's ranges work.
func TestServeFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "big")
	if err := os.WriteFile(file, []byte(strings.Repeat("0123456789", 100_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	r := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) }))
	if status, body := r.get(t, "/"); status != 200 || len(body) != 1_000_000 {
		t.Errorf("status %d, %d bytes", status, len(body))
	}
	if status, body := r.get(t, "/", "Range", "bytes=10-14"); status != 206 || body != "01234" {
		t.Errorf("status %d, %q", status, body)
	}
	for _, s := range r.wait(t, 2) {
		want := map[string]string{"200": "1000000", "206": "5"}[tag(&s, "http.status_code")]
		if got := tag(&s, "http.response_size"); got != want {
			t.Errorf("size %s, want %s", got, want)
		}
	}
}

// A source that fails before it gives anything leaves the status open.
func TestReadFromNothing(t *testing.T) {
	r := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if _, err := io.Copy(w, brokenSource{}); err != nil {
			http.Error(w, "no", http.StatusInternalServerError)
		}
	}))
	if status, _ := r.get(t, "/"); status != 500 {
		t.Errorf("status %d", status)
	}
	if s := r.wait(t, 1)[0]; tag(&s, "http.status_code") != "500" || tag(&s, "error") != "true" {
		t.Errorf("tags %v", s.Tags)
	}
}

type brokenSource struct{}

func (brokenSource) Read([]byte) (int, error) { return 0, errors.New("broken") }

// The client hangs up: one span, no status, no error of ours.
func TestClientGone(t *testing.T) {
	entered := make(chan struct{})
	r := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	}))
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-entered; cancel() }()
	if resp, err := r.Client().Do(req); err == nil {
		resp.Body.Close()
		t.Error("the request was answered")
	}
	if s := r.wait(t, 1)[0]; tag(&s, "http.status_code") != "" || tag(&s, "error") != "" || !slices.Equal(logs(&s), []string{"request cancelled"}) {
		t.Errorf("tags %v, events %q", s.Tags, logs(&s))
	}
}

// http.TimeoutHandler within ours: its own writer cannot flush, and the answer is 503.
func TestTimeoutHandler(t *testing.T) {
	h := http.TimeoutHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, span := spur.StartSpanFromContext(r.Context(), "slow")
		defer span.Finish()
		<-r.Context().Done()
	}), time.Millisecond, "too slow")
	r := serve(t, h)
	if status, body := r.get(t, "/"); status != 503 || body != "too slow" {
		t.Errorf("%d %q", status, body)
	}
	for _, s := range r.wait(t, 2) {
		if s.Operation == "GET" && (tag(&s, "http.status_code") != "503" || tag(&s, "error") != "true") {
			t.Errorf("tags %v", s.Tags)
		}
	}
}

// A reverse proxy's client hangs up: it aborts the handler, which is nobody's error.
func TestProxyWhoseClientHasGone(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		close(entered)
		<-leave
	}))
	defer backend.Close()
	defer close(leave)
	target, err := url.Parse(backend.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = discard
	r := serve(t, proxy)
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := r.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	<-entered
	cancel() // in the middle of the answer
	_, _ = io.ReadAll(resp.Body)
	resp.Body.Close()
	if s := r.wait(t, 1)[0]; tag(&s, "error") != "" || !slices.Equal(logs(&s), []string{"request cancelled"}) {
		t.Errorf("tags %v, events %q", s.Tags, logs(&s))
	}
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
