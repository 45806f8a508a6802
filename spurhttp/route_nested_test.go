// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

// hidden is a mux that cannot be asked before it serves.
func hidden(mux *http.ServeMux) http.Handler { return http.HandlerFunc(mux.ServeHTTP) }

// Of the patterns of muxes within each other the innermost counts, before the span
// starts if it can be known, and name and http.route agree.
func TestHandlerNestedMuxes(t *testing.T) {
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	orders := wrapMux("GET /api/orders/{id}", ok)
	traced := func(t *testing.T, h http.Handler, opts ...spur.Option) (http.Handler, *spurtest.Recorder) {
		tracer, spans := spurtest.New(t, opts...)
		return spurhttp.Handler(tracer, h), spans
	}
	for _, test := range []struct {
		name        string
		h           http.Handler
		path        string
		around      bool // a mux around the Handler, with pattern /api/
		start       string
		want, route string
	}{
		{"one", orders, "/api/orders/7", false, "GET /api/orders/{id}", "GET /api/orders/{id}", "/api/orders/{id}"},
		{"two", wrapMux("/api/", orders), "/api/orders/7", false, "GET /api/orders/{id}", "GET /api/orders/{id}", "/api/orders/{id}"},
		{"three", wrapMux("/", wrapMux("/api/", orders)), "/api/orders/7", false, "GET /api/orders/{id}", "GET /api/orders/{id}", "/api/orders/{id}"},
		{"nothing within", wrapMux("/api/", orders), "/api/else", false, "GET /api/", "GET /api/", "/api/"},
		{"hidden", hidden(wrapMux("/api/", hidden(orders))), "/api/orders/7", false, "GET", "GET /api/orders/{id}", "/api/orders/{id}"},
		{"hidden in one that is known", wrapMux("/api/", hidden(orders)), "/api/orders/7", false, "GET /api/", "GET /api/orders/{id}", "/api/orders/{id}"},
		{"nothing hidden in one that is known", wrapMux("/api/", hidden(orders)), "/api/else", false, "GET /api/", "GET /api/", "/api/"},
		{"around", ok, "/api/orders/7", true, "GET /api/", "GET /api/", "/api/"},
		{"around and within", orders, "/api/orders/7", true, "GET /api/orders/{id}", "GET /api/orders/{id}", "/api/orders/{id}"},
		{"around and hidden", hidden(orders), "/api/orders/7", true, "GET /api/", "GET /api/orders/{id}", "/api/orders/{id}"},
		{"around a prefix", http.StripPrefix("/api", wrapMux("/orders/{id}", ok)), "/api/orders/7", true, "GET /api/", "GET /api/", "/api/"},
	} {
		t.Run(test.name, func(t *testing.T) {
			seen := &seenNames{}
			h, spans := traced(t, test.h, spur.WithSampler(seen))
			if test.around {
				h = wrapMux("/api/", h)
			}
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, test.path, nil))
			if s := spans.Spans()[0]; s.Operation != test.want || tag(&s, "http.route") != test.route {
				t.Errorf("called %q, http.route %q, want %q, %q", s.Operation, tag(&s, "http.route"), test.want, test.route)
			}
			if !slices.Equal(seen.names, []string{test.start}) {
				t.Errorf("the sampler saw %q, want %q", seen.names, test.start)
			}
		})
	}
}

// A mux within itself is asked a few times.
func TestHandlerOfAMuxWithinItself(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/x", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("/loop/", endless{mux})
	tracer, spans := spurtest.New(t)
	spurhttp.Handler(tracer, mux).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/loop/x", nil))
	if got := spans.Spans()[0].Operation; got != "GET /loop/" {
		t.Errorf("called %q", got)
	}
}

// endless is a router that always names itself.
type endless struct{ *http.ServeMux }

func (e endless) Handler(*http.Request) (http.Handler, string) { return e, "/loop/" }
func (e endless) ServeHTTP(http.ResponseWriter, *http.Request) {}

// A name that the program has set stands, whenever it did, and also if it is the one
// that was there.
func TestHandlerKeepsTheProgramsName(t *testing.T) {
	mux := http.NewServeMux()
	for _, test := range []struct{ name, path string }{{"mine", "/mine/7"}, {"GET", "/get/7"}} {
		set := func(r *http.Request) { spur.SpanFromContext(r.Context()).SetOperationName(test.name) }
		mux.HandleFunc(test.path[:len(test.path)-1]+"{id}", func(_ http.ResponseWriter, r *http.Request) { set(r) })
		for when, h := range map[string]http.HandlerFunc{
			"before":   func(w http.ResponseWriter, r *http.Request) { set(r); http.NewServeMux().ServeHTTP(w, r) },
			"during":   mux.ServeHTTP,
			"at first": func(w http.ResponseWriter, r *http.Request) { set(r); mux.ServeHTTP(w, r) },
			"after":    func(w http.ResponseWriter, r *http.Request) { mux.ServeHTTP(w, r); set(r) },
		} {
			for around, handler := range map[string]http.Handler{"hidden": h, "mux": wrapMux("/", h)} {
				tracer, spans := spurtest.New(t)
				spurhttp.Handler(tracer, handler).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, test.path, nil))
				if got := spans.Spans()[0].Operation; got != test.name {
					t.Errorf("%q set %s the route, %s: called %q", test.name, when, around, got)
				}
			}
		}
	}
}

func wrapMux(pattern string, h http.Handler) *http.ServeMux {
	m := http.NewServeMux()
	m.Handle(pattern, h)
	return m
}
