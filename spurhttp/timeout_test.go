// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/go-spur/spur"
)

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
