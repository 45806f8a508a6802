// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

// wrapper is middleware's writer, which hides what it wraps but by Unwrap.
type wrapper struct{ http.ResponseWriter }

func (w wrapper) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// What a client is told is what the span says, whatever middleware stands around
// Handler or within it.
func TestStatusBesideOtherWriters(t *testing.T) {
	last := func(w http.ResponseWriter) http.ResponseWriter {
		for {
			u, ok := w.(interface{ Unwrap() http.ResponseWriter })
			if !ok {
				return w
			}
			w = u.Unwrap()
		}
	}
	for name, do := range map[string]func(w http.ResponseWriter){
		"controller flushes":   func(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() },
		"looks for a Flusher":  func(w http.ResponseWriter) { find[http.Flusher](w).Flush() },
		"writes below":         func(w http.ResponseWriter) { w.(interface{ Unwrap() http.ResponseWriter }).Unwrap().WriteHeader(200) },
		"writes at the bottom": func(w http.ResponseWriter) { last(w).WriteHeader(200) },
		"invalid status": func(w http.ResponseWriter) {
			defer func() { _ = recover(); w.WriteHeader(200) }()
			w.WriteHeader(99)
		},
		"hints": func(w http.ResponseWriter) { w.WriteHeader(103); w.WriteHeader(102); w.WriteHeader(200) },
	} {
		for _, around := range []bool{false, true} {
			if name == "writes at the bottom" && around {
				continue // that writer is the other's, and cannot be seen
			}
			for _, h2 := range []bool{false, true} {
				for _, within := range []bool{false, true} {
					tracer, spans := spurtest.New(t)
					var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
						do(w)
						w.WriteHeader(500)
					})
					if within {
						h = wrapping(h)
					}
					h = spurhttp.Handler(tracer, h)
					if around {
						h = wrapping(h)
					}
					s := httptest.NewUnstartedServer(h)
					s.Config.ErrorLog = discard
					s.EnableHTTP2 = h2
					s.StartTLS()
					r := rig{s, tracer, spans}
					status, _ := r.get(t, "/")
					if s := r.wait(t, 1)[0]; tag(&s, "http.status_code") != "200" || status != 200 || tag(&s, "error") != "" {
						t.Errorf("%s, around %v, within %v, HTTP/2 %v: the client has %d, the span %v", name, around, within, h2, status, s.Tags)
					}
				}
			}
		}
	}
}

func wrapping(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(wrapper{w}, r) })
}

// find returns the first writer that can do what is asked for.
func find[T any](w http.ResponseWriter) T {
	for {
		if can, ok := w.(T); ok {
			return can
		}
		w = w.(interface{ Unwrap() http.ResponseWriter }).Unwrap()
	}
}

// A connection that is taken over behind other writers.
func TestHijackBesideOtherWriters(t *testing.T) {
	for name, hijack := range map[string]func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error){
		"controller": func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) {
			return http.NewResponseController(w).Hijack()
		},
		"looked for": func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) {
			return find[http.Hijacker](w).Hijack()
		},
	} {
		tracer, spans := spurtest.New(t)
		h := wrapping(spurhttp.Handler(tracer, wrapping(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := hijack(w)
			if err != nil {
				t.Error(err)
				return
			}
			fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			conn.Close()
			w.WriteHeader(500)
		}))))
		r := rig{httptest.NewUnstartedServer(h), tracer, spans}
		r.Config.ErrorLog = discard
		r.Start()
		if status, body := r.get(t, "/"); status != 200 || body != "ok" {
			t.Errorf("%s: %d %q", name, status, body)
		}
		if s := r.wait(t, 1)[0]; tag(&s, "http.status_code") != "" || tag(&s, "error") != "" || !slices.Equal(logs(&s), []string{"hijacked"}) {
			t.Errorf("%s: tags %v, events %q", name, s.Tags, logs(&s))
		}
	}
}

// Bodies that are not sent are not counted, and a full duplex is one.
func TestKindsOfAnswers(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/204":
			w.WriteHeader(204)
			_, _ = io.WriteString(w, "nothing")
		case "/304":
			w.WriteHeader(304)
			_, _ = w.Write([]byte("nothing"))
		case "/duplex":
			c := http.NewResponseController(w)
			_ = c.EnableFullDuplex()
			_ = c.SetReadDeadline(time.Now().Add(time.Minute))
			_, _ = io.Copy(w, r.Body)
		case "/large":
			if _, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 3)); err != nil {
				http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			}
		case "/trailer":
			_, _ = io.WriteString(w, "body")
			w.(http.Flusher).Flush()
			w.Header().Set(http.TrailerPrefix+"X-Sum", "42")
		}
	})
	for _, test := range []struct{ method, path, body, status, size string }{
		{"GET", "/204", "", "204", "0"},
		{"GET", "/304", "", "304", "0"},
		{"HEAD", "/trailer", "", "200", ""},
		{"GET", "/trailer", "", "200", "4"},
		{"POST", "/duplex", "hello", "200", "5"},
		{"POST", "/large", "hello", "413", "10"},
	} {
		for _, h2 := range []bool{false, true} {
			tracer, spans := spurtest.New(t)
			s := httptest.NewUnstartedServer(spurhttp.Handler(tracer, h))
			s.EnableHTTP2 = h2
			s.StartTLS()
			req, err := http.NewRequest(test.method, s.URL+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Expect", "100-continue")
			resp, err := s.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || test.path == "/duplex" && string(b) != test.body || test.method == "GET" && test.path == "/trailer" && resp.Trailer.Get("X-Sum") != "42" {
				t.Errorf("%s %s: got %q, trailer %v, %v", test.method, test.path, b, resp.Trailer, err)
			}
			r := rig{s, tracer, spans}
			if s := r.wait(t, 1)[0]; tag(&s, "http.status_code") != test.status || tag(&s, "http.response_size") != test.size {
				t.Errorf("%s %s, HTTP/2 %v: tags %v", test.method, test.path, h2, s.Tags)
			}
		}
	}
}
