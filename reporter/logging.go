// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"cmp"
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/model"
)

// Logging writes one line at level Info for each span: its ids, operation and
// duration, nothing that the application put into it. It is meant for
// development; the logger's handler runs inside Report and may block it.
type Logging struct {
	logger   *slog.Logger
	closed   atomic.Bool
	sent     atomic.Uint64
	late     atomic.Uint64
	panicked atomic.Uint64
}

// NewLogging returns a reporter that writes to l, or to what slog.Default is at
// the time when l is nil.
func NewLogging(l *slog.Logger) *Logging { return &Logging{logger: l} }

// Report implements Reporter. Spans that come after Close are not written. A
// handler that panics is survived, and the span counted as dropped.
func (l *Logging) Report(s *model.Span) {
	if s == nil {
		return
	}
	switch {
	case l.closed.Load():
		l.late.Add(1)
	case guard.Run(func() { l.write(s) }) != nil:
		l.panicked.Add(1)
	default:
		l.sent.Add(1)
	}
}

func (l *Logging) write(s *model.Span) {
	logger := cmp.Or(l.logger, slog.Default())
	logger.LogAttrs(context.Background(), slog.LevelInfo, "span",
		slog.String("trace_id", s.TraceID.String()),
		slog.String("span_id", s.SpanID.String()),
		slog.String("parent_id", s.ParentID.String()),
		slog.String("operation", s.Operation),
		slog.Duration("duration", s.Duration))
}

// Flush implements Reporter: there is nothing to wait for.
func (l *Logging) Flush(context.Context) error { return nil }

// Close implements Reporter.
func (l *Logging) Close(context.Context) error {
	l.closed.Store(true)
	return nil
}

// Stats implements Statser. Written spans count as sent.
func (l *Logging) Stats() []DestinationStats {
	d := DestinationStats{Name: "log", Sent: l.sent.Load()}
	d.Dropped[SendError] = l.panicked.Load()
	d.Dropped[Closed] = l.late.Load()
	return []DestinationStats{d}
}
