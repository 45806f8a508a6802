// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

// upload is a request with a form whose file goes to the disk.
func upload(t *testing.T, url string) *http.Request {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "big")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	r, err := http.NewRequest(http.MethodPost, url, &form)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

// impatient answers when enough is closed, and lets next run on with the server's own
// request, as time limits do that people write. It closes ended when next has returned.
func impatient(next http.Handler, enough <-chan struct{}, ended chan<- struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		go func() {
			defer close(ended)
			next.ServeHTTP(httptest.NewRecorder(), r)
		}()
		<-enough
		w.WriteHeader(http.StatusServiceUnavailable)
	})
}

// A handler that outlives its request races with nothing of net/http's: this is for
// the race detector. Its files are removed nevertheless.
func TestHandlerThatOutlivesItsRequest(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	tracer, spans := spurtest.New(t)
	for range 10 {
		parsed, answered, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
		h := spurhttp.Handler(tracer, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if err := r.ParseMultipartForm(10); err != nil {
				t.Error(err)
			}
			close(parsed)
			<-answered
			spurhttp.SetRoute(r.Context(), "/upload")
		}))
		s := httptest.NewServer(impatient(h, parsed, ended))
		resp, err := s.Client().Do(upload(t, s.URL))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		close(answered)
		s.Close()
		<-ended
	}
	for _, s := range spans.Spans() {
		if s.Operation != "POST /upload" {
			t.Errorf("called %q", s.Operation)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

// net/http removes the files of a form from the request that it made itself. Those of
// ours go when the handler returns, and those of others are left to them.
func TestHandlerMultipartForm(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	count := func() int {
		left, _ := os.ReadDir(dir)
		return len(left)
	}
	parse := func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(10); err != nil {
			t.Error(err)
		}
		if n := count(); n != 1 {
			t.Errorf("the upload is in %d files", n)
		}
	}
	tracer, _ := spurtest.New(t)
	h := spurhttp.Handler(tracer, http.HandlerFunc(parse))
	for name, handler := range map[string]http.Handler{
		"parsed within": h,
		"parsed around": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			parse(w, r)
			h.ServeHTTP(w, r)
			if n := count(); n != 1 {
				t.Errorf("%d files when the handler within has returned", n)
			}
		}),
	} {
		s := httptest.NewServer(handler)
		resp, err := s.Client().Do(upload(t, s.URL))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		s.Close()
		if n := count(); n != 0 {
			t.Errorf("%s: %d files are left", name, n)
		}
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

// http.TimeoutHandler around ours: what is late is thrown away, and nobody is told its
// status; what is in time arrives.
func TestTimeoutHandlerAround(t *testing.T) {
	for _, late := range []bool{true, false} {
		tracer, spans := spurtest.New(t)
		h := spurhttp.Handler(tracer, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusCreated)
			if late {
				<-r.Context().Done()
			}
			fmt.Fprint(w, "done")
		}))
		limit := time.Minute
		if late {
			limit = time.Millisecond
		}
		s := httptest.NewServer(http.TimeoutHandler(h, limit, ""))
		resp, err := s.Client().Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		r := rig{s, tracer, spans}
		want := map[bool]string{true: "", false: "201"}[late]
		if s := r.wait(t, 1)[0]; tag(&s, "http.status_code") != want || tag(&s, "error") != "" {
			t.Errorf("late %v: tags %v, want status %q", late, s.Tags, want)
		}
	}
}
