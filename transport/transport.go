// SPDX-License-Identifier: Apache-2.0

// Package transport sends encoded batches of spans: bytes out, one attempt. It
// knows nothing of spans, queues or retries; the reporter package does.
package transport

import (
	"context"
	"net"
	"strconv"
	"time"
)

// Format is what a transport expects its batches to be encoded as.
type Format uint8

// The formats.
const (
	JaegerCompact Format = iota + 1 // emitBatch message, Thrift compact protocol (agent port 6831)
	JaegerBinary                    // emitBatch message, Thrift binary protocol (agent port 6832)
	JaegerBatch                     // bare Batch struct, Thrift binary protocol (collector, POST /api/traces)
	OTLP                            // ExportTraceServiceRequest, protobuf (POST /v1/traces)
)

// String returns the format's name as Stats shows it.
func (f Format) String() string {
	switch f {
	case JaegerCompact:
		return "jaeger-compact"
	case JaegerBinary:
		return "jaeger-binary"
	case JaegerBatch:
		return "jaeger-batch"
	case OTLP:
		return "otlp"
	}
	return "Format(" + strconv.Itoa(int(f)) + ")"
}

// Transport delivers batches. All methods but MaxBatch are called from one
// goroutine at a time. The methods do not change; further abilities are optional
// interfaces, such as Confirmer.
type Transport interface {
	// Format says how batches must be encoded. It never changes.
	Format() Format
	// MaxBatch is the largest batch in bytes that Send accepts now. It may
	// shrink, and grow again. It may be called from any goroutine.
	MaxBatch() int
	// Send makes one attempt to deliver batch and returns nil or an *Error. It
	// does not keep batch, sleep, or retry, and returns soon after ctx ends.
	Send(ctx context.Context, batch []byte) error
	// Close frees what Send opened. A second Close does nothing.
	Close() error
}

// Confirmer is a Transport that can learn only later that the last batch was
// lost. Confirm reports what is known by now about the batch sent last: nil or
// an *Error with PreviousLost, after which that batch may be sent again. It does not
// block.
type Confirmer interface {
	Confirm() error
}

// Addresser is a Transport that can say where its batches go. Address may be
// called from any goroutine.
type Addresser interface {
	Address() string
}

// Kind says what became of a batch that was not simply accepted.
type Kind uint8

// The kinds of Error.
const (
	Accepted    Kind = iota // the batch itself was accepted: only PreviousLost speaks
	Retryable               // not accepted; the same batch may be accepted later
	Permanent               // not accepted, and never will be
	Partial                 // accepted but for Error.Rejected spans
	Unconfirmed             // written whole, and the answer does not say whether it was accepted; not to be sent again
	TooLarge                // larger than the path takes; MaxBatch may have been lowered
	Refused                 // the receiver answered that it will never accept this batch
)

// String returns the kind's name.
func (k Kind) String() string {
	names := [...]string{"accepted", "retryable", "permanent", "partial", "unconfirmed", "too large", "refused"}
	if int(k) < len(names) {
		return names[k]
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}

// Error is the only error type Send and Confirm return.
type Error struct {
	Kind         Kind
	RetryAfter   time.Duration // how long the receiver asks us to wait; 0 when it did not say
	Rejected     int64         // Partial: how many spans of this batch
	Written      bool          // Retryable: the batch was written whole and not answered, so it may have arrived
	NoReceiver   bool          // Retryable: nobody is there to take a datagram, for which a closing sender does not wait
	PreviousLost bool          // the batch that was last accepted never arrived
	Hint         string        // what is probably wrong and what to do; "" when that is not known
	Err          error         // the cause
}

// Error implements error.
func (e *Error) Error() string {
	msg := "transport: " + e.Kind.String()
	if e.PreviousLost {
		msg += ", previous batch lost"
	}
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	if e.Hint != "" {
		msg += "; " + e.Hint
	}
	return msg
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// DialFunc opens a connection, as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Resolver finds the addresses of a host name. *net.Resolver is one.
type Resolver interface {
	LookupHost(ctx context.Context, host string) (addrs []string, err error)
}
