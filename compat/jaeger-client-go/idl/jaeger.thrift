// SPDX-License-Identifier: Apache-2.0

// Batches of spans, as clients send them to agents and collectors.
// Times are microseconds since the Unix epoch, durations are microseconds.

namespace go jaeger

enum TagType {
  STRING,
  DOUBLE,
  BOOL,
  LONG,
  BINARY
}

// Tag holds one value: the field that vType names.
struct Tag {
  1: required string key
  2: required TagType vType
  3: optional string vStr
  4: optional double vDouble
  5: optional bool vBool
  6: optional i64 vLong
  7: optional binary vBinary
}

struct Log {
  1: required i64 timestamp
  2: required list<Tag> fields
}

enum SpanRefType {
  CHILD_OF,
  FOLLOWS_FROM
}

// SpanRef points to another span, of this or of another trace.
struct SpanRef {
  1: required SpanRefType refType
  2: required i64 traceIdLow
  3: required i64 traceIdHigh
  4: required i64 spanId
}

struct Span {
  1: required i64 traceIdLow
  2: required i64 traceIdHigh // 0: a trace id of 64 bits
  3: required i64 spanId
  4: required i64 parentSpanId // 0: a root
  5: required string operationName
  6: optional list<SpanRef> references
  7: required i32 flags // 1: sampled, 2: debug
  8: required i64 startTime
  9: required i64 duration
  10: optional list<Tag> tags
  11: optional list<Log> logs
}

struct Process {
  1: required string serviceName
  2: optional list<Tag> tags
}

// ClientStats counts what a client lost, since it started.
struct ClientStats {
  1: required i64 fullQueueDroppedSpans
  2: required i64 tooLargeDroppedSpans
  3: required i64 failedToEmitSpans
}

struct Batch {
  1: required Process process
  2: required list<Span> spans
  3: optional i64 seqNo // one more with every batch of a client
  4: optional ClientStats stats
}

struct BatchSubmitResponse {
  1: required bool ok
}

service Collector {
  list<BatchSubmitResponse> submitBatches(1: list<Batch> batches)
}
