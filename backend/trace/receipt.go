// SPDX-License-Identifier: Apache-2.0

package trace

import "errors"

// ErrBusy says that spans cannot be taken now: the sender should try again.
var ErrBusy = errors.New("busy")

// Origin says how spans arrived.
type Origin struct {
	Protocol  string // "thrift-compact", "thrift-binary", "jaeger-proto", "otlp"
	Transport string // "udp", "http", "grpc"
}

// Reason says why spans were refused.
type Reason string

// The reasons.
const (
	ReasonMalformed Reason = "malformed"        // a datagram or body that cannot be read
	ReasonTraceID   Reason = "invalid_trace_id" // zero
	ReasonSpanID    Reason = "invalid_span_id"  // zero
	ReasonTooLarge  Reason = "too_large"        // a span or a body above its limit
	ReasonMemory    Reason = "memory"           // the budget of bytes in flight is used up
	ReasonQueueFull Reason = "queue_full"
	ReasonToken     Reason = "token"       // the sender did not show the bearer token
	ReasonKernel    Reason = "kernel"      // datagrams the socket's buffer had no room for
	ReasonStore     Reason = "store_error" // the store failed to write them
	ReasonShutdown  Reason = "shutdown"    // waiting when the time to stop was over
)

// Refused is a number of spans, or of datagrams and bodies whose spans cannot
// be counted, and why they were refused.
type Refused struct {
	Reason Reason
	Count  int
}

// Books are what became of spans. When nothing is under way,
// Received = Stored + Waiting + all of Refused.
type Books struct {
	Received int64
	Stored   int64 // the store has them
	Waiting  int64 // in the queue, or being written
	Refused  map[Reason]int64
	// Unread are datagrams and bodies whose spans could not be counted. They are
	// not in Received.
	Unread map[Reason]int64
	// Mended are spans that had something put right before they were queued.
	Mended int64
}

// Balance is what the books do not account for: 0 unless spans were lost
// without a reason.
func (b *Books) Balance() int64 {
	n := b.Received - b.Stored - b.Waiting
	for _, r := range b.Refused {
		n -= r
	}
	return n
}
