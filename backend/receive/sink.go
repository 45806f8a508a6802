// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// Sink is what receivers hand spans to. Its methods may be called from any
// goroutine and do not block for long.
type Sink interface {
	// Take takes over td: the caller no longer uses it. Spans it refuses are named
	// with the reason; the others are queued. With an error, which wraps
	// trace.ErrBusy, none was taken, and the sender should come back. Either way
	// all of them are counted.
	Take(ctx context.Context, td ptrace.Traces, from trace.Origin) ([]trace.Refused, error)

	// TakeEncoded is Take of spans as they came. It takes them over only when none
	// is refused or changed. Otherwise, and without an error, taken is false,
	// nothing is counted, and they are to be decoded for Take.
	TakeEncoded(ctx context.Context, spans []trace.Encoded, from trace.Origin) (taken bool, err error)

	// Refuse counts spans that a receiver refused before they were a
	// ptrace.Traces.
	Refuse(from trace.Origin, reason trace.Reason, spans int)

	// Unread counts datagrams or bodies whose spans cannot be counted.
	Unread(from trace.Origin, reason trace.Reason, n int)

	// Reserve takes n bytes of input from the budget of what may be in memory at
	// once, before they are read. When there is no room, it returns false, and the
	// sender is told to come back. Otherwise release, called once, gives them back.
	Reserve(n int64) (release func(), ok bool)
}
