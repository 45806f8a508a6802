// SPDX-License-Identifier: Apache-2.0

// Package emit sends spans with real tracing libraries: spur, jaeger-client-go,
// Node's jaeger-client, OpenTelemetry's SDKs for Go and JavaScript, a Collector,
// zipkin-go and zipkin-js. Ids are numbered and times are fixed, so that a sender sends the
// same each time. What they sent once is in backend/testdata.
package emit
