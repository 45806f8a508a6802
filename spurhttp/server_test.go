// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
