// SPDX-License-Identifier: Apache-2.0

// Package conformance holds spur against what it must agree with: OpenTracing's
// own checks, apache/thrift and the code generated from Jaeger's IDL, the real
// jaeger-client-go, and OpenTelemetry's SDK and propagators. It is a module of its
// own, so that none of these reaches a user of spur.
package conformance
