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
