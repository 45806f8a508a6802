// SPDX-License-Identifier: Apache-2.0

// What an agent listens to, one message a datagram.

include "jaeger.thrift"
include "zipkincore.thrift"

namespace go agent

service Agent {
  oneway void emitZipkinBatch(1: list<zipkincore.Span> spans)
  oneway void emitBatch(1: jaeger.Batch batch)
}
