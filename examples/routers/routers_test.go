// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurtest"
)

// asked is one request and how its span is to be called.
type asked struct {
	method, path string
	status       int
	route        string // "": none
}

// ask serves a request and returns its span, which must be called by its route.
func (a asked) ask(t *testing.T, h http.Handler, spans *spurtest.Recorder, r *http.Request) model.Span {
	t.Helper()
	spans.Reset()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != a.status {
		t.Errorf("%s %s: status %d %s, want %d", a.method, a.path, w.Code, w.Body, a.status)
	}
	all := spans.Spans()
	i := slices.IndexFunc(all, func(s model.Span) bool { return s.ParentID == 0 })
	if i < 0 {
		t.Fatalf("%s %s: no span", a.method, a.path)
	}
	s := all[i]
	name, tag := a.method, any(nil)
	if a.route != "" {
		name, tag = a.method+" "+a.route, a.route
	}
	if s.Operation != name || spurtest.Tag(s, "http.route") != tag {
		t.Errorf("%s %s: %q with http.route %v, want %q with %v", a.method, a.path, s.Operation, spurtest.Tag(s, "http.route"), name, tag)
	}
	if failed := spurtest.Tag(s, "error") == true; failed != (a.status >= 500) {
		t.Errorf("%s %s: error=%v with status %d", a.method, a.path, failed, a.status)
	}
	return s
}

func TestRoutes(t *testing.T) {
	braces := [4]string{"/orders/{id}", "/admin/users/{name}", "/files/{name}", ""}
	colons := [4]string{"/orders/:id", "/admin/users/:name", "/files/*path", ""}
	for _, test := range []struct {
		name   string
		router func(*spur.Tracer) http.Handler
		routes [4]string // of a resource, in a group, mounted, and of a path in the group that is not there
	}{
		{"chi", Chi, [...]string{braces[0], braces[1], braces[2], "/admin/*"}},
		{"gorilla", Gorilla, [...]string{"/orders/{id:[0-9]+}", braces[1], "/files/", ""}},
		{"gin", Gin, colons},
		{"echo", Echo, [...]string{colons[0], colons[1], "/files/*", ""}},
		{"httprouter", HTTPRouter, colons},
	} {
		t.Run(test.name, func(t *testing.T) {
			tracer, spans := spurtest.New(t)
			h := test.router(tracer)
			for _, a := range []asked{
				{"GET", "/orders/42", 200, test.routes[0]},
				{"GET", "/admin/users/ada", 200, test.routes[1]},
				{"GET", "/files/tea.txt", 200, test.routes[2]},
				{"GET", "/admin/nothing/here", 404, test.routes[3]},
				{"GET", "/nothing", 404, ""},
				{"GET", "/fail", 500, "/fail"},
			} {
				s := a.ask(t, h, spans, httptest.NewRequest(a.method, a.path, nil))
				if served := spurtest.Tag(s, "served") == true; served != (a.status == 200) {
					t.Errorf("%s: the handler found another span than that of its request", a.path)
				}
			}
		})
	}
}

// TestRoutesConcurrentSafe: routers use their contexts again for other requests.
func TestRoutesConcurrentSafe(t *testing.T) {
	for name, router := range map[string]func(*spur.Tracer) http.Handler{
		"chi": Chi, "gorilla": Gorilla, "gin": Gin, "echo": Echo, "httprouter": HTTPRouter,
	} {
		t.Run(name, func(t *testing.T) {
			tracer, spans := spurtest.New(t)
			s := httptest.NewServer(router(tracer))
			defer s.Close()
			done := make(chan error)
			paths := []string{"/orders/1", "/admin/users/ada", "/nothing"}
			const each = 20
			for _, path := range paths {
				go func() {
					for range each {
						resp, err := http.Get(s.URL + path)
						if err == nil {
							err = resp.Body.Close()
						}
						done <- err
					}
				}()
			}
			for range each * len(paths) {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			s.Close()
			counts := map[string]int{}
			for _, span := range spans.Spans() {
				counts[span.Operation]++
				if got, _ := spurtest.Tag(span, "http.route").(string); strings.TrimSpace("GET "+got) != span.Operation {
					t.Errorf("%q with http.route %q", span.Operation, got)
				}
			}
			if len(counts) != len(paths) {
				t.Errorf("spans %v", counts)
			}
		})
	}
}
