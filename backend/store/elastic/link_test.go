// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/elastic"
	"github.com/go-spur/spur/backend/trace"
)

// TestReady: a store that nobody calls knows whether its server answers.
func TestReady(t *testing.T) {
	var status atomic.Int64
	asked := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			if n := status.Load(); n != 0 {
				w.WriteHeader(int(n))
			}
			_, _ = io.WriteString(w, root)
			select {
			case asked <- struct{}{}:
			default:
			}
		}
	}))
	defer server.Close()
	s := open(t, elastic.Config{URLs: []string{server.URL}, Timeout: time.Second})
	ready := func(want string) {
		t.Helper()
		err := s.Ready()
		if err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("ready: %v, want %q", err, want)
		}
	}
	ready("")
	s.Probe(t.Context())
	ready("")
	status.Store(http.StatusServiceUnavailable)
	s.Probe(t.Context())
	ready("the server answers 503")
	status.Store(0)
	s.Probe(t.Context())
	ready("")

	// By itself, too.
	status.Store(http.StatusServiceUnavailable)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Watch(ctx, time.Millisecond)
	}()
	<-asked
	<-asked // the answer to the first has been read
	ready("the server answers 503")
	stop()
	<-ended

	server.Close()
	s.Probe(t.Context())
	ready("no server answers")
	other := open(t, elastic.Config{URLs: []string{server.URL}, Timeout: time.Second})
	if err := other.Ready(); err == nil || !strings.Contains(err.Error(), "no server answers") {
		t.Errorf("a store that opens without the server: %v", err)
	}
}

// TestConnectWaits: a call that must wait until another has connected waits no longer than its
// context allows.
func TestConnectWaits(t *testing.T) {
	connecting, hang := make(chan struct{}), make(chan struct{})
	var gone atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/" && !strings.HasPrefix(r.URL.Path, "/_index_template/"):
			gone.Store(true)
			panic(http.ErrAbortHandler)
		case gone.Load():
			close(connecting)
			<-hang
		}
		_, _ = io.WriteString(w, root)
	}))
	defer server.Close()
	s := open(t, elastic.Config{URLs: []string{server.URL}, Timeout: time.Minute})
	if err := s.WriteLinks(t.Context(), sample, nil); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("got %v, want ErrUnavailable", err)
	}
	first := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		_, err := s.Services(ctx)
		first <- err
	}()
	<-connecting
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := s.Services(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's error", err)
	}
	if err := s.Ready(); err != nil {
		t.Errorf("ready, with nothing known: %v", err)
	}
	stop()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("who connects: %v, want the context's error", err)
	}
	close(hang)
}

// TestTemplatesOnce: a server that answers keeps its templates, whatever it answers; one that
// was gone gets them again.
func TestTemplatesOnce(t *testing.T) {
	var templates, operations atomic.Int64
	var answer atomic.Pointer[func(http.ResponseWriter)]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.URL.Path == "/":
			_, _ = io.WriteString(w, root)
		case strings.HasPrefix(r.URL.Path, "/_index_template/"):
			templates.Add(1)
			_, _ = io.WriteString(w, `{}`)
		default:
			operations.Add(int64(strings.Count(string(body), "\n{\"serviceName\"")))
			(*answer.Load())(w)
		}
	}))
	defer server.Close()
	s := open(t, elastic.Config{URLs: []string{server.URL}, Timeout: time.Minute})
	write := func(f func(http.ResponseWriter)) error {
		answer.Store(&f)
		return s.Write(t.Context(), spansOf(1))
	}
	stored := func(w http.ResponseWriter) {
		const one = `{"create":{"status":201}}`
		_, _ = io.WriteString(w, `{"items":[`+one+`,`+one)
		if operations.Load() > 0 {
			_, _ = io.WriteString(w, `,`+one+`,`+one)
		}
		_, _ = io.WriteString(w, `]}`)
	}
	if err := write(stored); err != nil {
		t.Fatal(err)
	}
	operations.Store(0)
	for _, status := range []int{429, 503, 500} {
		if err := write(func(w http.ResponseWriter) { w.WriteHeader(status) }); !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("%d: %v, want ErrUnavailable", status, err)
		}
	}
	late := func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"timed_out":true}`) }
	answer.Store(&late)
	if _, err := s.Search(t.Context(), trace.Query{Limit: 1}); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("a search that times out: %v, want ErrUnavailable", err)
	}
	if err := write(stored); err != nil {
		t.Fatal(err)
	}
	if got := templates.Load(); got != 4 || operations.Load() != 0 {
		t.Errorf("an overloaded server: %d templates and %d operations sent again, want 4 and none", got, operations.Load())
	}
	if err := write(func(http.ResponseWriter) { panic(http.ErrAbortHandler) }); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("no answer: %v, want ErrUnavailable", err)
	}
	if err := write(stored); err != nil {
		t.Fatal(err)
	}
	if got := templates.Load(); got != 8 || operations.Load() != 2 {
		t.Errorf("after it was gone: %d templates and %d operations, want 8 and 2", got, operations.Load())
	}
}

// TestClose: Close waits for calls, but not for a server that hangs.
func TestClose(t *testing.T) {
	hang, begun := make(chan struct{}), make(chan struct{})
	defer close(hang)
	c := behave(t, func(http.ResponseWriter, *http.Request) { begun <- struct{}{}; <-hang })
	c.Timeout = time.Hour
	s := open(t, c)
	call := make(chan error, 1)
	go func() { call <- s.Write(t.Context(), spansOf(1)) }()
	<-begun
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-call; !errors.Is(err, store.ErrClosed) {
		t.Errorf("a call: %v, want ErrClosed", err)
	}
}
