// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"log/slog"

	"github.com/go-spur/spur/internal/warn"
)

// lossBooks are the columns that the loss log compares.
type lossBooks struct {
	name, address string
	delivered     uint64
	lost          [NumReasons]uint64
	lastError     string
}

// lossLog writes a line when loss for a reason begins, once a minute while it
// lasts, and when it has ended: when nothing was lost for a whole tick and, unless
// the cause was on our side of the path, something was sent. It belongs to the
// sender's goroutine.
type lossLog struct {
	warner  *warn.Warner
	seen    [NumReasons]uint64 // at the last look
	reasons [NumReasons]lossState
}

type lossState struct {
	lasts     bool
	fresh     bool   // more was lost since the last tick
	delivered uint64 // when that was
}

func (l *lossLog) init(logger *slog.Logger) {
	if logger == nil {
		logger = slog.Default()
	}
	l.warner = warn.New(logger)
}

// look compares b with what was seen last. Loss can begin at any look and ends
// at a tick.
func (l *lossLog) look(b *lossBooks, tick bool) {
	for why := Reason(0); why < NumReasons; why++ {
		s, lost := &l.reasons[why], b.lost[why]
		if lost > l.seen[why] {
			s.lasts, s.fresh, s.delivered = true, true, b.delivered
			l.seen[why] = lost
			l.warner.Problem(why.String(), "spur: spans are being lost",
				b.attrs(why, slog.String("last_error", b.lastError), slog.String("hint", hint(why)))...)
			continue
		}
		if !tick || !s.lasts {
			continue
		}
		ours := why == QueueFull || why == TooLarge
		if !s.fresh && (ours || b.delivered > s.delivered) {
			s.lasts = false
			l.warner.Resolved(why.String(), "spur: spans are no longer being lost", b.attrs(why)...)
		}
		s.fresh = false
	}
}

func (b *lossBooks) attrs(why Reason, more ...slog.Attr) []slog.Attr {
	return append([]slog.Attr{
		slog.String("destination", b.name),
		slog.String("address", b.address),
		slog.Uint64("lost_in_all", b.lost[why]),
		slog.Uint64("delivered_in_all", b.delivered),
	}, more...)
}

// hint names the knob to turn.
func hint(why Reason) string {
	switch why {
	case QueueFull:
		return "sample less, or raise BatchingOptions.QueueSpans (JAEGER_REPORTER_MAX_QUEUE_SIZE) and QueueBytes"
	case TooLarge:
		return "shorten process tags or raise the packet size"
	case Closed:
		return "give Close more time, and finish spans before it"
	default:
		return "is the receiver there? See last_error and the address (JAEGER_AGENT_HOST, JAEGER_AGENT_PORT, JAEGER_ENDPOINT)"
	}
}
