// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

func TestTransportEnds(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name   string
		body   io.ReadCloser
		use    func(b io.ReadCloser)
		status int
		opts   []spurhttp.TransportOption
		failed bool
	}{
		{"closed unread", io.NopCloser(strings.NewReader("abc")), func(b io.ReadCloser) { b.Close() }, 200, nil, false},
		{"no body", http.NoBody, func(io.ReadCloser) {}, 204, nil, false},
		{"nil body", nil, func(io.ReadCloser) {}, 204, nil, false},
		{"body breaks", io.NopCloser(errReader{broken}), func(b io.ReadCloser) { _, _ = io.ReadAll(b); b.Close() }, 200, nil, true},
		{"status 404", http.NoBody, func(io.ReadCloser) {}, 404, nil, false},
		{"status 404, semantic names", http.NoBody, func(io.ReadCloser) {}, 404, []spurhttp.TransportOption{spurhttp.WithSemanticNames()}, true},
		{"status 503", http.NoBody, func(io.ReadCloser) {}, 503, nil, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tracer, spans := spurtest.New(t)
			rt := roundTrip(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: test.status, Body: test.body}, nil
			})
			opts := append([]spurhttp.TransportOption{spurhttp.WithTracer(tracer)}, test.opts...)
			resp, err := spurhttp.Transport(rt, opts...).RoundTrip(request(context.Background(), t, "http://x/"))
			if err != nil {
				t.Fatal(err)
			}
			test.use(resp.Body)
			got := spans.Spans()
			if len(got) != 1 || (tag(&got[0], "error") == "true") != test.failed {
				t.Errorf("got %v", got)
			}
		})
	}
}

// Closing a body while it is read is how programs give an answer up.
func TestTransportCloseDuringRead(t *testing.T) {
	tracer, spans := spurtest.New(t)
	reader, writer := io.Pipe()
	rt := roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, ContentLength: -1, Body: reader}, nil
	})
	resp, err := spurhttp.Transport(rt, spurhttp.WithTracer(tracer)).RoundTrip(request(context.Background(), t, "http://x/"))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := resp.Body.Read(make([]byte, 1))
		if err == nil {
			_, err = resp.Body.Read(make([]byte, 1))
		}
		done <- err
	}()
	if _, err := writer.Write([]byte("a")); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if err := <-done; err == nil {
		t.Error("the read went on")
	}
	if got := spans.Spans(); len(got) != 1 || tag(&got[0], "error") != "" {
		t.Errorf("got %v", got)
	}
}

// The same over HTTP/2: bodies, no bodies, HEAD, and a body that is left.
func TestTransportOverHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/empty" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprint(w, "hello")
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	tracer, spans := spurtest.New(t)
	client := spurhttp.Client(s.Client(), spurhttp.WithTracer(tracer), spurhttp.WithSemanticNames())
	for _, test := range []struct {
		method, path string
		atOnce       bool
	}{{"GET", "/", false}, {"GET", "/empty", true}, {"HEAD", "/", true}} {
		spans.Reset()
		r := request(context.Background(), t, s.URL+test.path)
		r.Method = test.method
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(spans.Spans()); (n == 1) != test.atOnce {
			t.Errorf("%s %s: %d spans before the body is closed", test.method, test.path, n)
		}
		resp.Body.Close()
		got := spans.Spans()
		if len(got) != 1 || tag(&got[0], "network.protocol.version") != "2" || tag(&got[0], "error") != "" {
			t.Errorf("%s %s: %v", test.method, test.path, got)
		}
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func TestTransportErrors(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	listener.Close()
	tracer, spans := spurtest.New(t)
	if resp, err := spurhttp.Client(nil, spurhttp.WithTracer(tracer)).Get(url); err == nil {
		resp.Body.Close()
		t.Fatal("somebody answered")
	}
	got := spans.Spans()
	if len(got) != 1 || tag(&got[0], "error") != "true" || !strings.Contains(strings.Join(logs(&got[0]), " "), "refused") {
		t.Errorf("got %v", got)
	}
}
