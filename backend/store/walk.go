// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// Walker is an engine that gives away all traces of a time for less than Search and
// Trace cost.
type Walker interface {
	// Walk begins a walk through the traces with a span that starts within w. It takes its
	// part of the memory that there is for atOnce walks, of which at least this is one.
	Walk(w trace.Window, atOnce int) Walk
}

// Walk is for one goroutine at a time.
type Walk interface {
	// Next returns some more traces, each with all its spans, and how many it leaves out
	// because they are too large. Some may be none. Each trace comes once, but one that
	// is written to meanwhile may come twice, or not at all. Behind the last, the error is
	// io.EOF. After another error Next can be called again, and leaves nothing out. It may
	// wait until the caller of another walk needs a large trace no longer, which calling
	// Next or Close says.
	Next(ctx context.Context) (some []ptrace.Traces, tooLarge int, err error)
	// Close ends the walk. It is called before the store is closed, does not block, and may
	// be called twice.
	Close()
}
