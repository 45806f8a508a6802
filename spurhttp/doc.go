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
// Tags are those of OpenTracing: span.kind, component, http.method, http.url,
// http.status_code, error; and http.route. [WithSemanticNames] chooses OpenTelemetry's
// instead. Neither headers nor bodies nor queries of URLs are recorded.
package spurhttp
