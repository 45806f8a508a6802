// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

func TestHandlerNames(t *testing.T) {
	ok := func(http.ResponseWriter, *http.Request) {}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", ok)
	mux.HandleFunc("/any/{rest...}", ok)
	mux.HandleFunc("example.com/hosted", ok)
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { mux.ServeHTTP(w, r) })
	copying := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { mux.ServeHTTP(w, r.Clone(r.Context())) })
	named := spurhttp.WithOperationName(func(r *http.Request) string { return strings.TrimPrefix(r.URL.Path, "/orders/") })
	tests := []struct {
		name    string
		h       http.Handler
		method  string
		path    string
		opts    []spurhttp.HandlerOption
		start   string // what the sampler saw
		want    string
		sampler string
	}{
		{"mux, method in the pattern", mux, "GET", "/orders/1", nil, "GET /orders/{id}", "GET /orders/{id}", ""},
		{"mux, HEAD", mux, "HEAD", "/orders/1", nil, "GET /orders/{id}", "GET /orders/{id}", ""},
		{"mux, no method in the pattern", mux, "PUT", "/any/1/2", nil, "PUT /any/{rest...}", "PUT /any/{rest...}", ""},
		{"mux, no pattern", mux, "GET", "/nowhere", nil, "GET", "GET", ""},
		{"mux, method not allowed", mux, "PUT", "/orders/1", nil, "PUT", "PUT", ""},
		{"mux, invented method", mux, "BREW", "/any/1", nil, "HTTP /any/{rest...}", "HTTP /any/{rest...}", ""},
		{"mux within a handler", inner, "GET", "/orders/1", nil, "GET", "GET /orders/{id}", ""},
		{"mux within one that copies the request", copying, "GET", "/orders/1", nil, "GET", "GET", ""},
		{"no router", http.HandlerFunc(ok), "DELETE", "/orders/1", nil, "DELETE", "DELETE", ""},
		{"no router, invented method", http.HandlerFunc(ok), "BREW", "/orders/1", nil, "HTTP", "HTTP", ""},
		{"function", mux, "GET", "/orders/list", []spurhttp.HandlerOption{named}, "list", "list", ""},
		{"function that returns nothing", mux, "GET", "/orders/", []spurhttp.HandlerOption{named}, "GET", "GET", ""},
		{"function over a handler that routes", inner, "GET", "/orders/7", []spurhttp.HandlerOption{named}, "7", "7", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			seen := &seenNames{}
			tracer, spans := spurtest.New(t, spur.WithSampler(seen))
			h := spurhttp.Handler(tracer, test.h, test.opts...)
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(test.method, test.path, nil))
			if got := spans.Spans(); len(got) != 1 || got[0].Operation != test.want {
				t.Errorf("spans %v, want one called %q", got, test.want)
			}
			if !slices.Equal(seen.names, []string{test.start}) {
				t.Errorf("the sampler saw %q, want %q", seen.names, test.start)
			}
		})
	}
}

type seenNames struct{ names []string }

func (s *seenNames) Sample(p sampler.Params) sampler.Decision {
	s.names = append(s.names, p.Operation)
	return sampler.Decision{Sample: true}
}

// A redirect to a subtree has the request's path for a pattern, for CONNECT and with
// older Go for all methods: it is no name.
func TestHandlerRedirectIsNotNamedByPath(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/users/{id}/", func(http.ResponseWriter, *http.Request) {})
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { mux.ServeHTTP(w, r) })
	for _, method := range []string{http.MethodGet, http.MethodConnect} {
		for _, h := range []http.Handler{mux, inner} {
			tracer, spans := spurtest.New(t)
			r := httptest.NewRequest(method, "/users/secret0", nil)
			r.URL.Path = "/users/secret0"
			spurhttp.Handler(tracer, h).ServeHTTP(httptest.NewRecorder(), r)
			if got := spans.Spans()[0].Operation; strings.Contains(got, "secret0") {
				t.Errorf("%s: the span is called %q", method, got)
			}
		}
	}
	tracer, spans := spurtest.New(t)
	spurhttp.Handler(tracer, mux).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/users/1/", nil))
	if got := spans.Spans()[0].Operation; got != "GET /users/{id}/" {
		t.Errorf("the span is called %q", got)
	}
}

// A handler that is itself mounted on a mux knows its pattern when the span starts.
func TestHandlerBelowAMux(t *testing.T) {
	seen := &seenNames{}
	tracer, spans := spurtest.New(t, spur.WithSampler(seen))
	mux := http.NewServeMux()
	mux.Handle("GET /a/{id}", spurhttp.Handler(tracer, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("no milk") }), spurhttp.WithSemanticNames()))
	func() {
		defer func() { _ = recover() }()
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/a/1", nil))
	}()
	s := spans.Spans()[0]
	if s.Operation != "GET /a/{id}" || !slices.Equal(seen.names, []string{"GET /a/{id}"}) || tag(&s, "http.route") != "/a/{id}" {
		t.Errorf("called %q, the sampler saw %q, tags %v", s.Operation, seen.names, s.Tags)
	}
}

// A handler around ours finds the pattern that a mux within chose, as without us, and
// a span that panics is called by it too.
func TestHandlerTellsThePattern(t *testing.T) {
	tracer, spans := spurtest.New(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /a/{id}", func(http.ResponseWriter, *http.Request) { panic("no milk") })
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { mux.ServeHTTP(w, r) })
	r := httptest.NewRequest(http.MethodGet, "/a/1", nil)
	func() {
		defer func() { _ = recover() }()
		spurhttp.Handler(tracer, inner).ServeHTTP(httptest.NewRecorder(), r)
	}()
	if got := spans.Spans()[0].Operation; r.Pattern != "GET /a/{id}" || got != r.Pattern {
		t.Errorf("pattern %q, span %q", r.Pattern, got)
	}
}

// A program that changes the server's request, or serves that, does not change what was
// known of it.
func TestHandlerRequestChanges(t *testing.T) {
	tracer, spans := spurtest.New(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/a/{id}", func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewRequest(http.MethodGet, "/a/1", nil)
	spurhttp.Handler(tracer, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, server)
		server.Method = http.MethodPut
		spurhttp.SetRoute(r.Context(), "/a/:id")
	})).ServeHTTP(httptest.NewRecorder(), server)
	if got := spans.Spans()[0].Operation; got != "GET /a/:id" || server.Pattern != "/a/{id}" {
		t.Errorf("the span is called %q, the pattern is %q", got, server.Pattern)
	}
}

// A name of the program's own does not hide the route.
func TestHandlerRouteBesideAName(t *testing.T) {
	tracer, spans := spurtest.New(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /a/{id}", func(http.ResponseWriter, *http.Request) {})
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { mux.ServeHTTP(w, r) })
	h := spurhttp.Handler(tracer, inner, spurhttp.WithSemanticNames(), spurhttp.WithOperationName(func(*http.Request) string { return "mine" }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/a/1", nil))
	if s := spans.Spans()[0]; s.Operation != "mine" || tag(&s, "http.route") != "/a/{id}" {
		t.Errorf("called %q, tags %v", s.Operation, s.Tags)
	}
}

// A million paths are as many operations as there are routes, and one for the rest.
func TestHandlerOperationsAreFew(t *testing.T) {
	n := 1_000_000
	if testing.Short() || race.Enabled {
		n = 20_000
	}
	seen := map[string]int{}
	counting := samplerFunc(func(p sampler.Params) { seen[p.Operation]++ })
	tracer, err := spur.New("few", spur.WithSampler(counting))
	if err != nil {
		t.Fatal(err)
	}
	defer tracer.Close()
	mux := http.NewServeMux()
	ok := func(http.ResponseWriter, *http.Request) {}
	routes := []string{"GET /users/{id}", "GET /users/{id}/orders/{order}", "POST /files/{path...}"}
	for _, route := range routes {
		mux.HandleFunc(route, ok)
	}
	h := spurhttp.Handler(tracer, mux)
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for i := range n {
		switch r.Method = http.MethodGet; i % 4 {
		case 0:
			r.URL.Path = fmt.Sprintf("/users/%d", i)
		case 1:
			r.URL.Path = fmt.Sprintf("/users/%d/orders/%d", i, i)
		case 2:
			r.Method, r.URL.Path = http.MethodPost, fmt.Sprintf("/files/%d/%d", i, i)
		default:
			r.URL.Path = fmt.Sprintf("/%d", i)
		}
		h.ServeHTTP(w, r)
		w.Body.Reset()
	}
	if len(seen) != len(routes)+1 {
		t.Errorf("%d operations for %d routes", len(seen), len(routes))
	}
	for _, route := range append(routes, "GET") {
		if seen[route] != n/4 {
			t.Errorf("%q: %d spans, want %d", route, seen[route], n/4)
		}
	}
}

type samplerFunc func(sampler.Params)

func (f samplerFunc) Sample(p sampler.Params) sampler.Decision {
	f(p)
	return sampler.Decision{}
}

// A strategy for one route decides about that route.
func TestHandlerPerOperationSampling(t *testing.T) {
	per, err := sampler.NewPerOperation(sampler.Strategy{
		Type:       sampler.StrategyPerOperation,
		Operations: []sampler.OperationStrategy{{Operation: "GET /x/{id}", Probability: 1}},
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	tracer, spans := spurtest.New(t, spur.WithSampler(per))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /x/{id}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /y/{id}", func(http.ResponseWriter, *http.Request) {})
	h := spurhttp.Handler(tracer, mux)
	for _, path := range []string{"/x/1", "/y/1", "/x/2", "/z"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	if got := spans.ByOperation("GET /x/{id}"); len(got) != 2 || len(spans.Spans()) != 2 {
		t.Errorf("sampled:\n%s", spans.Tree())
	}
}

// countingRouter routes everything to itself.
type countingRouter struct {
	http.HandlerFunc
	asked *int
}

func (r countingRouter) Handler(*http.Request) (http.Handler, string) {
	*r.asked++
	return r.HandlerFunc, "/items/:id"
}

// Of a request that is not recorded nobody is asked where it goes, unless the sampler
// or an observer wants to know, and nobody is when it is sampled later.
func TestHandlerAsksNoRouter(t *testing.T) {
	byName, err := sampler.NewPerOperation(sampler.Strategy{Type: sampler.StrategyPerOperation}, 10)
	if err != nil {
		t.Fatal(err)
	}
	late := func(_ http.ResponseWriter, r *http.Request) {
		spur.SpanFromContext(r.Context()).SetTag("sampling.priority", uint16(1))
	}
	said := func(w http.ResponseWriter, r *http.Request) {
		late(w, r)
		spurhttp.SetRoute(r.Context(), "/said")
	}
	for name, test := range map[string]struct {
		serve   http.HandlerFunc
		sampler sampler.Sampler
		asked   int
		want    string // "": no span
	}{
		"not sampled":      {func(http.ResponseWriter, *http.Request) {}, sampler.NewConst(false), 0, ""},
		"sampled by name":  {func(http.ResponseWriter, *http.Request) {}, byName, 1, ""},
		"sampled":          {func(http.ResponseWriter, *http.Request) {}, sampler.NewConst(true), 1, "GET /items/:id"},
		"sampled later":    {late, sampler.NewConst(false), 0, "GET"},
		"later, with word": {said, sampler.NewConst(false), 0, "GET /said"},
	} {
		t.Run(name, func(t *testing.T) {
			tracer, spans := spurtest.New(t, spur.WithSampler(test.sampler))
			asked := 0
			h := spurhttp.Handler(tracer, countingRouter{test.serve, &asked})
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/items/7", nil))
			got := ""
			for _, s := range spans.Spans() {
				got += s.Operation
			}
			if got != test.want || asked != test.asked {
				t.Errorf("spans %q, asked %d times, want %q, %d times", got, asked, test.want, test.asked)
			}
		})
	}
}

// A mux says where a request went that is sampled later.
func TestHandlerRouteOfLaterSampled(t *testing.T) {
	late := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		spur.SpanFromContext(r.Context()).SetTag("sampling.priority", uint16(1))
	})
	for name, build := range map[string]func(*spur.Tracer) http.Handler{
		"within": func(tracer *spur.Tracer) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("GET /items/{id}", late)
			return spurhttp.Handler(tracer, mux)
		},
		"around": func(tracer *spur.Tracer) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("GET /items/{id}", spurhttp.Handler(tracer, late))
			return mux
		},
	} {
		tracer, spans := spurtest.New(t, spur.WithSampler(sampler.NewConst(false)))
		build(tracer).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/items/7", nil))
		if got := spans.Spans(); len(got) != 1 || got[0].Operation != "GET /items/{id}" {
			t.Errorf("%s: %v", name, got)
		}
	}
}
