// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"net/http"

	"github.com/gorilla/handlers"
	"github.com/gorilla/mux"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// Gorilla is a service with gorilla/mux.
func Gorilla(tracer *spur.Tracer) http.Handler {
	r := mux.NewRouter()
	r.Use(gorillaRoute, handlers.RecoveryHandler())
	r.HandleFunc("/orders/{id:[0-9]+}", serve).Methods(http.MethodGet)
	r.HandleFunc("/fail", fail)
	r.PathPrefix("/admin").Subrouter().HandleFunc("/users/{name}", serve)

	files := http.NewServeMux()
	files.HandleFunc("/files/{name}", serve)
	r.PathPrefix("/files/").Handler(files)
	return spurhttp.Handler(tracer, r)
}

// gorillaRoute is a middleware of the outermost router.
func gorillaRoute(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route, _ := mux.CurrentRoute(r).GetPathTemplate()
		spurhttp.SetRoute(r.Context(), route)
		next.ServeHTTP(w, r)
	})
}
