// SPDX-License-Identifier: Apache-2.0

// Package jaeger turns spans into Jaeger's model and back.
//
// In the backend a span is OTLP's. Of gives what senders, engines and receivers that
// know only Jaeger's model get of it, PutSpan and Span.Put the way back. A span that
// came in Jaeger's model comes out of both as it came; what OTLP has beyond that model
// becomes tags. Encoder writes model.proto of jaeger-idl. Reader is Of for spans that are
// still bytes of OTLP.
package jaeger
