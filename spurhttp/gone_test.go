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

	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
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

// An answer to a client that has gone is not sent: it has no status and is no error. One
// that was sent before is.
func TestAnswerToAClientThatHasGone(t *testing.T) {
	fail := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no milk", http.StatusBadGateway) }
	for name, test := range map[string]struct {
		h      func(w http.ResponseWriter, r *http.Request, hangUp func())
		status string
		failed string
	}{
		"after": {func(w http.ResponseWriter, r *http.Request, hangUp func()) {
			hangUp()
			<-r.Context().Done()
			fail(w, r)
		}, "", ""},
		"proxy": {func(w http.ResponseWriter, r *http.Request, hangUp func()) {
			p := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "backend"})
			p.ErrorHandler = func(w http.ResponseWriter, r *http.Request, _ error) { fail(w, r) }
			p.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				hangUp()
				<-r.Context().Done()
				return nil, r.Context().Err()
			})
			p.ServeHTTP(w, r)
		}, "", ""},
		"before": {func(w http.ResponseWriter, r *http.Request, hangUp func()) {
			fail(w, r)
			w.(http.Flusher).Flush()
			hangUp()
			<-r.Context().Done()
		}, "502", "true"},
		"a time limit of its own": {func(w http.ResponseWriter, r *http.Request, _ func()) {
			ctx, cancel := context.WithTimeout(r.Context(), 0)
			defer cancel()
			<-ctx.Done()
			fail(w, r)
		}, "502", "true"},
	} {
		for _, h2 := range []bool{false, true} {
			tracer, spans := spurtest.New(t)
			ctx, cancel := context.WithCancel(context.Background())
			s := httptest.NewUnstartedServer(spurhttp.Handler(tracer, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				test.h(w, r, cancel)
			})))
			s.EnableHTTP2 = h2
			s.StartTLS()
			if resp, err := s.Client().Do(request(ctx, t, s.URL)); err == nil {
				resp.Body.Close()
			}
			r := rig{s, tracer, spans}
			s0 := r.wait(t, 1)[0]
			if tag(&s0, "http.status_code") != test.status || tag(&s0, "error") != test.failed || (tag(&s0, "http.response_size") == "") != (test.status == "") {
				t.Errorf("%s, HTTP/2 %v: tags %v", name, h2, s0.Tags)
			}
			cancel()
		}
	}
}
