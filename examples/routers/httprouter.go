// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"net/http"

	"github.com/julienschmidt/httprouter"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// HTTPRouter is a service with httprouter, which has no middleware: routes are named
// where they are registered.
func HTTPRouter(tracer *spur.Tracer) http.Handler {
	r := httprouter.New()
	handle := func(method, route string, h http.HandlerFunc) {
		r.HandlerFunc(method, route, func(w http.ResponseWriter, r *http.Request) {
			spurhttp.SetRoute(r.Context(), route)
			h(w, r)
		})
	}
	handle(http.MethodGet, "/orders/:id", serve)
	handle(http.MethodGet, "/fail", fail)
	handle(http.MethodGet, "/admin/users/:name", serve)
	handle(http.MethodGet, "/files/*path", serve) // or another router
	r.PanicHandler = func(w http.ResponseWriter, _ *http.Request, _ any) {
		http.Error(w, "sorry", http.StatusInternalServerError)
	}
	return spurhttp.Handler(tracer, r)
}
