// SPDX-License-Identifier: Apache-2.0

// Package query serves stored traces over HTTP: the JSON API that Jaeger's UI
// and Grafana speak (v1, as Jaeger 1.62 answers it), OTLP JSON (v3, as Jaeger v2.13
// answers it), and the addresses that spur's own UI needs: search, live, rates and
// what the process itself does. GET / lists them.
//
// Where v1 answers something else than Jaeger 1.62, or v3 than v2.13, the tables in
// backend/internal/golden say what and why. Ids may have any spelling that
// [trace.ParseTraceID] reads. Numbers that JavaScript cannot hold exactly are
// text; NaN and the infinities are "NaN", "Infinity" and "-Infinity". Reading a
// trace removes doubles, sorts its spans, gives spans of Zipkin's that share an
// id one each, and warns of parents that are not there. With raw=true it is as it
// is stored, and with adjust=skew spans of other hosts are moved into their
// parents. In v3 raw_traces=true is raw=true, and warnings are attributes.
//
// In all other addresses times, since 1970, and durations are nanoseconds as
// text. Parameters start and end are milliseconds, microseconds or nanoseconds
// since 1970: their size says which.
//
// A failed request is answered with its status and
// {"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":…,"msg":…}]}, in v3
// with {"error":{"httpCode":…,"message":…}}; an unknown address or method with 404
// or 405 in words. When a request fails after a part of the answer was sent, the
// connection is broken off.
//
// In the code an address is a method called after it, a function of the request
// that returns a value or an error. One wrapper around all of them checks who
// asks, writes JSON, compresses and turns errors into a status.
package query
