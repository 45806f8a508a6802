// SPDX-License-Identifier: Apache-2.0

// Package routers shows how spans are called by the route with chi, gorilla/mux, gin,
// echo, httprouter, grpc-gateway and connect, and how SQL and Kafka are traced. Each
// file is complete but for the handlers, which are below.
//
// spurhttp.Handler goes around the router. It makes the span, and the router says its
// route by spurhttp.SetRoute: the span is then called "GET /orders/{id}", and its tag
// http.route is "/orders/{id}". A request that has no route is called "GET".
//
// Routers' middleware turns a panic into an answer with status 500, and that is what
// the span shows: the tag error, without the panic.
package routers

import (
	"io"
	"net/http"

	"github.com/go-spur/spur"
)

// serve answers a request. Its span is in the request's context.
func serve(w http.ResponseWriter, r *http.Request) {
	spur.SpanFromContext(r.Context()).SetBool("served", true)
	_, _ = io.WriteString(w, "here you are\n")
}

func fail(http.ResponseWriter, *http.Request) { panic("out of tea") }
