// SPDX-License-Identifier: Apache-2.0

// Package wire turns spans into the bytes that Jaeger's agents and collectors, and
// OpenTelemetry's, read, and such bytes back into spans. It is the only package
// that knows wire formats.
//
// The formats are the structs of jaeger.thrift and the emitBatch message of
// agent.thrift, in Thrift's compact protocol (agents, port 6831) and in its
// binary protocol (agents, port 6832, and the bare Batch that collectors take
// over HTTP); and OTLP's ExportTraceServiceRequest in protobuf
// (opentelemetry-proto 1.11; port 4318, and Jaeger's since 1.35).
//
// Encoders are functions of the form AppendX(dst, …) []byte. They append to dst,
// allocate only when dst has to grow, cannot fail and keep nothing. They may
// scribble on up to 10 bytes behind what they return, within dst's capacity. A
// batch is made of parts that callers encode at different times:
//
//	Message head (with the encoded process) | span | span | … | Message tail
//
// Spans are encoded one by one as they finish; the head, which needs their
// number, is encoded last and put in front. MessageHeadMax and MessageTailMax say
// how much room the two take. OTLP has no tail, and its head needs the length of
// the spans instead of their number:
//
//	OTLP head (with the encoded resource) | span | span | …
//
// Jaeger's model and OTLP's are not the same. [AppendOTLPSpan] and
// [AppendOTLPResource] say what becomes of tags that OTLP has fields for. It is
// what the OpenTelemetry Collector makes of the same spans sent as Thrift, except
// that no tag is lost and neither parent nor status is guessed.
//
// Decoders accept any input: what they return is a copy of what they read, what
// they allocate is at most 64 KiB and 16 times the length of the input (32 times
// for OTLP, which leaves out so much), and what they cannot read is an error that
// wraps [ErrMalformed] or [ErrUnknownMethod].
//
// All functions may be called from any goroutine. None blocks.
package wire
