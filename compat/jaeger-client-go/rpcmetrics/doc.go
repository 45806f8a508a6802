// SPDX-License-Identifier: Apache-2.0

// Package rpcmetrics counts the requests that a service answers, from its spans.
//
// Give an [Observer] to jaeger.TracerOptions.Observer. Each finished span with the tag
// span.kind=server, sampled or not, counts into these metrics, which have the tag
// endpoint, the name of the operation:
//
//	requests         error=true or false                  counter
//	request_latency  error=true or false                  timer
//	http_requests    status_code=2xx, 3xx, 4xx or 5xx     counter
//
// The first 200 operations have metrics of their own. All later ones, and those with
// names above 1 KiB, share the endpoint "other".
package rpcmetrics
