// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// Chi is a service with chi.
func Chi(tracer *spur.Tracer) http.Handler {
	r := chi.NewRouter()
	r.Use(chiRoute, middleware.Recoverer)
	r.Get("/orders/{id}", serve)
	r.Get("/fail", fail)
	r.Route("/admin", func(r chi.Router) { r.Get("/users/{name}", serve) })

	files := chi.NewRouter()
	files.Get("/{name}", serve)
	r.Mount("/files", files)
	return spurhttp.Handler(tracer, r)
}

// chiRoute is the first middleware of the outermost router. chi knows the whole route
// when the request has been through all sub-routers.
func chiRoute(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { spurhttp.SetRoute(r.Context(), chi.RouteContext(r.Context()).RoutePattern()) }()
		next.ServeHTTP(w, r)
	})
}
