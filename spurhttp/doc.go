// SPDX-License-Identifier: Apache-2.0

// Package spurhttp traces net/http servers and clients.
//
//	http.ListenAndServe(":8080", spurhttp.Handler(tracer, mux))
//
//	client := spurhttp.Client(nil)
//	resp, err := client.Do(req) // req's context has the span that this is a child of
//
// [Handler] continues the trace that a request's headers name, in a span that is
// called by method and route and ends when the handler returns. It knows the patterns
// of http.ServeMux; other routers call [SetRoute]. [Transport] makes a span of each
// request it sends, tells the server about it, and ends it when the answer has been
// read.
//
// # Routers
//
// Handler goes around the router, and the router says its route, in middleware or in
// a handler. [SetRoute] does nothing with the empty route of a request that has none.
// The module in examples/routers has a file for each, which its tests run.
//
//	chi            first middleware  defer func() { SetRoute(r.Context(), chi.RouteContext(r.Context()).RoutePattern()) }()
//	gorilla/mux    middleware        route, _ := mux.CurrentRoute(r).GetPathTemplate()
//	                                 SetRoute(r.Context(), route)
//	gin            middleware        SetRoute(c.Request.Context(), c.FullPath())
//	echo           middleware        SetRoute(c.Request().Context(), c.Path())
//	httprouter     each handler      SetRoute(r.Context(), route)
//	grpc-gateway   middleware        pattern, _ := runtime.HTTPPattern(r.Context())
//	                                 SetRoute(r.Context(), pattern.String())
//	connect        interceptor       SetRoute(ctx, req.Spec().Procedure)
//
// # Tags
//
// Tags are those of OpenTracing: span.kind, component, http.method, http.url,
// http.status_code, error; and http.route. [WithSemanticNames] chooses OpenTelemetry's
// instead. Neither headers nor bodies nor queries of URLs are recorded.
package spurhttp
