// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

// colons is a router as there are many: ":id" stands for any segment, and "*" for all
// that follow. It says the route that it has chosen to spurhttp.
type colons map[string]http.HandlerFunc

func (c colons) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for route, h := range c {
		if matches(route, r.URL.Path) {
			spurhttp.SetRoute(r.Context(), route)
			h(w, r)
			return
		}
	}
	http.NotFound(w, r)
}

func matches(route, path string) bool {
	want, got := strings.Split(route, "/"), strings.Split(path, "/")
	for i, segment := range want {
		if segment == "*" {
			return true
		}
		if i >= len(got) || segment != got[i] && !strings.HasPrefix(segment, ":") {
			return false
		}
	}
	return len(want) == len(got)
}

func TestSetRoute(t *testing.T) {
	ok := func(http.ResponseWriter, *http.Request) {}
	mux := func(pattern string, h http.Handler) http.Handler {
		m := http.NewServeMux()
		m.Handle(pattern, h)
		return m
	}
	orders := colons{"/orders/:id": ok}
	set := func(name string) colons {
		return colons{"/orders/:id": func(_ http.ResponseWriter, r *http.Request) {
			spur.SpanFromContext(r.Context()).SetOperationName(name)
		}}
	}
	named := spurhttp.WithOperationName(func(*http.Request) string { return "mine" })
	for _, test := range []struct {
		name        string
		h           http.Handler
		method      string
		opts        []spurhttp.HandlerOption
		want, route string
	}{
		{"router", orders, "GET", nil, "GET /orders/:id", "/orders/:id"},
		{"router, semantic names", orders, "PUT", []spurhttp.HandlerOption{spurhttp.WithSemanticNames()}, "PUT /orders/:id", "/orders/:id"},
		{"invented method", orders, "BREW", nil, "HTTP /orders/:id", "/orders/:id"},
		{"router that finds nothing", colons{"/x": ok}, "GET", nil, "GET", ""},
		{"below a mux", mux("/orders/", orders), "GET", nil, "GET /orders/:id", "/orders/:id"},
		{"below a stripped prefix", mux("/orders/", http.StripPrefix("/orders", colons{"/:id": ok})), "GET", nil, "GET /:id", "/:id"},
		{"a mux below it", colons{"/orders/*": mux("GET /orders/{id}", http.HandlerFunc(ok)).ServeHTTP}, "GET", nil, "GET /orders/*", "/orders/*"},
		{"router below a router", colons{"/orders/*": orders.ServeHTTP}, "GET", nil, "GET /orders/:id", "/orders/:id"},
		{"after the handler", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			orders.ServeHTTP(w, r)
			spurhttp.SetRoute(r.Context(), "/v1/orders/:id")
		}), "GET", nil, "GET /v1/orders/:id", "/v1/orders/:id"},
		{"with a method", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			spurhttp.SetRoute(r.Context(), "GET /orders/{id}")
		}), "HEAD", nil, "GET /orders/{id}", "/orders/{id}"},
		{"with a blank", colons{"/orders/:the id": ok}, "GET", nil, "GET /orders/:the id", "/orders/:the id"},
		{"without a slash", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			spurhttp.SetRoute(r.Context(), "orders/:id")
		}), "GET", nil, "GET orders/:id", "orders/:id"},
		{"below a span", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, span := spur.StartSpanFromContext(r.Context(), "auth")
			defer span.Finish()
			orders.ServeHTTP(w, r.WithContext(spur.Detach(ctx)))
		}), "GET", nil, "GET /orders/:id", "/orders/:id"},
		{"empty", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { spurhttp.SetRoute(r.Context(), "") }), "GET", nil, "GET", ""},
		{"a name of the program's own", set("mine"), "GET", nil, "mine", "/orders/:id"},
		{"the name that it had", set("GET"), "GET", nil, "GET", "/orders/:id"},
		{"the name that it gets", set("GET /orders/:id"), "GET", nil, "GET /orders/:id", "/orders/:id"},
		{"WithOperationName", orders, "GET", []spurhttp.HandlerOption{named}, "mine", "/orders/:id"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tracer, spans := spurtest.New(t)
			spurhttp.Handler(tracer, test.h, test.opts...).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(test.method, "/orders/7", nil))
			s := spans.Spans()[len(spans.Spans())-1]
			if s.Operation != test.want || tag(&s, "http.route") != test.route {
				t.Errorf("called %q, http.route %q, want %q, %q", s.Operation, tag(&s, "http.route"), test.want, test.route)
			}
			if st := tracer.Stats().Spans; st.UseAfterFinish != 0 {
				t.Errorf("%d uses of finished spans", st.UseAfterFinish)
			}
		})
	}
}

// Without a request, or when its span has ended, there is nothing to name.
func TestSetRouteElsewhere(t *testing.T) {
	spurhttp.SetRoute(nil, "/x") //nolint:staticcheck // it is what is tested
	spurhttp.SetRoute(context.Background(), "/x")
	tracer, spans := spurtest.New(t)
	var late context.Context
	h := spurhttp.Handler(tracer, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { late = r.Context() }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	spurhttp.SetRoute(late, "/x")
	if got := spans.Spans()[0].Operation; got != "GET" || tracer.Stats().Spans.UseAfterFinish != 0 {
		t.Errorf("called %q, %d uses of a finished span", got, tracer.Stats().Spans.UseAfterFinish)
	}
}

// Of Handlers within each other the nearest is told.
func TestSetRouteOfNestedHandlers(t *testing.T) {
	tracer, spans := spurtest.New(t)
	inner := spurhttp.Handler(tracer, colons{"/orders/:id": func(http.ResponseWriter, *http.Request) {}})
	outer := spurhttp.Handler(tracer, colons{"/orders/*": inner.ServeHTTP})
	outer.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/orders/7", nil))
	if names := []string{spans.Spans()[0].Operation, spans.Spans()[1].Operation}; !slices.Equal(names, []string{"GET /orders/:id", "GET /orders/*"}) {
		t.Errorf("called %q", names)
	}
}

func TestSetRouteConcurrentSafe(t *testing.T) {
	tracer, spans := spurtest.New(t)
	done := make(chan struct{})
	h := spurhttp.Handler(tracer, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		for range 4 {
			go func() {
				for range 100 {
					spurhttp.SetRoute(r.Context(), "/a")
				}
				done <- struct{}{}
			}()
		}
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	for range 4 {
		<-done
	}
	if s := spans.Spans()[0]; (s.Operation == "GET /a") != (tag(&s, "http.route") == "/a") {
		t.Errorf("called %q, http.route %q", s.Operation, tag(&s, "http.route"))
	}
}
